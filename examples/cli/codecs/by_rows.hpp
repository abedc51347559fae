// by_rows.hpp: codecs in tiles, whose pictures need not be in memory as a whole. Included by the files of this folder only.
#pragma once

#include <triptych/rows.hpp>

#include "codecs/entry.hpp"

namespace cli {

template <class Codec, carried What>
class tiled_codec : public typed_codec<Codec, What> {
public:
    using typed_codec<Codec, What>::typed_codec;

    auto by_rows(any_picture const &kind) const -> bool override {
        bool several = false;
        with_kind<What>(kind.type(), kind.rank(), [&]<class S, std::size_t R>() {
            several = Codec::schedule_type::template cut<R>(shape_of<R>(kind)).rows() > 1;
        });
        return several;
    }
    void encode_rows(row_source &rows, triptych::quality const &goal, byte_sink const &put,
                     triptych::workers const &crew) const override {
        auto const &kind = rows.kind();
        with_kind<What>(kind.type(), kind.rank(), [&]<class S, std::size_t R>() {
            auto const read = [&](std::size_t n, S *to) {
                rows.read_rows(n, {reinterpret_cast<std::byte *>(to), n * rows.row_bytes()});
            };
            try {
                triptych::encode_rows<S, R>(this->codec(), shape_of<R>(kind), kind.components, goal, read, put, crew);
            } catch (std::invalid_argument const &e) {
                throw usage_error(e.what());
            }
        });
    }
    auto decode_rows(byte_source &source, any_picture const &kind, row_sink &to, triptych::limits const &most,
                     triptych::workers const &crew) const -> triptych::error override {
        triptych::error e;
        auto const size = kind.shape[0] == 0 ? 0 : row_bytes_of(kind);
        with_kind<What>(kind.type(), kind.rank(), [&]<class S, std::size_t R>() {
            auto const read = [&](std::span<std::byte> out) { return source.read(out); };
            auto const begin = [](triptych::stream_info const &) {};
            auto const write = [&](std::size_t n, S const *from) {
                to.write_rows({reinterpret_cast<std::byte const *>(from), n * size});
            };
            e = triptych::decode_rows<S, R>(this->codec(), read, begin, write, most, crew);
        });
        return e;
    }

private:
    template <std::size_t R>
    static auto shape_of(any_picture const &kind) -> triptych::extents<R> {
        triptych::extents<R> shape;
        std::copy_n(kind.shape.begin(), R, shape.begin());
        return shape;
    }
};

template <class Codec, carried What>
auto make_tiled_entry(std::string_view name, std::string_view summary) -> codec_entry {
    auto e = make_entry<Codec, What>(name, summary);
    e.make = [](std::optional<std::span<std::byte const>>) -> std::shared_ptr<any_codec const> {
        return std::make_shared<tiled_codec<Codec, What>>(Codec{});
    };
    return e;
}

} // namespace cli
