// triptych/quantizer/palette.hpp: fewer colours, for icons, drawings and screens, whose edges a transform would
// smear.
//
// The encoder replaces the colours of a picture by few. The root mean square error stays below step / sqrt(12). A
// pixel gets its neighbours' colour where that costs little distortion, because a model for flat pictures pays for
// outlines. Colours are found by Lloyd's method (1957) from farthest-first seeds, pixels by iterated conditional
// modes (Besag, 1986) on a Potts prior. The surprise: what remains is a picture, so the decoder has nothing to do and
// no setting travels.
//
// Errors of pictures with alpha are those of the composite on white and, at a third of the weight, of alpha itself.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include <triptych/concepts.hpp>
#include <triptych/quantizer/detail/no_setting.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI {

namespace detail {
/// One to four bands as a picture of labels, for the encoder.
class palette_search {
public:
    using feature = std::array<double, 4>;
    using colour = std::array<std::int32_t, 4>;

    palette_search(std::vector<colour> pixels, std::size_t w, std::size_t n, std::array<double, 4> const &low,
                   std::array<double, 4> const &high)
        : pixels_(std::move(pixels)), w_(w), n_(n), low_(low), high_(high) {
        auto sorted = pixels_;
        std::sort(sorted.begin(), sorted.end());
        for (auto const &c : sorted) {
            if (distinct_.empty() || distinct_.back() != c) distinct_.push_back(c), count_.push_back(0);
            ++count_.back();
        }
        which_.resize(pixels_.size());
        for (std::size_t i = 0; i < pixels_.size(); ++i)
            which_[i] = static_cast<std::size_t>(std::lower_bound(distinct_.begin(), distinct_.end(), pixels_[i]) -
                                                 distinct_.begin());
        for (auto const &c : distinct_) features_.push_back(feature_of(c));
    }

    /// The pixels in few colours, their mean squared error at most `most` a component; as they were if that takes more than 256.
    auto within(double most, double smoothness) -> std::vector<colour> {
        if (distinct_.size() <= many) {
            seed();
        } else {
            // A part of a picture of many colours says how many it takes: where a part needs more than 256, so does the whole.
            palette_search part(spread(many), 1, n_, low_, high_);
            part.seed();
            part.grow(part.allowed(most));
            if (part.palette_.size() > most_entries) return pixels_;
            palette_ = part.palette_, entries_ = part.entries_, clear_ = part.clear_;
        }
        auto const enough = allowed(most);
        while (grow(enough)) {
            of_pixel_.resize(pixels_.size());
            for (std::size_t i = 0; i < pixels_.size(); ++i) of_pixel_[i] = labels_[which_[i]];
            for (int pass = 0; pass < 2; ++pass) smooth(smoothness), recentre_pixels();
            if (pixel_error() <= enough) return painted();
            if (distinct_.size() > many)
                smoothness /= 2; // each round is dear there, and a weight of nothing always does
            assign();
            if (!add_worst()) break;
        }
        return pixels_;
    }

private:
    /// Above so many distinct colours a part is looked at first: the search takes time in proportion to colours times entries times entries.
    static constexpr std::size_t many = 4096, most_entries = 256;

    /// The sum of squared errors that `most` a component allows.
    auto allowed(double most) const -> double {
        return most * static_cast<double>(n_ - has_alpha()) * static_cast<double>(pixels_.size());
    }
    /// `n` pixels from all over the picture, in no step that a pattern could have (Weyl's sequence of the golden section).
    auto spread(std::size_t n) const -> std::vector<colour> {
        std::vector<colour> some(n);
        double at = 0;
        for (auto &c : some) {
            at += 0.6180339887498949, at -= std::floor(at);
            c = pixels_[std::min(static_cast<std::size_t>(at * static_cast<double>(pixels_.size())),
                                 pixels_.size() - 1)];
        }
        return some;
    }
    /// Adds entries until the error is `enough`; false if that takes more than 256.
    auto grow(double enough) -> bool {
        while (palette_.size() < distinct_.size() && palette_.size() <= most_entries) {
            for (int pass = 0; pass < 3; ++pass) assign(), recentre();
            assign();
            if (error() <= enough) return true;
            if (!add_worst()) return false;
        }
        return false;
    }
    /// The worst colour, counted as often as it occurs, and for large palettes several at a time; false if none has an error.
    auto add_worst() -> bool {
        for (std::size_t more = 1 + palette_.size() / 8; more > 0; --more) {
            std::size_t worst = 0;
            for (std::size_t d = 1; d < distinct_.size(); ++d)
                if (error_of(d) > error_of(worst)) worst = d;
            if (error_of(worst) == 0) return false;
            add(worst);
            for (std::size_t d = 0; d < distinct_.size(); ++d)
                if (auto const e = distance(features_[d], entries_.back()); e < nearest_[d])
                    nearest_[d] = e, labels_[d] = entries_.size() - 1;
        }
        return true;
    }

