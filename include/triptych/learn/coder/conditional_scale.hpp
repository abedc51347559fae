// triptych/learn/coder/conditional_scale.hpp: learns model::conditional_scale: scales by maximum likelihood, tables by counting.
//
// The logarithm of a coefficient's scale is linear in the features, with a bias and weights a band. Weights of a band are drawn
// towards those of all bands by a Gaussian prior, so that a few thousand pictures suffice; Fisher scoring on the quantised Laplace
// likelihood (an iteratively reweighted least squares of a dozen unknowns a band) takes some ten rounds. Features are those of the
// decoder, computed by its own code.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <new>
#include <stdexcept>
#include <vector>

#include <Eigen/Cholesky>
#include <Eigen/Core>

#include <triptych/coder/model/conditional_scale.hpp>
#include <triptych/coder/range.hpp>
#include <triptych/learn/learnable.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI {

/// From symbols; all pictures must have the same bands. Keeps at most `most_symbols` of them: of larger corpora every second picture, every
/// fourth, and so on.
template <>
struct learner<coder::range<model::conditional_scale>> {
    using model_type = model::conditional_scale;
    using policy = coder::range<model_type>;

    std::size_t most_symbols = std::size_t{1} << 23;
    /// How many symbols of a band the prior of its weights is worth.
    double prior = 200;

    /// The symbols of a picture, and their step if they have one.
    template <class B>
    void observe(B const &symbols, fixed_step step = {}) {
        if (bands_ == 0) bands_ = symbols.count(), step_ = step;
        if (bands_ != symbols.count())
            throw std::invalid_argument("conditional_scale: pictures with different numbers of bands");
        if (seen_++ % every_ != 0) return;
        picture p;
        for (std::size_t g = 0; g < symbols.layout().groups().size(); ++g) {
            auto const view = model::detail::view_of<typename B::value_type const>(symbols, g);
            if (!view.ok() || model_type::plain(symbols.layout(), view.first)) continue;
            p.groups.push_back({view.first, view.n, view.w, view.h, view.batch});
            p.symbols.insert(p.symbols.end(), view.data, view.data + view.n * view.w * view.h * view.batch);
        }
        held_ += p.symbols.size();
        pictures_.push_back(std::move(p));
        thin();
    }
    void merge(learner const &other) {
        if (other.bands_ == 0) return;
        if (bands_ == 0) bands_ = other.bands_, step_ = other.step_;
        if (bands_ != other.bands_)
            throw std::invalid_argument("conditional_scale: pictures with different numbers of bands");
        for (auto const &p : other.pictures_) pictures_.push_back(p), held_ += p.symbols.size();
        seen_ += other.seen_, every_ = std::max(every_, other.every_);
        thin();
    }
    /// Without any symbols the model stays without state.
    auto finish() -> policy {
        if (held_ == 0) return {};
        auto const bands = bands_;
        auto const units = usual_units();
        auto const samples = collect(units);
        auto const fitted = fit(samples, bands);

        std::vector<std::int32_t> bias(bands);
        std::vector<std::int16_t> weight(bands * features);
        for (std::size_t b = 0; b < bands; ++b) {
            // From natural logarithms to classes: three an octave, features in sixteenths of an octave.
            bias[b] = rounded<std::int32_t>(
                (model_type::class_of_one + model_type::classes_per_octave * fitted[b][0] / std::log(2.0)) *
                (1 << model_type::weight_frac));
            for (std::size_t i = 0; i < features; ++i)
                weight[b * features + i] =
                    rounded<std::int16_t>(model_type::classes_per_octave * fitted[b][static_cast<Eigen::Index>(i + 1)] *
                                          (1 << model_type::weight_frac) / 16);
        }
        auto const n = static_cast<std::uint32_t>(bands);
        policy p;
        auto &m = p.model;
        m.bias = frozen<std::int32_t>::owned(bias, dims{n});
        m.weight = frozen<std::int16_t>::owned(weight, dims{n, std::uint32_t{features}});
        m.unit = frozen<std::uint16_t>::owned(units, dims{n});
        std::array const step{static_cast<std::int32_t>(std::clamp<std::uint64_t>(step_.q8, 1, 1u << 30))};
        m.step = frozen<std::int32_t>::owned(step, dims{1u});
        auto const classes = classes_of(samples, bias, weight);
        m.odds = frozen<std::uint16_t>::owned(
            odds(samples, classes), dims{std::uint32_t{model_type::classes}, std::uint32_t{model_type::decisions}});
        if (!m.valid()) throw std::bad_alloc();
        return p;
    }

private:
    static constexpr std::size_t features = model_type::features, unknowns = features + 1;
    using vector = Eigen::Matrix<double, static_cast<int>(unknowns), 1>;
    using square = Eigen::Matrix<double, static_cast<int>(unknowns), static_cast<int>(unknowns)>;
    /// A zero of the quantised law reaches so many steps to either side.
    static constexpr double zero_reach = 0.6;

