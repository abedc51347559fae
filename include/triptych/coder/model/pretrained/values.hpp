// triptych/coder/model/pretrained/values.hpp: pictures of one component, for model::pretrained: gray pictures, and maps of levels or of a palette.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

#include <triptych/coder/model/pretrained/mixing.hpp>
#include <triptych/coder/model/pretrained/planes.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI::model::detail {

/// Codes a plane, value by value, from the highest bit down.
template <class V>
class value_walk {
public:
    explicit value_walk(planes<V> const &p) noexcept : p_(p), rows_(p.w), width_(p.width[0]) {}
    auto ok() const noexcept -> bool { return rows_.ok(); }

    template <class C>
    void code(C &coder) {
        for (std::size_t y = 0; y < p_.h; ++y) {
            if (y > 0) rows_.next();
            std::size_t run = 0;
            for (std::size_t x = 0; x < p_.w; ++x) {
                if (coder.stop()) return;
                look(y, x, run);
                std::uint32_t q = 0;
                if constexpr (!C::decoding) q = p_.get(0, y * p_.w + x);
                q = value(coder, q);
                if constexpr (C::decoding) p_.set(0, y * p_.w + x, q);
                if constexpr (requires { coder.settle(); })
                    book(coder, p_, 0, y * p_.w + x, {around_[0], around_[1], around_[3], around_[2]}, coder.settle());
                run = q == around_[0] ? run + 1 : 1;
                rows_[0][x] = q;
            }
        }
    }

private:
    static constexpr unsigned deepest = 12;
    /// Neighbours (rows up, columns right), the nearest first.
    static constexpr std::array<std::array<std::int8_t, 2>, 22> places{
        {{0, -1}, {1, 0}, {1, 1},  {1, -1}, {0, -2}, {2, 0}, {1, 2},  {1, -2}, {2, 1},  {2, -1}, {0, -3},
         {3, 0},  {2, 2}, {2, -2}, {1, 3},  {1, -3}, {3, 1}, {3, -1}, {2, 3},  {2, -3}, {3, 2},  {3, -2}}};

    void look(std::size_t y, std::size_t x, std::size_t run) {
        for (std::size_t i = 0; i < places.size(); ++i)
            around_[i] = rows_[static_cast<std::size_t>(places[i][0])][static_cast<std::ptrdiff_t>(x) + places[i][1]];
        auto const w = around_[0], n = around_[1], ne = around_[2], nw = around_[3], ww = around_[4], nn = around_[5];
        auto const row = static_cast<std::uint32_t>(std::min<std::size_t>(y, 4095));
        auto const column = static_cast<std::uint32_t>(std::min<std::size_t>(x, 4095));
        auto const right = p_.w - 1 - x;
        auto const *const u = rows_[1] + x, *const uu = rows_[2] + x;
        auto const shape = static_cast<std::uint32_t>(std::min<std::size_t>(run, 15)) | reach(u, 1, right, 15) << 4 |
                           reach(uu, 1, right, 15) << 8 | reach(u, -1, x, 15) << 12;
        // The k-bit classes of the m nearest neighbours.
        auto const near = [&](std::size_t m, unsigned k) {
            std::uint32_t h = 0;
            for (std::size_t i = 0; i < m; ++i) h = blend(h, coarse(around_[i], width_, k));
            return h;
        };
        slope_ = gradient(w, n, nw, ~0u >> (32 - width_));
        auto const drift = static_cast<std::uint32_t>((std::uint64_t{2} * w + n + ne) / 4);
        auto const rough = [](std::uint32_t a, std::uint32_t b) {
            return static_cast<std::uint32_t>(std::bit_width(a > b ? a - b : b - a));
        };
        auto const inks = near(12, 1);
        what_ = {blend(w, n),
                 blend(w, n, ne, nw),
                 near(6, 3),
                 near(12, 2),
                 near(22, 1),
                 blend(inks, row / 4 << 12 | column / 4),
                 blend(near(2, 1), row << 12 | column),
                 blend(near(3, 2), row / 2 << 12 | column / 2),
                 blend(coarse(slope_, width_, 6), rough(w, nw), rough(n, nw)),
                 blend(coarse(drift, width_, 6), rough(w, ne), rough(n, nn)),
                 blend(w, ne, coarse(n, width_, 2)),
                 blend(n, nn, coarse(w, width_, 3)),
                 blend(w, ww, coarse(n, width_, 3)),
                 blend(near(8, 1), coarse(slope_, width_, 5), coarse(drift, width_, 5)),
                 0,
                 blend(shape, near(2, 2))};
        equal_ =
            static_cast<std::uint32_t>((w == n) | (w == nw) << 1 | (n == ne) << 2 | (w == ww) << 3 | (n == nn) << 4);
    }

    template <class C>
    auto value(C &coder, std::uint32_t actual) const -> std::uint32_t {
        std::uint64_t node = 1;
        for (auto left = width_; left > 0; --left) {
            auto const depth = width_ - left;
            if (depth == deepest) {
                node = node << left | coder.direct(actual & (~0u >> (32 - left)), left);
                break;
            }
            auto const says = [&](std::uint32_t v) { return expected(v, width_, node, left); };
            decision d{.kind = decision_kind::value};
            auto const tree = blend(0x4000, static_cast<std::uint32_t>(node));
            for (std::uint32_t i = 0; i < context_count; ++i) d.context[i] = blend(tree, what_[i], i);
            std::uint32_t opinions = says(slope_);
            for (std::size_t i = 0; i < 8; ++i) opinions = opinions << 2 | says(around_[i]);
            d.context[14] = blend(0x5000 + left, opinions, 14);
            d.mixer[0] =
                static_cast<std::uint16_t>(node < 32 ? static_cast<std::uint32_t>(node) : 27 + std::min(depth, 12u));
            d.mixer[1] = static_cast<std::uint16_t>(40 + says(around_[0]) + 3 * says(around_[1]) +
                                                    9 * says(around_[2]) + 27 * says(around_[3]));
            d.mixer[2] = static_cast<std::uint16_t>(121 + equal_);
            node = node << 1 | static_cast<std::uint64_t>(coder.bit(d, (actual >> (left - 1)) & 1));
        }
        return static_cast<std::uint32_t>(node & (~0u >> (32 - width_)));
    }

    planes<V> p_;
    recent_rows<std::uint32_t> rows_;
    unsigned width_;
    std::array<std::uint32_t, places.size()> around_{};
    std::array<std::uint32_t, context_count> what_{};
    std::uint32_t slope_ = 0, equal_ = 0;
};

} // namespace triptych::inline TRIPTYCH_ABI::model::detail
