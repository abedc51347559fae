// tests/learned/entries.hpp: learned codecs of the registry, without their models. An entry is a codec, the pictures that its model is
// learned from, and what it is learned for; `tests/renew.sh --models` makes the model of it, and all tests then take it in.
#pragma once

#include <cstddef>
#include <cstdint>
#include <tuple>

#include <triptych/transform/linear_synthesis.hpp>

#include "../registry.hpp"
#include "pictures.hpp"

namespace registry {

/// What an entry has besides `name` and `codec`, unless it says otherwise. Of each extents and components, `draw` makes a picture a number.
template <std::size_t Rows, std::size_t Columns, std::size_t Components, auto Draw = drawn::scene>
struct learned_from {
    static constexpr extents<2> shape{Rows, Columns};
    static constexpr std::size_t components = Components;
    static constexpr std::size_t pictures = 24; ///< to learn from
    static constexpr float step = 16;
    static constexpr std::uint64_t model_size = 6'000; ///< for learners that ask
    /// Arrays of 16 bits are text above so many bytes: in some headers they are, so that each kernel meets both.
    static constexpr std::size_t text_above = 1'000'000;
    static auto draw(std::uint64_t number) -> drawn::image { return Draw(shape, components, number); }
};

namespace entry {
using conditional = coder::range<model::conditional_scale>;

// Models of pictures of one size are of 8 × 8 or 12 × 12, shapes that conformance tries.
struct eigenpicture : learned_from<12, 12, 3> {
    static constexpr auto name = "eigenpicture";
    using codec = triptych::codec<transform::eigenpicture, quantizer::learned_dead_zone, conditional>;
    static constexpr std::size_t pictures = 9;
    static constexpr std::size_t text_above = 2'000;
};
struct mixture : learned_from<8, 8, 1> {
    static constexpr auto name = "mixture";
    using codec = triptych::codec<registry::mixture, quantizer::learned_dead_zone, conditional>;
    static constexpr std::size_t pictures = 330; ///< a member has a hundred
    static constexpr float step = 140;
    static constexpr std::uint64_t model_size = 7'000;
    static constexpr std::size_t text_above = 100;
    /// Two kinds, so that each has a member.
    static auto draw(std::uint64_t number) -> drawn::image {
        return number % 2 ? drawn::glyph(shape, 1, number) : drawn::scene(shape, 1, number);
    }
};
struct predicted_klt : learned_from<40, 48, 2> {
    static constexpr auto name = "predicted_klt";
    using codec = triptych::codec<transform::predicted_klt<4>, quantizer::learned_dead_zone, conditional>;
    static constexpr float step = 80;
};
struct classified_klt : learned_from<40, 48, 1> {
    static constexpr auto name = "classified_klt";
    using codec = triptych::codec<transform::classified_klt<4, 5>, quantizer::dead_zone, coder::range<>>;
    static constexpr std::size_t text_above = 100;
};
struct pca : learned_from<40, 48, 3> {
    static constexpr auto name = "pca";
    using codec = triptych::codec<transform::pca<8, 8, 16>, quantizer::dead_zone, coder::rans<>>;
};
/// A member of a chain, behind one that is fitted to each picture.
struct chained_pca : learned_from<40, 48, 3> {
    static constexpr auto name = "chained_pca";
    using codec =
        triptych::codec<chain<klt, transform::pca<4, 4, 12>>, quantizer::lloyd_max<16>, coder::range<model::geometric>>;
};
struct synthesis : learned_from<24, 32, 1> {
    static constexpr auto name = "synthesis";
    using codec = triptych::codec<transform::linear_synthesis, quantizer::none, coder::range<model::geometric>>;

