// learned.hpp: erases the type of a codec that learns. Included by the files of this folder only; takes long to compile.
#pragma once

#include <sstream>

#include <triptych/learn.hpp>
#include <triptych/learn/storage/safetensors.hpp>

#include "codecs/entry.hpp"
#include "inputs.hpp"

template <>
struct triptych::picture_source<cli::picture_input> {
    explicit picture_source(cli::picture_input const &i) : picture(i.read({})) {
        if (picture.type() != sample_type::uint8 || picture.rank() != 2)
            throw cli::data_error(i.file + ": is no picture of uint8, which this codec learns from");
    }
    auto view() const -> picture_view<std::uint8_t, 2> {
        return {std::get<std::vector<std::uint8_t>>(picture.samples).data(),
                {picture.shape[0], picture.shape[1]},
                picture.components};
    }
    cli::any_picture picture;
};

namespace cli {

struct learning {
    template <class Codec>
    static auto save(Codec const &codec, std::optional<float> step) -> bytes {
        std::ostringstream out;
        triptych::model_metadata more;
        if (step) more["triptych.step"] = std::to_string(*step);
        triptych::save(codec, out, more);
        auto const text = std::move(out).str();
        auto const content = std::as_bytes(std::span(text));
        return {content.begin(), content.end()};
    }
    template <class Codec>
    static auto header(Codec const &codec, std::string const &name) -> std::string {
        std::ostringstream out;
        try {
            triptych::write_header(out, name, codec);
        } catch (std::invalid_argument const &e) {
            throw usage_error(e.what());
        }
        return std::move(out).str();
    }
};

template <class Codec, carried What>
auto make_learned_entry(std::string_view name, std::string_view summary) -> codec_entry {
    auto e = make_entry<Codec, What>(name, summary);
    e.learned = true;
    e.make = [](std::optional<std::span<std::byte const>> model) -> std::shared_ptr<any_codec const> {
        if (!model) return nullptr;
        return std::make_shared<typed_codec<Codec, What, learning>>(triptych::load<Codec>(*model));
    };
    e.train = [](training const &how) -> std::shared_ptr<any_codec const> {
        triptych::fit_options options;
        options.aim.step = how.step, options.threads = how.threads, options.model_size = how.model_size;
        options.progress = [&](triptych::learn::progress const &p) {
            return how.progress(p.panel, p.done, p.total), true;
        };
        try {
            return std::make_shared<typed_codec<Codec, What, learning>>(triptych::fit<Codec>(how.pictures, options));
        } catch (std::invalid_argument const &reason) {
            throw data_error(std::string("the corpus can't be learned from: ") + reason.what());
        }
    };
    return e;
}

/// Under the name that its streams carry.
template <class Codec>
auto learned_entry(std::string_view summary) -> codec_entry {
    return make_learned_entry<Codec, carried::pictures>(Codec::label, summary);
}

} // namespace cli
