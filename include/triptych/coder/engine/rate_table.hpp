// triptych/coder/engine/rate_table.hpp: accounts for the bits that an adaptive coder spent on each token in each kind of
// causal neighbourhood: a rate model for any adaptive model.
//
// The model codes the symbols once, through an engine that writes nothing. After each symbol it `note`s the kind of
// causal neighbourhood (a row) and the distance from the expected value. The rate of a token is the mean of what such tokens cost in that row. So over the symbols that were counted, rates add up to the
// size. Contexts stay those of the symbols that the estimator was made from.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <utility>

#include <triptych/bands.hpp>
#include <triptych/coder/engine/order.hpp>
#include <triptych/coder/parts/adaptive_cdf.hpp>
#include <triptych/coder/parts/tokens.hpp>
#include <triptych/detail/memory.hpp>
#include <triptych/stream/error.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI::coder::detail {

/// Statistics of a model that notes each symbol: `rate_rows`, and `engine.note(element, row, expected, symbol - expected)`.
template <class S>
concept noting = requires {
    S::rate_rows;
};

class rate_table {
public:
    static constexpr bool decoding = false;

    rate_table(std::size_t symbols, std::size_t rows) noexcept
        : cells_((rows + 1) * token::count, {}), where_(symbols, {}), rows_(rows) {}
    auto ok() const noexcept -> bool { return cells_.ok() && where_.ok(); }

    // An engine, of which nothing is left but the bits spent.
    auto bit(std::uint32_t p1, bool b) noexcept -> bool {
        spent_ -= std::log2(static_cast<float>(b ? p1 : 65536 - p1) / 65536.0F);
        return b;
    }
    template <unsigned Slowest>
    auto digit(adaptive_cdf<Slowest> &cdf, unsigned d) noexcept -> unsigned {
        spent_ -= std::log2(static_cast<float>(cdf.frequency(d)) / 32768.0F);
        cdf.learn(d);
        return d;
    }
    auto direct(std::uint32_t v, unsigned n) noexcept -> std::uint32_t {
        spent_ += static_cast<float>(n);
        return v;
    }
    void note(std::size_t element, std::size_t row, std::int32_t expected, std::int32_t residual) noexcept {
        book(element, row, expected, residual, settle());
    }
    /// What was paid since it was last asked, to be booked.
    auto settle() noexcept -> float { return std::exchange(spent_, 0.0F); }
    /// The same for a coder that comes to a symbol more than once, or pays for several together: what was paid in all.
    void book(std::size_t element, std::size_t row, std::int32_t expected, std::int32_t residual, float bits) noexcept {
        auto const t = token::of(residual).value;
        for (auto const r : {row, rows_}) {
            auto &c = cells_[r * token::count + t];
            c.rate += static_cast<double>(bits), c.seen += 1;
        }
        where_[element] = {static_cast<std::uint32_t>(row), expected};
    }

    /// Turns sums into means. A token that was not seen gets an estimate, which grows with the number of tokens seen in its row, and with
    /// the distance from the nearest of them. A row without tokens takes the means of all rows together.
    void close() noexcept {
        for (auto r = rows_ + 1; r-- > 0;) {
            auto *const row = &cells_[r * token::count];
            double seen = 0;
            for (std::uint32_t t = 0; t < token::count; ++t) seen += row[t].seen;
            std::uint32_t nearest = 0;
            double largest = 0;
            for (std::uint32_t t = 0; t < token::count; ++t) {
                if (row[t].seen > 0) {
                    row[t].rate /= row[t].seen, nearest = t, largest = std::max(largest, row[t].rate);
                } else if (seen == 0 && r != rows_) {
                    row[t].rate = cells_[rows_ * token::count + t].rate;
                } else {
                    auto const thought = 1 + std::log2(1 + seen) + token::extra(t) + 0.25 * (t - nearest);
                    row[t].rate = std::max(thought, largest);
                }
            }
            // Of tokens that were not seen, none may cost more than a larger one.
            double least = row[token::count - 1].rate;
            for (auto t = token::count; t-- > 0;) {
                if (row[t].seen == 0) row[t].rate = std::min(row[t].rate, least);
                least = std::min(least, row[t].rate);
            }
        }
    }
    auto rate(std::size_t element, std::int32_t v, unsigned width) const noexcept -> float {
        auto const &w = where_[element];
        auto const off = sign_extend(static_cast<std::uint32_t>(v) - static_cast<std::uint32_t>(w.expected), width);
        return static_cast<float>(cells_[w.row * token::count + token::of(off).value].rate);
    }

private:
    struct cell {
        double rate = 0, seen = 0;
    };
    struct site {
        std::uint32_t row = 0;
        std::int32_t expected = 0;
    };
    triptych::detail::buffer<cell> cells_;
    triptych::detail::buffer<site> where_;
    std::size_t rows_;
    float spent_ = 0;
};

/// The estimator of any model that notes its symbols.
class rate_table_estimator {
public:
    template <class S, class B>
    rate_table_estimator(S statistics, B const &symbols) : table_(symbols.size(), S::rate_rows) {
        if (!statistics.ok() || !table_.ok())
            triptych::detail::raise<std::length_error>("there is no memory for the coder's model");
        statistics.code(table_, symbols);
        table_.close();
    }
    template <class T, std::size_t R>
    auto bits(bands<T, R> const &symbols, std::size_t band, std::size_t element, std::int32_t v) const -> float {
        return table_.rate(element, v, width_of<T>(symbols.info(band)));
    }

private:
    rate_table table_;
};

} // namespace triptych::inline TRIPTYCH_ABI::coder::detail