    /// There is no `forward`: the coarse latents are means of their cells, the fine ones show that they are there.
    static auto encode(codec const &c, drawn::image const &x, quality const &) -> std::vector<std::byte> {
        bands<std::int16_t, 2> y(
            c.transform().arrange(triptych::detail::component_planes<2>(x.shape(), x.components(), 8)));
        for (std::size_t b = 0; b < y.count(); ++b)
            for (std::size_t i = 0; i < y.info(b).shape[0]; ++i)
                for (std::size_t j = 0; j < y.info(b).shape[1]; ++j) {
                    auto const s = transform::linear_synthesis::spacing[b % 2];
                    auto const at = (s * i * x.shape()[1] + s * j) * x.components() + b / 2;
                    y[b](i, j) = static_cast<std::int16_t>(b % 2 ? (x.data()[at] - 128) / 16 : (i + 2 * j) % 5 == 0);
                }
        return c.encode_symbols(y, quantizer::none::setting{}, x.shape(), x.components());
    }
};
struct levels : learned_from<16, 16, 1, drawn::glyph> {
    static constexpr auto name = "levels";
    using codec = triptych::codec<transform::identity, quantizer::levels<3>, coder::range<model::pretrained>>;
    static constexpr float step = 24;
    static constexpr std::uint64_t model_size = 51'000;
};
struct icons : learned_from<16, 16, 4, drawn::icon> {
    static constexpr auto name = "icons";
    using codec = triptych::codec<transform::identity, quantizer::none, coder::range<model::pretrained>>;
    static constexpr std::uint64_t model_size = 51'000;
    static constexpr std::size_t text_above = 7'000;
    /// Less to commit, and a model that leaves some arrays at their defaults.
    static auto trimmed(codec const &c) -> codec {
        auto coder = c.coder();
        coder.model.colours.weights = {}, coder.model.colours.picture = {};
        return codec(c.transform(), c.quantizer(), coder);
    }
};
struct codebook : learned_from<24, 32, 3> {
    static constexpr auto name = "codebook";
    using codec = triptych::codec<transform::identity, quantizer::codebook<16>, coder::range<>>;
};
struct escape_codebook : learned_from<24, 32, 1> {
    static constexpr auto name = "escape_codebook";
    using codec = triptych::codec<dct<4>, quantizer::escape_codebook<16>, coder::range<>>;
};
struct product : learned_from<24, 32, 1> {
    static constexpr auto name = "product";
    using codec = triptych::codec<dct<4>, quantizer::product<3, 16>, coder::range<>>;
};
struct residual : learned_from<24, 32, 1> {
    static constexpr auto name = "residual";
    using codec = triptych::codec<dct<4>, quantizer::residual<3, 8>, coder::range<>>;
};
struct autoregressive : learned_from<12, 12, 1> {
    static constexpr auto name = "autoregressive";
    using codec = triptych::codec<transform::identity, quantizer::none, coder::range<model::autoregressive>>;
    static constexpr std::size_t pictures = 60;
    static constexpr std::size_t text_above = 2'000;
};
struct network : learned_from<40, 48, 3> {
    static constexpr auto name = "network";
    using codec = triptych::codec<chain<colour<colour_kind::ycocg_r>, difference<predictor::median>>, quantizer::none,
                                  coder::range<model::network>>;
    static constexpr std::size_t text_above = 3'000;
};
/// Panels whose state is that of a panel inside; and a basis behind colours, whose gains differ.
struct wrapped : learned_from<40, 48, 3> {
    static constexpr auto name = "wrapped";
    using codec = triptych::codec<chain<colour<colour_kind::ycbcr>, transform::pca<4, 4, 16>>,
                                  quantizer::matrix<quantizer::annex_k, quantizer::learned_dead_zone>,
                                  coder::run_length<coder::range<model::geometric>>>;
};
} // namespace entry

using learned_entries = std::tuple<entry::eigenpicture, entry::mixture, entry::predicted_klt, entry::classified_klt,
                                   entry::pca, entry::chained_pca, entry::synthesis, entry::levels, entry::icons,
                                   entry::codebook, entry::escape_codebook, entry::product, entry::residual,
                                   entry::autoregressive, entry::network, entry::wrapped>;
} // namespace registry
