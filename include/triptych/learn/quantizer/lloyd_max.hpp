// triptych/learn/quantizer/lloyd_max.hpp: learns quantizer::lloyd_max: levels for each band, by learn/vectors/lloyd_max.hpp.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <new>
#include <stdexcept>
#include <vector>

#include <triptych/learn/learnable.hpp>
#include <triptych/learn/vectors/lloyd_max.hpp>
#include <triptych/learn/vectors/thinned.hpp>
#include <triptych/quantizer/lloyd_max.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI {

/// From the values that the quantizer will be given; pictures of another number of bands are std::invalid_argument. A band that had fewer than
/// `own` values has the levels of all bands together. Up to 65,536 values of each band are kept, see learn::thinned.
template <std::size_t K>
struct learner<quantizer::lloyd_max<K>> {
    using policy = quantizer::lloyd_max<K>;
    static constexpr std::size_t most = std::size_t{1} << 16;

    /// 0: the least error for K levels. Above: the least error + lambda · bits, in squared units of the integer samples, of at most K levels.
    double lambda = 0;
    std::size_t own = 64 * K;
    /// True: nothing to learn from is no error, `finish` then gives the policy without state.
    bool lenient = false;

    /// Rows travel with the picture: only many values make up for one.
    static auto for_one_picture() -> learner {
        learner l;
        l.own = 256 * K, l.lenient = true;
        return l;
    }
    template <class B>
    void observe(B const &x) {
        reserve(x.count());
        for (std::size_t b = 0; b < x.count(); ++b) {
            auto const &info = x.info(b);
            if (info.at.kind != role::signal) continue;
            auto const scale = std::ldexp(1.0F, -info.frac);
            for (std::size_t p = 0; p < volume(info.shape); ++p)
                bands_[b].add([&](float *to) {
                    *to = scale * static_cast<float>(x.data()[info.offset + p * info.stride.back()]);
                });
        }
    }
    void merge(learner const &other) {
        if (other.bands_.empty()) return;
        reserve(other.bands_.size());
        for (std::size_t b = 0; b < bands_.size(); ++b) bands_[b].merge(other.bands_[b]);
    }
    /// Throws std::invalid_argument if no values were seen.
    auto finish() -> policy {
        std::vector<float> all;
        bool several = false;
        for (auto const &b : bands_) {
            all.insert(all.end(), b.values().begin(), b.values().end());
            several = several || b.count() >= own;
        }
        if (all.empty()) {
            if (lenient) return {};
            throw std::invalid_argument("lloyd_max: nothing was seen to learn from");
        }
        auto const shared = found(std::move(all));
        std::vector<std::int32_t> rows;
        for (auto const &b : bands_) {
            auto const row = b.count() >= own ? found(b.values()) : shared;
            rows.insert(rows.end(), row.begin(), row.end());
        }
        if (!several || bands_.size() == 1) rows = bands_.size() == 1 ? rows : shared;
        policy p;
        p.levels = frozen<std::int32_t>::owned(
            rows, dims{static_cast<std::uint32_t>(rows.size() / K), static_cast<std::uint32_t>(K)});
        if (p.levels.empty()) throw std::bad_alloc();
        return p;
    }

private:
    void reserve(std::size_t count) {
        if (!bands_.empty() && bands_.size() != count)
            throw std::invalid_argument("lloyd_max: pictures with different numbers of bands");
        if (bands_.empty()) bands_.assign(count, learn::thinned(1, most));
    }
    /// K levels in fixed point; where fewer are enough, the last one again and again.
    auto found(std::vector<float> values) const -> std::vector<std::int32_t> {
        std::sort(values.begin(), values.end());
        std::size_t distinct = 1;
        for (std::size_t i = 1; i < values.size() && distinct <= K; ++i) distinct += values[i] != values[i - 1];
        auto const count = std::min(distinct, K);
        auto const q = lambda > 0 ? learn::entropy_constrained(values, lambda, count) : learn::lloyd_max(values, count);
        std::vector<std::int32_t> levels;
        for (auto const v : q.levels)
            levels.push_back(static_cast<std::int32_t>(
                std::clamp(std::round(std::ldexp(double{v}, policy::frac)), -2147483648.0, 2147483647.0)));
        levels.resize(K, levels.back());
        return levels;
    }

    std::vector<learn::thinned> bands_;
};

static_assert(learnable<quantizer::lloyd_max<16>>);

} // namespace triptych::inline TRIPTYCH_ABI
