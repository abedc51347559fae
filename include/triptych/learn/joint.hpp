// triptych/learn/joint.hpp: panels that are optimised together, by gradient descent on distortion + λ · bits.
//
// `joint<Codec>::fit(codec, picture, target)` is for codecs that can't be learned panel by panel, because the transform has no
// `forward`: what it would compute, the latents, is found together with its filters and the odds of the coder. The result is a
// codec, holding its state, and symbols; `encode_symbols` makes a stream of them that the plain codec decodes.
//
// Rounding has no gradient. For most steps uniform noise stands for it (Ballé et al. 2016); for the last ones latents are
// rounded and the gradient is passed on as if they were not, so that filters and odds meet what the decoder will see.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <random>
#include <stdexcept>
#include <utility>
#include <vector>

#include <triptych/codec.hpp>
#include <triptych/coder/model/geometric.hpp>
#include <triptych/coder/range.hpp>
#include <triptych/learn/numeric/adam.hpp>
#include <triptych/per_image.hpp>
#include <triptych/quantizer/none.hpp>
#include <triptych/state.hpp>
#include <triptych/transform/linear_synthesis.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI {

/// How the panels of a codec are fitted to one picture together; specialised for codecs that need it.
template <class Codec>
struct joint;

namespace learn {

/// Gradients under noise are forgotten sooner than is usual.
inline constexpr adam_options joint_steps{.first = 0.9, .second = 0.99, .least = 1e-12};

/// The trainable twin of model::geometric: a scale for each band.
class geometric_rates {
public:
    explicit geometric_rates(std::size_t bands)
        : scale_(bands, 0.0), gradient_(bands, 0.0), optimiser_(bands, joint_steps) {}

    /// Bits that the values of all bands cost if each is rounded under noise, and their derivatives by the values, which are
    /// written to `gradient`. The derivatives by the scales are kept for `step`.
    auto rate(std::vector<std::vector<double>> const &values, std::vector<std::vector<double>> &gradient) -> double {
        double const ln2 = std::log(2.0);
        double bits = 0;
        for (std::size_t k = 0; k < values.size(); ++k) {
            double const b = std::exp(scale_[k]), h = 0.5 / b;
            gradient_[k] = 0;
            for (std::size_t i = 0; i < values[k].size(); ++i) {
                double const y = values[k][i], a = std::abs(y);
                double by_value = 0, by_scale = 0, nats = 0;
                if (a >= 0.5) {
                    nats = a / b - std::log(0.5 * (std::exp(h) - std::exp(-h)));
                    by_value = 1 / b, by_scale = h / std::tanh(h) - a / b;
                } else {
                    double const far = std::exp(-(a + 0.5) / b), near = std::exp(-(0.5 - a) / b);
                    double const p = std::max(1 - 0.5 * (far + near), 1e-12);
                    nats = -std::log(p);
                    by_value = (near - far) / (2 * b * p);
                    by_scale = ((a + 0.5) * far + (0.5 - a) * near) / (2 * b * p);
                }
                bits += nats / ln2;
                gradient[k][i] = (y < 0 ? -by_value : by_value) / ln2;
                gradient_[k] += by_scale / ln2;
            }
        }
        return bits;
    }
    /// Moves the scales against the derivatives of the last `rate`.
    void step(double rate) {
        optimiser_.step(scale_, gradient_, rate);
        for (auto &s : scale_) s = std::clamp(s, -4.0, 8.0);
    }
    /// The coder with the odds that the scales stand for.
    auto frozen() const -> coder::range<model::geometric> {
        std::vector<std::uint16_t> odds;
        auto const fixed = [](double p) {
            return static_cast<std::uint16_t>(std::clamp(std::lround(65536 * p), 32L, 65504L));
        };
        for (double const s : scale_)
            odds.push_back(fixed(1 - std::exp(-0.5 / std::exp(s)))), odds.push_back(fixed(std::exp(-1 / std::exp(s))));
        coder::range<model::geometric> c;
        c.model.odds =
            triptych::frozen<std::uint16_t>::owned(odds, dims{static_cast<std::uint32_t>(scale_.size()), 2u});
        return c;
    }

private:
    std::vector<double> scale_, gradient_;
    adam<double> optimiser_;
};

struct joint_options {
    int steps = 400;
    std::uint32_t seed = 1;
};

} // namespace learn