    auto has_alpha() const noexcept -> std::size_t { return n_ % 2 == 0; }
    auto feature_of(colour const &c) const -> feature {
        feature f{};
        if (!has_alpha()) {
            for (std::size_t i = 0; i < n_; ++i) f[i] = c[i];
            return f;
        }
        auto const opacity = (c[n_ - 1] - low_[n_ - 1]) / (high_[n_ - 1] - low_[n_ - 1]);
        for (std::size_t i = 0; i + 1 < n_; ++i) f[i] = high_[i] + (c[i] - high_[i]) * opacity;
        f[n_ - 1] = 0.35 * c[n_ - 1];
        return f;
    }
    static auto distance(feature const &a, feature const &b) noexcept -> double {
        double d = 0;
        for (std::size_t i = 0; i < 4; ++i) d += (a[i] - b[i]) * (a[i] - b[i]);
        return d;
    }
    auto error_of(std::size_t d) const -> double { return static_cast<double>(count_[d]) * nearest_[d]; }
    auto error() const -> double {
        double sum = 0;
        for (std::size_t d = 0; d < distinct_.size(); ++d) sum += error_of(d);
        return sum;
    }
    void add(std::size_t d) { palette_.push_back(distinct_[d]), entries_.push_back(features_[d]); }
    /// The commonest colour; and what is transparent stays so.
    void seed() {
        palette_.clear(), entries_.clear();
        std::size_t most = 0;
        for (std::size_t d = 0; d < distinct_.size(); ++d)
            if (count_[d] > count_[most]) most = d;
        clear_ = has_alpha() && std::any_of(distinct_.begin(), distinct_.end(),
                                            [&](colour const &c) { return c[n_ - 1] <= low_[n_ - 1]; });
        if (clear_) {
            colour c{};
            for (std::size_t i = 0; i < n_; ++i) c[i] = static_cast<std::int32_t>(low_[i]);
            palette_.push_back(c), entries_.push_back(feature_of(c));
        }
        add(most);
    }
    /// Labels of the distinct colours, and how far each is from its entry.
    void assign() {
        labels_.assign(distinct_.size(), 0), nearest_.assign(distinct_.size(), 0);
        for (std::size_t d = 0; d < distinct_.size(); ++d) {
            nearest_[d] = distance(features_[d], entries_[0]);
            for (std::size_t k = 1; k < entries_.size(); ++k)
                if (auto const e = distance(features_[d], entries_[k]); e < nearest_[d])
                    nearest_[d] = e, labels_[d] = k;
        }
    }
    /// Colours at the means of theirs, weighted by their alpha; those that are nearly transparent or opaque become so.
    template <class Each>
    void recentre_by(Each &&each) {
        std::vector<std::array<double, 6>> sums(palette_.size(), std::array<double, 6>{});
        each([&](colour const &c, double weight, std::size_t k) {
            auto const opacity = has_alpha() ? c[n_ - 1] - low_[n_ - 1] : 1.0;
            for (std::size_t i = 0; i < n_; ++i)
                sums[k][i] += weight * c[i] * (i + 1 == n_ && has_alpha() ? 1.0 : opacity);
            sums[k][4] += weight * opacity, sums[k][5] += weight;
        });
        for (std::size_t k = clear_; k < palette_.size(); ++k) {
            if (sums[k][5] == 0) continue;
            if (has_alpha()) {
                auto const range = high_[n_ - 1] - low_[n_ - 1];
                auto a = std::round(sums[k][n_ - 1] / sums[k][5]);
                if (a - low_[n_ - 1] < range / 40) a = low_[n_ - 1];
                if (high_[n_ - 1] - a < range / 40) a = high_[n_ - 1];
                palette_[k][n_ - 1] = static_cast<std::int32_t>(a);
            }
            for (std::size_t i = 0; i < n_ - has_alpha(); ++i)
                palette_[k][i] =
                    static_cast<std::int32_t>(sums[k][4] > 0 ? std::round(sums[k][i] / sums[k][4]) : low_[i]);
            if (has_alpha() && palette_[k][n_ - 1] <= low_[n_ - 1])
                for (std::size_t i = 0; i < n_; ++i) palette_[k][i] = static_cast<std::int32_t>(low_[i]);
            entries_[k] = feature_of(palette_[k]);
        }
    }
    void recentre() {
        recentre_by([&](auto &&sum) {
            for (std::size_t d = 0; d < distinct_.size(); ++d)
                sum(distinct_[d], static_cast<double>(count_[d]), labels_[d]);
        });
    }
    void recentre_pixels() {
        recentre_by([&](auto &&sum) {
            for (std::size_t i = 0; i < pixels_.size(); ++i) sum(pixels_[i], 1.0, of_pixel_[i]);
        });
    }
    /// One sweep: each pixel takes the label whose error, with a penalty for each neighbour of another label, is least.
    void smooth(double rate) {
        auto const h = pixels_.size() / w_;
        std::vector<double> cost(palette_.size());
        for (std::size_t y = 0; y < h; ++y)
            for (std::size_t x = 0; x < w_; ++x) {
                auto const i = y * w_ + x;
                for (std::size_t k = 0; k < cost.size(); ++k) cost[k] = distance(features_[which_[i]], entries_[k]);
                // Alike neighbours are worth a penalty; diagonal ones half of it.
                auto const like = [&](bool there, std::size_t at, double weight) {
                    if (there) cost[of_pixel_[at]] -= rate * weight;
                };
                like(x > 0, i - 1, 1), like(x + 1 < w_, i + 1, 1), like(y > 0, i - w_, 1), like(y + 1 < h, i + w_, 1);
                like(y > 0 && x > 0, i - w_ - 1, 0.5), like(y > 0 && x + 1 < w_, i - w_ + 1, 0.5);
                like(y + 1 < h && x > 0, i + w_ - 1, 0.5), like(y + 1 < h && x + 1 < w_, i + w_ + 1, 0.5);
                of_pixel_[i] = static_cast<std::size_t>(std::min_element(cost.begin(), cost.end()) - cost.begin());
            }
    }
    auto pixel_error() const -> double {
        double sum = 0;
        for (std::size_t i = 0; i < pixels_.size(); ++i) sum += distance(features_[which_[i]], entries_[of_pixel_[i]]);
        return sum;
    }
    auto painted() const -> std::vector<colour> {
        auto out = pixels_;
        for (std::size_t i = 0; i < out.size(); ++i) out[i] = palette_[of_pixel_[i]];
        return out;
    }

