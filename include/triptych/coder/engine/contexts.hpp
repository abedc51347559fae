// triptych/coder/engine/contexts.hpp: which table codes a symbol, for coders with static tables.
//
// The context of a symbol is the class of its band, which the layout says, and the level of its region, which the
// stream says. Contexts map to tables. `cursor` lists the table, or another number, of each of a run of symbols, so
// that engines need not know of bands.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

#include <triptych/bands.hpp>
#include <triptych/coder/engine/regions.hpp>
#include <triptych/coder/parts/logistic.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI::coder::detail {

/// Cuts elements [first, first + n) of a buffer where a group ends: `f(group, element of the group, elements)`. Quick where calls go
/// forwards or backwards by little.
class group_finder {
public:
    template <class F>
    void operator()(triptych::detail::list<band_group> const &groups, std::size_t first, std::size_t n, F &&f) {
        while (at_ > 0 && groups[at_].offset > first) --at_;
        for (; n > 0; ++at_) {
            auto const &g = groups[at_];
            auto const size = g.count * g.samples;
            if (size == 0 || first >= g.offset + size) continue;
            auto const piece = std::min(n, g.offset + size - first);
            f(at_, first - g.offset, piece);
            n -= piece, first += piece;
            if (n == 0) break;
        }
    }

private:
    std::size_t at_ = 0;
};

/// The contexts of a layout's symbols. Classes are the model's.
template <class Classes>
class contexts {
public:
    /// Groups of fewer symbols are no regions.
    static constexpr std::size_t least_regional = 1024;
    static constexpr std::size_t no_levels = ~std::size_t{0};

    struct group {
        region_grid grid;
        std::size_t levels = no_levels; ///< where its levels begin, if it may have any
        bool regional = false;
        std::uint16_t used = 1; ///< levels that occur, a bit each
    };

    template <std::size_t R>
    explicit contexts(layout<R> const &where) noexcept : classes_(where), groups_(where.groups()) {
        std::size_t regions = 0;
        for (auto const &g : groups_) {
            group own;
            own.grid = region_grid::of(where, g);
            if (g.count * g.samples >= least_regional) own.levels = regions, regions += own.grid.count();
            of_group_.push_back(own);
        }
        levels_ = triptych::detail::buffer<std::uint8_t>(regions, std::uint8_t{0});
        table_ = triptych::detail::buffer<std::uint8_t>(count(), std::uint8_t{0});
    }
    auto ok() const noexcept -> bool {
        return classes_.ok() && groups_.ok() && of_group_.ok() && levels_.ok() && table_.ok();
    }
    /// Contexts, whether they occur or not.
    auto count() const noexcept -> std::size_t { return classes_.count() * level_count; }
    auto classes() const noexcept -> Classes const & { return classes_; }
    auto groups() const noexcept -> triptych::detail::list<band_group> const & { return groups_; }
    auto of_group(std::size_t g) noexcept -> group & { return of_group_[g]; }
    auto of_group(std::size_t g) const noexcept -> group const & { return of_group_[g]; }
    auto levels(group const &g) noexcept -> std::uint8_t * { return levels_.data() + g.levels; }
    auto levels(group const &g) const noexcept -> std::uint8_t const * { return levels_.data() + g.levels; }
    /// Tables of contexts.
    auto tables() noexcept -> triptych::detail::buffer<std::uint8_t> & { return table_; }
    auto tables() const noexcept -> triptych::detail::buffer<std::uint8_t> const & { return table_; }

    /// Notes which levels occur, once they are known.
    void note_levels() noexcept {
        for (auto &g : of_group_) {
            g.used = 1;
            if (!g.regional) continue;
            g.used = 0;
            for (std::size_t i = 0; i < g.grid.count(); ++i)
                g.used = static_cast<std::uint16_t>(g.used | 1u << levels(g)[i]);
        }
    }
    /// Contexts that occur, in rising order: `f(context)`.
    template <class F>
    auto each_used(F &&f) const noexcept -> bool {
        triptych::detail::buffer<std::uint16_t> used(classes_.count(), std::uint16_t{0});
        if (!used.ok()) return false;
        for (std::size_t g = 0; g < groups_.size(); ++g)
            for (std::size_t k = 0; k < groups_[g].count && groups_[g].samples > 0; ++k) {
                auto &u = used[classes_[groups_[g].first + k]];
                u = static_cast<std::uint16_t>(u | of_group_[g].used);
            }
        for (std::size_t c = 0; c < used.size(); ++c)
            for (std::size_t l = 0; l < level_count; ++l)
                if (used[c] >> l & 1)
                    if (!f(c * level_count + l)) return false;
        return true;
    }
    /// The context of an element of a group.
    auto at(std::size_t g, std::size_t element) const noexcept -> std::size_t {
        auto const n = groups_[g].count;
        std::size_t level = 0;
        if (auto const &own = of_group_[g]; own.regional)
            own.grid.each_piece(element / n, 1, [&](std::size_t r, std::size_t) { level = levels(own)[r]; });
        return classes_[groups_[g].first + element % n] * level_count + level;
    }

private:
    Classes classes_;
    triptych::detail::list<band_group> groups_;
    triptych::detail::list<group> of_group_;
    triptych::detail::buffer<std::uint8_t> levels_, table_;
};

