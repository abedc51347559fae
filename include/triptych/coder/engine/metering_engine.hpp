// triptych/coder/engine/metering_engine.hpp: an engine that measures what coding would cost; rate estimates are made
// with it.
#pragma once

#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>

#include <triptych/coder/parts/adaptive_cdf.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI::coder::detail {

/// An engine that writes nothing and notes what each bit or digit would have cost.
template <class Prices>
class metering_engine {
public:
    static constexpr bool decoding = false;
    explicit metering_engine(Prices &p) noexcept : paid(p) {
        for (std::size_t i = 0; i < table_.size(); ++i)
            table_[i] = -std::log2((static_cast<float>(i) + 0.5F) / static_cast<float>(table_.size()));
    }

    auto bit(std::uint32_t p1, bool b) noexcept -> bool {
        last_ = table_[(b ? p1 : 65536 - p1) >> 4];
        return b;
    }
    template <unsigned Slowest>
    auto digit(adaptive_cdf<Slowest> &cdf, unsigned d) noexcept -> unsigned {
        auto const f = cdf.frequency(d); // in 32768ths: to the table's 12 bits, and a power of two
        auto const s = static_cast<unsigned>(std::countl_zero(static_cast<std::uint16_t>(f)));
        last_ = table_[f << s >> 4] + static_cast<float>(s) - 1;
        cdf.learn(d);
        return d;
    }
    auto direct(std::uint32_t v, unsigned) noexcept -> std::uint32_t { return v; }
    auto last() const noexcept -> float { return last_; }

    Prices &paid;

private:
    std::array<float, 4096> table_;
    float last_ = 0;
};

} // namespace triptych::inline TRIPTYCH_ABI::coder::detail