    struct group {
        std::size_t first, n, w, h, batch;
    };
    struct picture {
        std::vector<group> groups;
        std::vector<std::int32_t> symbols;
    };
    struct sample {
        std::uint32_t band, magnitude;
        std::array<std::int16_t, features> f;
    };

    template <class T>
    static auto rounded(double v) -> T {
        return static_cast<T>(std::clamp(std::round(v), static_cast<double>(std::numeric_limits<T>::min()),
                                         static_cast<double>(std::numeric_limits<T>::max())));
    }
    void thin() {
        while (held_ > most_symbols && pictures_.size() > 1) {
            std::vector<picture> kept;
            held_ = 0;
            for (std::size_t i = 0; i < pictures_.size(); i += 2)
                held_ += pictures_[i].symbols.size(), kept.push_back(std::move(pictures_[i]));
            pictures_ = std::move(kept), every_ *= 2;
        }
    }

    /// `f(band, symbol)` for all that is held, in buffer order, with what stands around it.
    template <class F>
    void walk(std::vector<std::uint16_t> const &units, F &&f) const {
        for (auto const &p : pictures_) {
            auto const *at = p.symbols.data();
            for (auto const &g : p.groups) {
                model::detail::scale_features around(g.n, g.w);
                if (!around.ok()) throw std::bad_alloc();
                for (std::size_t row = 0; row < g.batch * g.h; ++row)
                    for (std::size_t x = 0; x < g.w; ++x) {
                        around.begin(x, x > 0, row % g.h > 0);
                        for (std::size_t k = 0; k < g.n; ++k, ++at) {
                            auto const m = model::detail::magnitude(*at);
                            f(g.first + k, m, around, k);
                            around.note(k, m, units[g.first + k]);
                        }
                        around.end();
                    }
            }
        }
    }
    /// 256 / root mean square of each band's symbols; bands of hardly any symbols are taken for 0.3.
    auto usual_units() const -> std::vector<std::uint16_t> {
        std::vector<double> sum(bands_), count(bands_);
        walk(std::vector<std::uint16_t>(bands_, 256),
             [&](std::size_t b, std::uint32_t m, auto const &, std::size_t) {
                 sum[b] += static_cast<double>(m) * m, count[b] += 1;
             });
        std::vector<std::uint16_t> units;
        for (std::size_t b = 0; b < sum.size(); ++b)
            units.push_back(rounded<std::uint16_t>(256 / std::max(0.3, std::sqrt(sum[b] / std::max(count[b], 1.0)))));
        return units;
    }
    auto collect(std::vector<std::uint16_t> const &units) const -> std::vector<sample> {
        std::vector<sample> all;
        all.reserve(held_);
        walk(units, [&](std::size_t b, std::uint32_t m, auto const &around, std::size_t k) {
            sample s{static_cast<std::uint32_t>(b), m, {}};
            auto const f = around.of(k);
            for (std::size_t i = 0; i < features; ++i) s.f[i] = static_cast<std::int16_t>(f[i]);
            all.push_back(s);
        });
        return all;
    }

