// triptych/learn/coder/autoregressive.hpp: learns model::autoregressive: a ridge regression for each place, and what it leaves.
//
// Regressions come from one covariance of whole pictures. What they leave is measured on pictures that they were not fitted to
// (four folds, runs of the corpus, as siblings usually follow each other): sixty weights of a few hundred pictures fit these far better than the
// next one. The ridge is the variance of the rounding to whole samples.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <new>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <triptych/coder/model/autoregressive.hpp>
#include <triptych/coder/range.hpp>
#include <triptych/learn/learnable.hpp>
#include <triptych/learn/numeric/gram.hpp>
#include <triptych/learn/numeric/linear_algebra.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI {

/// From pictures of one band, all of the same extents; others are std::invalid_argument, and so are fewer than eight. Keeps at most `most_samples`
/// samples: of larger corpora every second picture, every fourth, and so on.
template <>
struct learner<coder::range<model::autoregressive>> {
    using model_type = model::autoregressive;
    using policy = coder::range<model_type>;
    static constexpr std::size_t folds = 4;
    /// Samples of a picture: the covariance has the square of it in numbers.
    static constexpr std::size_t most_places = 4096;

    std::size_t most_samples = std::size_t{1} << 24;
    /// A picture has so many weights a place at most; a small corpus has one for each four pictures.
    std::size_t most_taps = model_type::most_taps;

    /// How large the model may become.
    void limit(std::uint64_t bytes) { most_bytes_ = bytes; }

    template <class B>
    void observe(B const &symbols) {
        if (symbols.size() == 0) return;
        using T = typename B::value_type const;
        auto const view = model::detail::view_of<T>(symbols, 0);
        if (symbols.count() != 1) throw std::invalid_argument("autoregressive: learns from pictures of one component");
        if (width_of<typename B::value_type>(symbols.info(0)) > 16)
            throw std::invalid_argument("autoregressive: learns from symbols of at most 16 bits");
        for (std::size_t b = 0; b < view.batch; ++b) {
            auto const *const first = view.data + b * view.h * view.w;
            keep(view.h, view.w, {first, first + view.h * view.w});
        }
    }
    void merge(learner const &other) {
        if (other.pictures_.empty()) return;
        auto const before = seen_;
        for (auto const &[number, values] : other.pictures_) {
            seen_ = before + number;
            keep(other.h_, other.w_, values);
        }
        seen_ = before + other.seen_;
    }

    auto finish() -> policy {
        if (pictures_.size() < 2 * folds)
            throw std::invalid_argument("autoregressive: fewer than " + std::to_string(2 * folds) +
                                        " pictures to learn from");
        auto const places = h_ * w_;
        auto const affordable = most_bytes_ / places > 5 ? (most_bytes_ / places - 5) / 2 : 0;
        taps_ = std::min({pictures_.size() / 4, most_taps, model_type::most_taps,
                          static_cast<std::size_t>(std::min<std::uint64_t>(affordable, model_type::most_taps))});
        taps_ = std::max<std::size_t>(taps_, 1);
        auto const all = sums_of(0, pictures_.size());
        auto const fitted = regress(all);
        auto const errors = left_out(all);

        policy p;
        auto &m = p.model;
        std::vector<std::int32_t> bias(places);
        for (std::size_t i = 0; i < places; ++i)
            bias[i] = rounded<std::int32_t>(std::ldexp(fitted.bias[i], model_type::weight_frac));
        std::vector<std::int16_t> weight;
        for (auto const w : fitted.weight)
            weight.push_back(rounded<std::int16_t>(std::ldexp(w, model_type::weight_frac)));
        auto const spread = spreads(errors);
        auto const u = [](std::size_t v) { return static_cast<std::uint32_t>(v); };
        m.bias = frozen<std::int32_t>::owned(bias, dims{u(h_), u(w_)});
        m.weight = frozen<std::int16_t>::owned(weight, dims{u(h_), u(w_), u(taps_)});
        m.spread = frozen<std::uint8_t>::owned(spread, dims{u(h_), u(w_)});
        m.response = frozen<std::int8_t>::owned(responses(errors, spread), dims{u(field::responses)});
        if (!m.valid()) throw std::bad_alloc();
        return p;
    }

private:
    using field = model::detail::error_field;
    /// The variance of rounding.
    static constexpr double ridge = 1.0 / 12;

