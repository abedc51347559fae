// triptych/coder/parts/recent_rows.hpp: the recent rows of a plane for contexts, with room beyond their ends.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>

#include <triptych/detail/memory.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI::model::detail {

/// The current row (0) and `Up` above it. What is not there yet, and `Pad` columns to either side, is what `beyond` says.
template <class P, std::size_t Up = 3, std::size_t Pad = 4>
class recent_rows {
public:
    static constexpr std::size_t pad = Pad;

    explicit recent_rows(std::size_t w, P const &beyond = {}) noexcept
        : beyond_(beyond), length_(w + 2 * pad), store_((Up + 1) * length_, beyond) {
        if (!store_.ok()) return;
        for (std::size_t i = 0; i <= Up; ++i) row_[i] = store_.data() + i * length_ + pad;
    }
    auto ok() const noexcept -> bool { return store_.ok(); }
    auto operator[](std::size_t up) const noexcept -> P * { return row_[up]; }
    void next() noexcept {
        std::rotate(row_.begin(), row_.end() - 1, row_.end());
        std::fill(row_[0] - pad, row_[0] - pad + length_, beyond_);
    }
    /// As at the beginning.
    void clear() noexcept { std::fill(store_.begin(), store_.end(), beyond_); }

private:
    P beyond_;
    std::size_t length_;
    triptych::detail::buffer<P> store_;
    std::array<P *, Up + 1> row_{};
};

} // namespace triptych::inline TRIPTYCH_ABI::model::detail