/// Writes down, for runs of elements, what a list gives their contexts.
template <class Classes, class Out>
class cursor {
public:
    /// `fill` may write so many entries past those it was asked for.
    static constexpr std::size_t slack = 32;

    cursor(contexts<Classes> const &where, Out const *of_context) noexcept : where_(where), of_(of_context) {
        std::size_t most = 0;
        for (std::size_t g = 0; g < where.groups().size(); ++g)
            most = std::max(most, where.groups()[g].count * (where.of_group(g).regional ? level_count : 1));
        pattern_ = triptych::detail::buffer<Out>(most);
    }
    auto ok() const noexcept -> bool { return pattern_.ok(); }

    /// Of elements [first, first + n) of the buffer.
    void fill(std::size_t first, std::size_t n, Out *out) noexcept {
        find_(where_.groups(), first, n, [&](std::size_t g, std::size_t element, std::size_t piece) {
            auto const &own = where_.of_group(g);
            auto const row = own.grid.columns * where_.groups()[g].count;
            if (!own.regional || row < 2 * slack) {
                out = write(g, element, piece, out);
                return;
            }
            // All rows of a row of regions are alike: they are written once, a part of a row at a time, and copied.
            while (piece > 0) {
                auto const at = element % row, part = at / line_length * line_length;
                auto const size = std::min(line_length, row - part), some = std::min(part + size - at, piece);
                line_key const key{g, (element / row) >> own.grid.height_log2, part};
                if (!(key == key_)) write(g, element - at + part, size, line_.data()), key_ = key;
                std::copy_n(line_.data() + (at - part), some, out);
                out += some, element += some, piece -= some;
            }
        });
    }

private:
    static constexpr std::size_t line_length = 4096;
    struct line_key {
        std::size_t group = ~std::size_t{0}, row = 0, part = 0;
        friend bool operator==(line_key const &, line_key const &) = default;
    };

    auto write(std::size_t g, std::size_t element, std::size_t n, Out *out) noexcept -> Out * {
        if (g != group_) prepare(g);
        auto const &own = where_.of_group(g);
        auto const bands = where_.groups()[g].count;
        if (bands > 1) return interleaved(own, bands, element, n, out);
        if (!own.regional) return run(pattern_[0], n, out);
        own.grid.each_piece(element, n, [&](std::size_t region, std::size_t samples) {
            out = run(pattern_[where_.levels(own)[region]], samples, out);
        });
        return out;
    }
    static auto run(Out v, std::size_t n, Out *out) noexcept -> Out * {
        for (std::size_t i = 0; i < n; i += slack)
            for (std::size_t j = 0; j < slack; ++j) out[i + j] = v;
        return out + n;
    }
    auto interleaved(typename contexts<Classes>::group const &own, std::size_t bands, std::size_t element,
                     std::size_t n, Out *out) const noexcept -> Out * {
        auto k = element % bands;
        auto const copy = [&](std::size_t level, std::size_t samples) {
            for (; samples > 0; --samples, k = 0) {
                auto const piece = std::min(bands - k, n);
                std::copy_n(pattern_.data() + level * bands + k, piece, out);
                out += piece, n -= piece;
            }
        };
        auto const samples = (k + n + bands - 1) / bands;
        if (own.regional)
            own.grid.each_piece(element / bands, samples,
                                [&](std::size_t region, std::size_t some) { copy(where_.levels(own)[region], some); });
        else
            copy(0, samples);
        return out;
    }
    void prepare(std::size_t g) noexcept {
        auto const &bands = where_.groups()[g];
        for (std::size_t l = 0; l < (where_.of_group(g).regional ? level_count : 1); ++l)
            for (std::size_t k = 0; k < bands.count; ++k)
                pattern_[l * bands.count + k] = of_[where_.classes()[bands.first + k] * level_count + l];
        group_ = g;
    }

    contexts<Classes> const &where_;
    Out const *of_;
    triptych::detail::buffer<Out> pattern_;
    group_finder find_;
    std::size_t group_ = ~std::size_t{0};
    std::array<Out, line_length + slack> line_;
    line_key key_;
};

} // namespace triptych::inline TRIPTYCH_ABI::coder::detail