    struct regression {
        std::vector<double> bias, weight;
    };

    template <class T>
    static auto rounded(double v) -> T {
        return static_cast<T>(std::clamp(std::round(v), static_cast<double>(std::numeric_limits<T>::min()),
                                         static_cast<double>(std::numeric_limits<T>::max())));
    }
    void keep(std::size_t h, std::size_t w, std::vector<std::int16_t> values) {
        if (h * w > most_places)
            throw std::invalid_argument("autoregressive: pictures have " + std::to_string(h * w) +
                                        " samples; at most " + std::to_string(most_places) + " can be learned from");
        if (h_ * w_ != 0 && (h_ != h || w_ != w))
            throw std::invalid_argument("autoregressive: pictures of different extents (" + std::to_string(h_) + " x " +
                                        std::to_string(w_) + " and " + std::to_string(h) + " x " + std::to_string(w) +
                                        ")");
        h_ = h, w_ = w;
        auto const number = seen_++;
        if (number % every_ != 0) return;
        pictures_.emplace_back(number, std::move(values));
        while (pictures_.size() * h_ * w_ > most_samples && pictures_.size() > 1) {
            every_ *= 2;
            std::erase_if(pictures_, [&](auto const &p) { return p.first % every_ != 0; });
        }
    }

    /// Of pictures first ... end - 1. Products of 8-bit samples add up exactly.
    auto sums_of(std::size_t first, std::size_t end) const -> learn::gram_sum {
        learn::gram_sum s(h_ * w_);
        for (; first < end; ++first) std::copy_n(pictures_[first].second.begin(), s.dimension(), s.next());
        s.settle();
        return s;
    }
    /// Calls f(tap, place) for those of a place's taps that are inside the picture.
    template <class F>
    void each_tap(std::size_t place, F &&f) const {
        auto const y = static_cast<int>(place / w_), x = static_cast<int>(place % w_);
        for (std::size_t i = 0; i < taps_; ++i) {
            auto const &t = model_type::taps[i];
            if (t.up <= y && x + t.right >= 0 && x + t.right < static_cast<int>(w_))
                f(i, static_cast<std::size_t>((y - t.up) * static_cast<int>(w_) + x + t.right));
        }
    }
    auto regress(learn::gram_sum const &s) const -> regression {
        auto const d = h_ * w_;
        regression r{std::vector<double>(d), std::vector<double>(d * taps_)};
        std::vector<std::pair<std::size_t, std::size_t>> there; // tap, place
        for (std::size_t i = 0; i < d; ++i) {
            r.bias[i] = s.mean(i);
            there.clear();
            each_tap(i, [&](std::size_t tap, std::size_t place) { there.emplace_back(tap, place); });
            if (there.empty()) continue;
            learn::matrix a(there.size(), there.size()), b(there.size(), 1);
            for (std::size_t j = 0; j < there.size(); ++j) {
                for (std::size_t k = 0; k <= j; ++k) a(j, k) = a(k, j) = s.covariance(there[j].second, there[k].second);
                a(j, j) += ridge, b(j, 0) = s.covariance(there[j].second, i);
            }
            auto const w = learn::solve_positive(a, b);
            for (std::size_t j = 0; j < there.size(); ++j) {
                r.weight[i * taps_ + there[j].first] = w(j, 0);
                r.bias[i] -= w(j, 0) * s.mean(there[j].second);
            }
        }
        return r;
    }