    std::vector<colour> pixels_, distinct_, palette_;
    std::vector<std::size_t> count_, which_, labels_, of_pixel_;
    std::vector<feature> features_, entries_;
    std::vector<double> nearest_;
    std::size_t w_, n_;
    std::array<double, 4> low_, high_;
    bool clear_ = false;
};
} // namespace detail

namespace quantizer {

/// Up to four signal bands of one shape, level and width, whose components follow each other, share their palette; with two or four the last is alpha. Step 0 loses nothing.
struct palette : triptych::detail::no_setting {
    static constexpr bool can_be_exact = true;
    static constexpr void describe(auto &d) { d("palette"); }

    template <std::size_t R>
    auto arrange(layout<R> const &in, setting const &) const -> layout<R> {
        return in;
    }
    template <class B>
    auto quantize(B x, setting const &, target const &aim) const -> B {
        if (!(aim.step > 0)) return x;
        for (std::size_t b = 0; b < x.count();) {
            auto const first = x.info(b);
            std::size_t n = 1;
            while (n < 4 && b + n < x.count() && x.info(b + n).shape == first.shape &&
                   x.info(b + n).bits == first.bits && x.info(b + n).at.kind == first.at.kind &&
                   x.info(b + n).at.level == first.at.level && x.info(b + n).at.component == first.at.component + n)
                ++n;
            if (first.at.kind == role::signal && volume(first.shape) != 0) reduce(x, b, n, aim);
            b += n;
        }
        return x;
    }
    template <class B>
    auto dequantize(B x, setting const &, layout<B::rank> const &in) const -> B {
        return std::move(x).relabel(in);
    }

private:
    template <class B>
    static void reduce(B &x, std::size_t b, std::size_t n, target const &aim) {
        auto const &info = x.info(b);
        std::array<double, 4> low{}, high{};
        for (std::size_t c = 0; c < n; ++c) {
            auto const half = std::ldexp(1.0, static_cast<int>(width_of<typename B::value_type>(x.info(b + c))) - 1);
            low[c] = -half, high[c] = half - 1;
        }
        auto const size = static_cast<std::size_t>(volume(info.shape));
        std::vector<triptych::detail::palette_search::colour> pixels(size, triptych::detail::palette_search::colour{});
        auto const each = [&](auto &&f) {
            for (std::size_t c = 0; c < n; ++c) {
                auto *const at = x.data() + x.info(b + c).offset;
                auto const unit = x.info(b + c).stride[B::rank - 1];
                for (std::size_t i = 0; i < size; ++i) f(at[i * unit], pixels[i][c]);
            }
        };
        each([](auto const &v, std::int32_t &p) { p = v; });
        auto const step = std::ldexp(static_cast<double>(aim.step), info.frac);
        pixels = triptych::detail::palette_search(std::move(pixels), info.shape[B::rank - 1], n, low, high)
                     .within(step * step / 12, 16 * static_cast<double>(aim.lambda) * step * step);
        each([](auto &v, std::int32_t p) { v = static_cast<typename B::value_type>(p); });
    }
};

static_assert(quantizer_for<palette, bands<std::int16_t, 2>> && plans_ahead<palette>);

} // namespace quantizer
} // namespace triptych::inline TRIPTYCH_ABI