/// An overfitted codec: latents, filters and odds are all of one picture, and all travel in its stream.
template <>
struct joint<
    codec<per_image<transform::linear_synthesis>, quantizer::none, per_image<coder::range<model::geometric>>>> {
    using codec_type =
        codec<per_image<transform::linear_synthesis>, quantizer::none, per_image<coder::range<model::geometric>>>;
    using planes = bands<std::int16_t, 2>;

    struct result {
        codec_type codec;           ///< with the fitted state
        planes symbols;             ///< for `codec.encode_symbols`
        planes predicted;           ///< what the decoder will have, as centred integers
        double bits = 0;            ///< estimated by the trainable twin for the symbols, without the state
        double start = 0, loss = 0; ///< distortion + lambda · step² · bits, before and after, both for rounded latents
    };

    /// Minimises squared error + lambda · step² · bits over 8-bit samples; the same result for the same seed and the same arithmetic.
    static auto fit(codec_type const &, picture_view<std::uint8_t, 2> const &view, target const &aim,
                    learn::joint_options const &options = {}) -> result {
        if (view.size() == 0) throw std::invalid_argument("joint: the picture is empty");
        auto const in = detail::component_planes(view.shape, view.components, 8);
        planes x(in);
        detail::samples_to_planes(view.data, detail::byte_map(), x);
        transform::linear_synthesis const untrained;
        auto const where = untrained.arrange(in);
        auto const lambda = static_cast<double>(aim.lambda) * aim.step * aim.step;

        problem p(x, where, untrained);
        std::mt19937 random(options.seed);
        learn::geometric_rates rates(where.count());
        std::vector<learn::adam<double>> latent_steps, filter_steps;
        for (auto const &y : p.latents) latent_steps.emplace_back(y.size(), learn::joint_steps);
        for (auto const &k : p.filters) filter_steps.emplace_back(k.size(), learn::joint_steps);

        auto values = p.latents, by_rate = p.latents, by_value = p.latents;
        auto by_filter = p.filters;
        // The start to compare with: untrained filters, latents that are local means, scales that fit them.
        for (int i = 0; i < 100; ++i) (void)rates.rate(rounded(p.latents), by_rate), rates.step(0.1);
        double const start = p.distortion(rounded(p.latents)) + lambda * rates.rate(rounded(p.latents), by_rate);

        int const noisy = options.steps * 3 / 4;
        for (int step = 0; step < options.steps; ++step) {
            values = step < noisy ? p.latents : rounded(p.latents);
            if (step < noisy)
                for (auto &y : values)
                    for (auto &v : y) v += static_cast<double>(random() >> 8) / (1 << 24) - 0.5;
            p.gradient(values, by_value, by_filter);
            (void)rates.rate(values, by_rate);
            for (std::size_t k = 0; k < values.size(); ++k)
                for (std::size_t i = 0; i < values[k].size(); ++i) by_value[k][i] += lambda * by_rate[k][i];
            double const progress = static_cast<double>(step) / options.steps, rate = 0.15 * (1 - 0.9 * progress);
            bool const settled = progress > 0.9; // latents rest while filters and odds adapt to them
            if (!settled)
                for (std::size_t k = 0; k < values.size(); ++k) latent_steps[k].step(p.latents[k], by_value[k], rate);
            for (std::size_t l = 0; l < 2; ++l) filter_steps[l].step(p.filters[l], by_filter[l], rate);
            rates.step(rate);
        }

        planes symbols(where);
        for (std::size_t k = 0; k < where.count(); ++k)
            for (std::size_t i = 0; i < p.latents[k].size(); ++i)
                symbols.data()[where[k].offset + i] =
                    static_cast<std::int16_t>(std::clamp(std::lround(p.latents[k][i]), -32768L, 32767L));
        auto const synthesis = p.frozen();
        auto predicted = synthesis.inverse(symbols.clone(), in);
        if (!symbols.ok() || !predicted.ok()) throw std::length_error("joint: the picture is too large for memory");
        double const bits = rates.rate(rounded(p.latents), by_rate);
        double squares = 0;
        for (std::size_t i = 0; i < x.size(); ++i) squares += std::pow(double(x.data()[i]) - predicted.data()[i], 2);
        return {codec_type(per_image(synthesis), {}, per_image(rates.frozen())),
                std::move(symbols),
                std::move(predicted),
                bits,
                start,
                squares + lambda * bits};
    }

private:
    using vectors = std::vector<std::vector<double>>;

    static auto rounded(vectors v) -> vectors {
        for (auto &y : v)
            for (auto &e : y) e = std::nearbyint(e);
        return v;
    }

    /// The synthesis in floating point, with its derivatives.
    struct problem {
        planes const &x;
        layout<2> const &where;
        vectors latents, filters;

        problem(planes const &pixels, layout<2> const &bands, transform::linear_synthesis const &untrained)
            : x(pixels), where(bands), filters(2) {
            for (std::size_t l = 0; l < 2; ++l) {
                auto const side = 2 * transform::linear_synthesis::spacing[l];
                for (std::size_t k = 0; k < side * side; ++k)
                    filters[l].push_back(std::ldexp(untrained.element(l, k / side, k % side),
                                                    -transform::linear_synthesis::filter_frac));
            }
            for (auto const &b : where) latents.emplace_back(static_cast<std::size_t>(volume(b.shape)), 0.0);
            // The coarser grid starts as means of its cells, the finer one as nothing.
            for (std::size_t c = 0; c < x.count(); ++c) {
                auto const pixels_of = x[c];
                auto &coarse = latents[2 * c + 1];
                std::vector<double> count(coarse.size(), 0.0);
                for (std::size_t i = 0; i < pixels_of.shape()[0]; ++i)
                    for (std::size_t j = 0; j < pixels_of.shape()[1]; ++j) {
                        auto const at = i / 4 * where[2 * c + 1].shape[1] + j / 4;
                        coarse[at] += pixels_of(i, j), count[at] += transform::linear_synthesis::untrained_gain;
                    }
                for (std::size_t i = 0; i < coarse.size(); ++i) coarse[i] /= count[i];
            }
        }

        /// Calls `f(error)` for each pixel, and `g(level band, latent, level, filter element, error)` for what made it.
        template <class F, class G>
        void walk(vectors const &y, F &&f, G &&g) const {
            using transform::linear_synthesis;
            for (std::size_t c = 0; c < x.count(); ++c) {
                auto const pixels_of = x[c];
                auto const &shape = pixels_of.shape();
                for (std::size_t i = 0; i < shape[0]; ++i)
                    for (std::size_t j = 0; j < shape[1]; ++j) {
                        double e = -static_cast<double>(pixels_of(i, j));
                        for (std::size_t l = 0; l < 2; ++l)
                            linear_synthesis::touching(
                                i, j, shape, l, [&](std::size_t u, std::size_t v, std::size_t k) {
                                    e += filters[l][k] * y[2 * c + l][u * where[2 * c + l].shape[1] + v];
                                });
                        f(e);
                        for (std::size_t l = 0; l < 2; ++l)
                            linear_synthesis::touching(i, j, shape, l,
                                                       [&](std::size_t u, std::size_t v, std::size_t k) {
                                                           g(2 * c + l, u * where[2 * c + l].shape[1] + v, l, k, e);
                                                       });
                    }
            }
        }
        auto distortion(vectors const &y) const -> double {
            double sum = 0;
            walk(
                y, [&](double e) { sum += e * e; }, [](auto...) {});
            return sum;
        }
        void gradient(vectors const &y, vectors &by_value, vectors &by_filter) const {
            for (auto &v : by_value) std::fill(v.begin(), v.end(), 0.0);
            for (auto &v : by_filter) std::fill(v.begin(), v.end(), 0.0);
            walk(
                y, [](double) {},
                [&](std::size_t band, std::size_t at, std::size_t l, std::size_t k, double e) {
                    by_value[band][at] += 2 * e * filters[l][k];
                    by_filter[l][k] += 2 * e * y[band][at];
                });
        }
        auto frozen() const -> transform::linear_synthesis {
            transform::linear_synthesis t;
            for (std::size_t l = 0; l < 2; ++l) {
                std::vector<std::int16_t> values;
                for (double const v : filters[l])
                    values.push_back(static_cast<std::int16_t>(std::clamp(
                        std::lround(std::ldexp(v, transform::linear_synthesis::filter_frac)), -32768L, 32767L)));
                auto const side = static_cast<std::uint32_t>(2 * transform::linear_synthesis::spacing[l]);
                t.filters[l] = triptych::frozen<std::int16_t>::owned(values, dims{side, side});
            }
            return t;
        }
    };
};

} // namespace triptych::inline TRIPTYCH_ABI
