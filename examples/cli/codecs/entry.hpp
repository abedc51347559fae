// entry.hpp: erases the type of a codec. Included by the files of this folder only.
#pragma once

#include <algorithm>
#include <stdexcept>
#include <string_view>
#include <type_traits>

#include <triptych/codec.hpp>

#include "codecs.hpp"
#include "errors.hpp"

namespace cli {

/// The samples and ranks that a codec is compiled for.
enum class carried { pictures, arrays };

/// Calls f.operator()<S, R>() for a sample type and rank known at run time; false if the codec does not carry them.
template <carried What, class F>
auto with_kind(triptych::sample_type type, std::size_t rank, F &&f) -> bool {
    auto const with_rank = [&]<class S>() {
        if (rank == 2) return f.template operator()<S, 2>(), true;
        if constexpr (What == carried::arrays) {
            if (rank == 1) return f.template operator()<S, 1>(), true;
            if (rank == 3) return f.template operator()<S, 3>(), true;
            if (rank == 4) return f.template operator()<S, 4>(), true;
        }
        return false;
    };
    if (type == triptych::sample_type::uint8) return with_rank.template operator()<std::uint8_t>();
    if (type == triptych::sample_type::uint16) return with_rank.template operator()<std::uint16_t>();
    if constexpr (What == carried::arrays) {
        if (type == triptych::sample_type::int16) return with_rank.template operator()<std::int16_t>();
        if (type == triptych::sample_type::int32) return with_rank.template operator()<std::int32_t>();
        return with_rank.template operator()<float>();
    }
    return false;
}

/// What a learned codec adds; see learned.hpp.
struct nothing_learned {
    template <class Codec>
    static auto save(Codec const &, std::optional<float>) -> bytes {
        throw usage_error("this codec has no model");
    }
    template <class Codec>
    static auto header(Codec const &, std::string const &) -> std::string {
        throw usage_error("this codec has no model");
    }
};

template <class Codec, carried What, class Learning = nothing_learned>
class typed_codec : public any_codec {
public:
    explicit typed_codec(Codec codec) : codec_(std::move(codec)) {}

    auto model() const -> std::uint32_t override { return codec_.model(); }
    auto parameters() const -> std::uint64_t override { return triptych::parameter_count(codec_); }
    auto save(std::optional<float> step) const -> bytes override { return Learning::save(codec_, step); }
    auto header(std::string const &name) const -> std::string override { return Learning::header(codec_, name); }

    auto encode(any_picture const &p, triptych::quality const &goal, triptych::framing frame,
                triptych::workers const &crew) const -> bytes override {
        bytes out;
        auto const known = with_kind<What>(p.type(), p.rank(), [&]<class S, std::size_t R>() {
            triptych::picture_view<S, R> view{
                std::get<std::vector<S>>(p.samples).data(), {}, p.components, static_cast<double>(p.white)};
            std::copy_n(p.shape.begin(), R, view.shape.begin());
            try {
                out = codec_.encode(view, goal, frame, crew);
            } catch (std::invalid_argument const &e) {
                throw usage_error(e.what());
            }
        });
        if (!known) throw usage_error("this codec carries pictures of uint8 or uint16; this is " + kind_name(p));
        return out;
    }

    auto decode(std::span<std::byte const> stream, triptych::limits const &most, triptych::workers const &crew) const
        -> any_picture override {
        auto const info = triptych::peek(stream, most);
        if (info.error) throw triptych::format_error(info.error);
        any_picture p;
        auto const known = with_kind<What>(info.value.samples, info.value.rank, [&]<class S, std::size_t R>() {
            p = untyped(codec_.template decode<S, R>(stream, most, crew));
        });
        if (!known) throw triptych::format_error({triptych::errc::sample, info.value.payload_offset});
        return p;
    }

    auto decode_region(std::span<std::byte const> stream, triptych::box<2> const &region, triptych::limits const &most,
                       triptych::workers const &crew) const -> any_picture override {
        if constexpr (requires { codec_.decode_region(stream, region, most, crew); }) {
            triptych::byte_reader r(stream, most);
            triptych::stream_info info;
            triptych::detail::read_file_header(r, info);
            any_picture p;
            auto const known = with_kind<What>(info.samples, info.rank, [&]<class S, std::size_t R>() {
                if constexpr (R == 2) p = untyped(codec_.template decode_region<S, R>(stream, region, most, crew));
            });
            if (!known || info.rank != 2) throw triptych::format_error({triptych::errc::sample, info.payload_offset});
            return p;
        } else {
            return part_of(decode(stream, most, crew), region);
        }
    }

    auto decode_record(std::span<std::byte const> record, any_picture const &like) const -> any_picture override {
        any_picture p;
        auto const known = with_kind<What>(like.type(), like.rank(), [&]<class S, std::size_t R>() {
            triptych::extents<R> shape;
            std::copy_n(like.shape.begin(), R, shape.begin());
            p = untyped(codec_.template decode<S, R>(record, triptych::framing::record, shape, like.components));
        });
        if (!known) throw triptych::format_error({triptych::errc::sample, 0});
        return p;
    }

protected:
    auto codec() const -> Codec const & { return codec_; }

private:
    template <class S, std::size_t R>
    static auto untyped(triptych::picture<S, R> const &decoded) -> any_picture {
        any_picture p;
        p.shape.assign(decoded.shape().begin(), decoded.shape().end());
        p.components = decoded.components();
        p.samples = std::vector<S>(decoded.samples().begin(), decoded.samples().end());
        return p;
    }

    Codec codec_;
};

template <class Codec, carried What>
auto make_entry(std::string_view name, std::string_view summary) -> codec_entry {
    codec_entry e;
    e.name = name, e.summary = summary;
    e.id = Codec::id, e.description = triptych::description<Codec, std::string>();
    e.can_be_exact = Codec::can_be_exact(), e.exact_only = Codec::exact_only();
    e.arrays = What == carried::arrays;
    e.make = [](std::optional<std::span<std::byte const>>) -> std::shared_ptr<any_codec const> {
        return std::make_shared<typed_codec<Codec, What>>(Codec{});
    };
    return e;
}

} // namespace cli
