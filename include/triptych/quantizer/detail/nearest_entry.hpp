// triptych/quantizer/detail/nearest_entry.hpp: finds the nearest entry of a code book, exactly, without looking at
// all of them. For encoders.
//
// The sums of the elements of two vectors differ by no more than √m times the distance of the vectors, m being the
// number of elements. So the search starts at the entry with the nearest sum, goes outwards, and soon ends (Ra and
// Kim 1993, mean-distance-ordered partial search).
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <numeric>
#include <utility>
#include <vector>

#include <triptych/bands.hpp>
#include <triptych/quantizer/detail/code_book.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI::detail {

class nearest_entry {
public:
    /// Of vectors of x, which the book fits. With `reach`, a number an element in the units of its band, only entries count that are no
    /// farther away in any element.
    template <class B>
    nearest_entry(code_book<> const &book, B const &x, std::vector<double> reach = {})
        : nearest_entry(book, x, 0, 1, std::move(reach)) {}
    /// Of each step-th element of the vectors alone, from the first on; there must be one.
    template <class B>
    nearest_entry(code_book<> const &book, B const &x, std::size_t first, std::size_t step,
                  std::vector<double> reach = {})
        : m_((book.elements() - first + step - 1) / step), values_(book.count() * m_), reach_(std::move(reach)),
          order_(book.count()) {
        std::size_t element = 0;
        for (std::size_t b = 0; b < x.count(); ++b) {
            if (x.info(b).at.kind == role::side) continue;
            auto const e = element++;
            if (e % step != first) continue;
            for (std::size_t i = 0; i < order_.size(); ++i)
                values_[i * m_ + bands_.size()] =
                    code_book<>::value<typename B::value_type>(book.entries[i * book.elements() + e], x.info(b));
            bands_.push_back(b);
        }
        if (!reach_.empty()) farthest_ = std::accumulate(reach_.begin(), reach_.end(), 0.0);
        std::iota(order_.begin(), order_.end(), std::size_t{0});
        auto const sum = [&](std::size_t i) {
            return std::accumulate(values_.begin() + static_cast<std::ptrdiff_t>(i * m_),
                                   values_.begin() + static_cast<std::ptrdiff_t>((i + 1) * m_), 0.0);
        };
        std::vector<double> sums;
        for (auto const i : order_) sums.push_back(sum(i));
        std::stable_sort(order_.begin(), order_.end(), [&](auto a, auto b) { return sums[a] < sums[b]; });
        for (auto const i : order_) sums_.push_back(sums[i]);
    }
    /// The signal bands, which the elements are of.
    auto bands() const noexcept -> std::vector<std::size_t> const & { return bands_; }
    /// Element e of entry i, as its band stores it.
    auto value(std::size_t i, std::size_t e) const noexcept -> double { return values_[i * m_ + e]; }
    template <class B>
    auto element(B const &x, std::size_t p, std::size_t e) const noexcept -> double {
        auto const &info = x.info(bands_[e]);
        return static_cast<double>(x.data()[info.offset + p * info.stride.back()]);
    }

    /// For the vector at place p; of equal distances the lowest index, and the number of entries if none is within reach.
    template <class B>
    auto operator()(B const &x, std::size_t p) const -> std::size_t {
        double sum = 0;
        for (std::size_t e = 0; e < m_; ++e) sum += element(x, p, e);
        auto up = static_cast<std::size_t>(std::lower_bound(sums_.begin(), sums_.end(), sum) - sums_.begin());
        auto down = up; // one beyond
        std::size_t best = order_.size();
        double least = std::numeric_limits<double>::max();
        auto const gap = [&](std::size_t place) { return std::abs(sums_[place] - sum); };
        while (up < sums_.size() || down > 0) {
            bool const upwards = down == 0 || (up < sums_.size() && gap(up) <= gap(down - 1));
            auto const place = upwards ? up++ : --down;
            if (gap(place) > farthest_ || gap(place) * gap(place) / static_cast<double>(m_) * (1 - 1e-9) > least) break;
            auto const i = order_[place];
            auto const distance = squared_distance(x, p, i, least);
            if (distance < least || (distance == least && i < best && distance < far_away)) least = distance, best = i;
        }
        return best;
    }

private:
    static constexpr double far_away = std::numeric_limits<double>::max();

    /// No smaller than it is, once it is more than `least`; far away where an element is out of reach.
    template <class B>
    auto squared_distance(B const &x, std::size_t p, std::size_t i, double least) const -> double {
        double distance = 0;
        for (std::size_t e = 0; e < m_ && distance <= least; ++e) {
            double const d = element(x, p, e) - values_[i * m_ + e];
            if (!reach_.empty() && std::abs(d) > reach_[e]) return far_away;
            distance += d * d;
        }
        return distance;
    }

    std::size_t m_;
    std::vector<double> values_, sums_, reach_; // of the entries; their sums, rising
    double farthest_ = far_away;
    std::vector<std::size_t> order_, bands_;
};

} // namespace triptych::inline TRIPTYCH_ABI::detail