    /// Gradient and expected curvature of the log-likelihood of a magnitude by the logarithm of the scale.
    static auto score(std::uint32_t m, double log_scale) -> std::array<double, 2> {
        auto const t = std::exp(-std::clamp(log_scale, -8.0, 8.0)), reach = zero_reach * t;
        auto const stop = t / std::expm1(t), none = reach / std::expm1(reach), zero = -std::expm1(-reach);
        auto const spread = t * t * std::exp(-t) / (std::expm1(-t) * std::expm1(-t));
        auto const gradient = m == 0 ? -none : (zero_reach + m - 1) * t - stop;
        return {gradient, zero * none * none + (1 - zero) * (reach * reach + spread)};
    }
    static auto row_of(sample const &s) -> vector {
        vector v;
        v[0] = 1;
        for (std::size_t i = 0; i < features; ++i) v[static_cast<Eigen::Index>(i + 1)] = s.f[i] * std::log(2.0) / 16;
        return v;
    }
    auto fit(std::vector<sample> const &samples, std::size_t bands) const -> std::vector<vector> {
        std::vector<vector> theta(bands, vector::Zero());
        vector common = vector::Zero();
        for (int round = 0; round < 12; ++round) {
            std::vector<square> curvature(bands, square::Zero());
            std::vector<vector> gradient(bands, vector::Zero());
            for (auto const &s : samples) {
                auto const x = row_of(s);
                auto const g = score(s.magnitude, theta[s.band].dot(x));
                gradient[s.band] += g[0] * x;
                curvature[s.band].template selfadjointView<Eigen::Lower>().rankUpdate(x, g[1]);
            }
            vector mean = vector::Zero();
            for (std::size_t b = 0; b < bands; ++b) {
                for (Eigen::Index i = 0; i < curvature[b].rows(); ++i) {
                    auto const weight = i == 0 ? 1.0 : prior; // a bias is nearly free
                    auto const aim = i == 0 ? 0.0 : common[i];
                    gradient[b][i] += weight * (aim - theta[b][i]), curvature[b](i, i) += weight;
                }
                vector const move = curvature[b].template selfadjointView<Eigen::Lower>().ldlt().solve(gradient[b]);
                for (Eigen::Index i = 0; i < move.size(); ++i) theta[b][i] += std::clamp(move[i], -1.5, 1.5);
                mean += theta[b];
            }
            common = mean / static_cast<double>(bands);
        }
        return theta;
    }

    static auto classes_of(std::vector<sample> const &samples, std::vector<std::int32_t> const &bias,
                           std::vector<std::int16_t> const &weight) -> std::vector<std::uint8_t> {
        std::vector<std::uint8_t> classes;
        classes.reserve(samples.size());
        for (auto const &s : samples) {
            std::int64_t sum = bias[s.band] + (1 << (model_type::weight_frac - 1));
            for (std::size_t i = 0; i < features; ++i) sum += std::int64_t{weight[s.band * features + i]} * s.f[i];
            classes.push_back(static_cast<std::uint8_t>(
                std::clamp<std::int64_t>(sum >> model_type::weight_frac, 0, model_type::classes - 1)));
        }
        return classes;
    }
    /// Odds to go on, from counts smoothed by twenty symbols of the class's Laplace law and by a twentieth of the next classes.
    static auto odds(std::vector<sample> const &samples, std::vector<std::uint8_t> const &classes)
        -> std::vector<std::uint16_t> {
        constexpr auto decisions = model_type::decisions;
        std::array<std::array<std::array<double, 2>, decisions>, model_type::classes> counts{};
        for (std::size_t i = 0; i < samples.size(); ++i)
            for (std::size_t m = 0; m < decisions; ++m) {
                auto const more = samples[i].magnitude > m;
                counts[classes[i]][m][more] += 1;
                if (!more) break;
            }
        std::vector<std::uint16_t> out;
        for (std::size_t c = 0; c < model_type::classes; ++c) {
            auto const t = std::exp2((model_type::class_of_one - static_cast<int>(c)) /
                                     static_cast<double>(model_type::classes_per_octave));
            double share = 20;
            for (std::size_t m = 0; m < decisions; ++m) {
                auto const p = std::exp(m == 0 ? -zero_reach * t : -t);
                std::array<double, 2> n{share * (1 - p), share * p};
                share *= p;
                for (std::size_t more = 0; more < 2; ++more) {
                    n[more] += counts[c][m][more];
                    if (c > 0) n[more] += counts[c - 1][m][more] / 20;
                    if (c + 1 < model_type::classes) n[more] += counts[c + 1][m][more] / 20;
                }
                out.push_back(static_cast<std::uint16_t>(
                    std::clamp(std::lround(65536 * (n[1] + 1e-4) / (n[0] + n[1] + 2e-4)), 1L, 65535L)));
            }
        }
        return out;
    }

    std::size_t bands_ = 0;
    fixed_step step_; ///< of the first picture
    std::vector<picture> pictures_;
    std::size_t held_ = 0;
    std::uint64_t seen_ = 0, every_ = 1;
};

static_assert(learnable<coder::range<model::conditional_scale>>);

} // namespace triptych::inline TRIPTYCH_ABI