    /// |error| of each sample of each picture, in 16ths, by regressions on the other folds.
    auto left_out(learn::gram_sum const &all) const -> std::vector<float> {
        auto const d = h_ * w_, n = pictures_.size();
        std::vector<float> errors(n * d);
        for (std::size_t f = 0; f < folds; ++f) {
            auto const first = n * f / folds, end = n * (f + 1) / folds;
            auto others = all;
            others.remove(sums_of(first, end));
            auto const r = regress(others);
            for (std::size_t i = 0; i < d; ++i)
                for (auto p = first; p < end; ++p) {
                    auto const &values = pictures_[p].second;
                    double guess = r.bias[i];
                    each_tap(i, [&](std::size_t tap, std::size_t place) {
                        guess += r.weight[i * taps_ + tap] * values[place];
                    });
                    errors[p * d + i] = static_cast<float>(16 * std::abs(values[i] - guess));
                }
        }
        return errors;
    }
    /// One more picture with errors as everywhere keeps places that were always right from being sure.
    auto spreads(std::vector<float> const &errors) const -> std::vector<std::uint8_t> {
        auto const d = h_ * w_, n = pictures_.size();
        std::vector<double> total(d);
        double overall = 0;
        for (std::size_t i = 0; i < errors.size(); ++i)
            total[i % d] += static_cast<double>(errors[i]), overall += static_cast<double>(errors[i]);
        overall /= static_cast<double>(errors.size());
        std::vector<std::uint8_t> spread(d);
        for (std::size_t i = 0; i < d; ++i)
            spread[i] =
                rounded<std::uint8_t>(16 * std::log2(std::max(1.0, (total[i] + overall) / static_cast<double>(n + 1))));
        return spread;
    }
    /// What errors around say in most corpora: a little less than their logarithm (in 16ths of an octave).
    static auto plain_response(std::size_t c) -> double { return 0.85 * (4 * static_cast<double>(c) + 2 - 55); }
    /// Mean relative errors where those around are of a class, as logarithms; a class of few is drawn towards the plain response.
    auto responses(std::vector<float> const &errors, std::vector<std::uint8_t> const &spread) const
        -> std::vector<std::int8_t> {
        constexpr double few = 50;
        auto const d = h_ * w_;
        std::array<double, field::responses> total{}, count{};
        std::vector<std::uint32_t> relative(d);
        for (std::size_t p = 0; p < pictures_.size(); ++p)
            for (std::size_t i = 0; i < d; ++i) {
                relative[i] = static_cast<std::uint32_t>(std::min<std::uint64_t>(
                    field::most, field::relative(static_cast<std::uint64_t>(errors[p * d + i]), spread[i])));
                auto const y = static_cast<int>(i / w_), x = static_cast<int>(i % w_), right = static_cast<int>(w_);
                auto const c = field::response_class(field::sum([&](model::detail::causal_place const &q) {
                    if (q.up > y || x + q.right < 0 || x + q.right >= right) return field::usual;
                    return relative[static_cast<std::size_t>((y - q.up) * right + x + q.right)];
                }));
                total[c] += relative[i] / double{field::usual}, ++count[c];
            }
        std::vector<std::int8_t> response;
        for (std::size_t c = 0; c < field::responses; ++c) {
            auto const plain = std::exp2(plain_response(c) / 16);
            response.push_back(rounded<std::int8_t>(16 * std::log2((total[c] + few * plain) / (count[c] + few))));
        }
        return response;
    }

    std::size_t h_ = 0, w_ = 0, taps_ = 0;
    std::uint64_t seen_ = 0, every_ = 1, most_bytes_ = 1'000'000;
    std::vector<std::pair<std::uint64_t, std::vector<std::int16_t>>> pictures_; ///< number in the corpus, samples
};

static_assert(learnable<coder::range<model::autoregressive>>);

} // namespace triptych::inline TRIPTYCH_ABI
