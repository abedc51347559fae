// triptych/coder/model/detail/network_inputs.hpp: the inputs of model::network: the causal neighbourhood of a symbol,
// as small numbers.
//
// Magnitudes are logarithms, in eighths of an octave. A weighted sum of them is a product of powers, so one network
// serves faint and strong pictures. Neighbours that may lie to either side also come with their signs. The learner
// computes the same numbers by the same code.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

#include <triptych/coder/model/contexts.hpp>
#include <triptych/coder/parts/logistic.hpp>
#include <triptych/coder/parts/neighbours.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI::model::detail {

class network_inputs {
public:
    static constexpr std::size_t count = 24, with_sign = 8; ///< those with signs are the last
    using vector = std::array<std::int8_t, count>;
    /// Kinds of band: three components and side bands, 64 zones each.
    static constexpr std::size_t zones = 4 * 64;

    template <class T>
    static auto component(causal_neighbours<T> const &v) noexcept -> std::size_t {
        return v.at.kind == role::side ? 3 : std::min<std::size_t>(v.at.component, 2);
    }
    template <class T>
    static auto zone(causal_neighbours<T> const &v) noexcept -> std::size_t {
        return component(v) * 64 + zone_of(v.here, v.at);
    }

    /// What is known before the symbol is.
    template <class T>
    auto of(causal_neighbours<T> const &v) noexcept -> vector {
        auto const &s = v.here;
        if (s.k == 0) sample_ = 0;
        auto const w = s.w(), n = s.north(), nw = s.nw(), ne = s.ne(), ww = s.ww(), nn = s.nn();
        auto const ring = s.n > 1 ? s.inside() : diagonal(s);
        vector f;
        std::size_t i = 0;
        for (auto const m : {w, n, nw, ne, ww + nn, 2 * w + 2 * n + nw + ne + ww + nn, s.past(), ring, beside(s),
                             sample_, s.colocated ? magnitude(*s.colocated) : 0, v.around(v.colocated), v.around(v.elder),
                             s.parent ? magnitude(*s.parent) : 0, v.around(v.parent)})
            f[i++] = level(m);
        f[i++] = static_cast<std::int8_t>(level(mean_[zone(v)].value / 16) - 32);
        for (auto const c :
             {v.near(0), v.near(1), v.near(2), v.near(3), v.near(4), v.near(5), v.same(v.colocated), v.same(v.elder)})
            f[i++] = signed_level(c);
        static_assert(count == 15 + 1 + with_sign);
        return f;
    }
    /// Notes the symbol itself.
    template <class T>
    void note(causal_neighbours<T> const &v, std::int32_t symbol) noexcept {
        auto const m = magnitude(symbol);
        sample_ = std::min(sample_ + m, 1u << 20);
        auto &mean = mean_[zone(v)];
        auto const step = std::max<std::int64_t>(mean_steps[mean.seen], 65536 >> 7);
        mean.value = static_cast<std::uint32_t>(mean.value + (((std::int64_t{m} << 8) - mean.value) * step >> 16));
        mean.seen = static_cast<std::uint8_t>(mean.seen + (mean.seen < 255));
    }

    /// 8 · log2(m + 1), at most 127, the mantissa taken as a straight line.
    static constexpr auto level(std::uint32_t m) noexcept -> std::int8_t {
        auto const x = m + 1;
        auto const e = static_cast<std::uint32_t>(std::bit_width(x)) - 1;
        auto const top = e >= 3 ? x >> (e - 3) : x << (3 - e); // 8 ... 15
        return static_cast<std::int8_t>(std::min(8 * e + top - 8, 127u));
    }
    template <class T>
    static constexpr auto signed_level(T v) noexcept -> std::int8_t {
        auto const l = level(magnitude(v));
        return v < 0 ? static_cast<std::int8_t>(-l) : l;
    }

private:
    /// Two rows up and two columns off, where a plane is all there is.
    template <class T>
    static auto diagonal(site<T> const &s) noexcept -> std::uint32_t {
        std::uint32_t sum = 0;
        if (s.y > 0 && s.x > 1) sum += magnitude(*(s.at - s.row - 2));
        if (s.y > 0 && s.x + 2 < s.row) sum += magnitude(*(s.at - s.row + 2));
        if (s.y > 1 && s.x > 0) sum += magnitude(*(s.at - 2 * s.row - 1));
        if (s.y > 1 && s.east) sum += magnitude(*(s.at - 2 * s.row + 1));
        return sum;
    }

    struct running_mean {
        std::uint32_t value = 0; ///< of magnitudes, in 256ths
        std::uint8_t seen = 0;
    };
    std::array<running_mean, zones> mean_{};
    std::uint32_t sample_ = 0; ///< of the bands of this sample so far
};

} // namespace triptych::inline TRIPTYCH_ABI::model::detail
