// triptych/learn/quantizer/learned_dead_zone.hpp: learns quantizer::learned_dead_zone: the centroid of each symbol, band by band.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <new>
#include <stdexcept>
#include <vector>

#include <triptych/learn/learnable.hpp>
#include <triptych/quality.hpp>
#include <triptych/quantizer/learned_dead_zone.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI {

/// From coefficients, with the step that is aimed at. Bands with few symbols lean on what all bands together show. Sums are exact, so
/// neither order nor threads matter.
template <>
struct learner<quantizer::learned_dead_zone> {
    using policy = quantizer::learned_dead_zone;
    target aim{8.0F, 0.1F};

    template <class B>
    void observe(B const &x) {
        if (sums_.empty()) sums_.resize(x.count());
        if (sums_.size() != x.count())
            throw std::invalid_argument("learned_dead_zone: pictures with different numbers of bands");
        auto const grids = detail::grids<typename B::value_type>(x.layout(), detail::stream_step(aim));
        for_each_value(x, [&](std::size_t, std::size_t b, std::int32_t v) {
            if (x.info(b).at.kind == role::side) return;
            auto const q = grids[b].symbol(v, offset);
            if (q == 0) return;
            auto const low = std::int64_t{grids[b].value(q)} - v;
            auto &s = sums_[b][policy::rank_of(q)];
            ++s.count, s.miss += (q > 0 ? low : -low) * 64 * 256 / static_cast<std::int64_t>(grids[b].step);
        });
    }
    void merge(learner const &other) {
        if (other.sums_.empty()) return;
        if (sums_.empty()) sums_.resize(other.sums_.size());
        if (sums_.size() != other.sums_.size())
            throw std::invalid_argument("learned_dead_zone: pictures with different numbers of bands");
        for (std::size_t b = 0; b < sums_.size(); ++b)
            for (std::size_t m = 0; m < 3; ++m)
                sums_[b][m].count += other.sums_[b][m].count, sums_[b][m].miss += other.sums_[b][m].miss;
    }
    auto finish() -> policy {
        if (!(aim.step > 0)) throw std::invalid_argument("learned_dead_zone: needs a step above zero to learn for");
        policy p;
        std::array const step{static_cast<std::int32_t>(std::min<std::uint64_t>(detail::stream_step(aim), 1 << 24))};
        p.learned = frozen<std::int32_t>::owned(step, dims{1u});
        if (sums_.empty()) return p;
        constexpr double prior = 50;
        std::vector<std::int8_t> points;
        for (auto const &band : sums_)
            for (std::size_t m = 0; m < 3; ++m) {
                double count = 1, miss = 0;
                for (auto const &other : sums_)
                    count += static_cast<double>(other[m].count), miss += static_cast<double>(other[m].miss);
                auto const shift = (static_cast<double>(band[m].miss) + prior * miss / count) /
                                   (static_cast<double>(band[m].count) + prior);
                points.push_back(
                    static_cast<std::int8_t>(std::clamp<long>(std::lround(shift), -policy::limit, policy::limit)));
            }
        p.points = frozen<std::int8_t>::owned(points, dims{static_cast<std::uint32_t>(sums_.size()), 3u});
        if (p.learned.empty() || p.points.empty()) throw std::bad_alloc();
        return p;
    }

private:
    /// Between plain rounding and what rates leave.
    static constexpr std::uint32_t offset = 97;
    struct sum {
        std::uint64_t count = 0;
        std::int64_t miss = 0; ///< in 64ths of the step
    };
    std::vector<std::array<sum, 3>> sums_;
};

static_assert(learnable<quantizer::learned_dead_zone>);

} // namespace triptych::inline TRIPTYCH_ABI
