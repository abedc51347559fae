// triptych/coder/engine/bit_plane_passes.hpp: the passes of `coder::bit_plane` over the planes of all bands, for both directions.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <type_traits>

#include <triptych/bands.hpp>
#include <triptych/coder/engine/order.hpp>
#include <triptych/coder/parts/logistic.hpp>
#include <triptych/coder/parts/neighbours.hpp>
#include <triptych/detail/memory.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI::coder::detail {

/// Kinds of bands, see `zone`, and kinds of surroundings that rates are kept for.
inline constexpr std::size_t zones = 16, plane_price_rows = 4 * zones * 16;

/// What both sides know of the symbols, plane by plane. `T` is const in an encoder.
template <class T, std::size_t R, class E>
class plane_passes {
    using B = std::conditional_t<std::is_const_v<T>, bands<std::remove_const_t<T>, R> const, bands<T, R>>;
    using counter = model::detail::counter<4, 7>;

public:
    plane_passes(B &symbols, E &engine) noexcept
        : symbols_(symbols), engine_(engine), known_(symbols.size(), 0u), last_(symbols.size(), std::uint8_t{0}),
          starts_(symbols.layout().groups().size(), std::uint8_t{0}), widths_(starts_.size(), std::uint8_t{0}),
          links_(starts_.size()), significant_(4 * zones * 16 * 3, {}), refined_(4 * 4 * 2, {}), signs_(4 * 9, {}) {
        if (!ok()) return;
        for (std::size_t g = 0; g < starts_.size(); ++g) {
            links_[g] = model::detail::links_of<T>(symbols, g);
            if constexpr (!E::decoding) widths_[g] = static_cast<std::uint8_t>(width(g));
        }
    }

    auto ok() const noexcept -> bool {
        return known_.ok() && last_.ok() && starts_.ok() && widths_.ok() && links_.ok() && significant_.ok() &&
               refined_.ok() && signs_.ok();
    }

    /// Codes all planes, or those that the engine has bytes for; a decoder then writes the symbols. `weight(group)` is the power of two
    /// that a unit of its bands weighs.
    template <class F>
    void run(F &&weight) noexcept(E::decoding) {
        auto const &groups = symbols_.layout().groups();
        unsigned top = 0;
        if constexpr (!E::decoding)
            for (std::size_t g = 0; g < groups.size(); ++g)
                if (widths_[g] > 0) top = std::max(top, widths_[g] + weight(g));
        unsigned planes = 0;
        for (int i = 5; i >= 0; --i) planes = planes << 1 | static_cast<unsigned>(engine_.bit(32768, (top >> i) & 1));
        for (auto plane = planes; plane-- > 0 && !engine_.exhausted();) {
            bool before = false;
            for (std::size_t g = 0; g < groups.size(); ++g) {
                if (groups[g].samples * groups[g].count == 0 || plane < weight(g)) continue;
                auto const p = plane - weight(g);
                if (p >= widest(g)) continue;
                if (starts_[g] == 0) {
                    auto &c = begun_[before ? 1 : 0];
                    if (decide(c, widths_[g] > p)) starts_[g] = static_cast<std::uint8_t>(p + 1);
                }
                before = starts_[g] != 0;
            }
            for (auto const which : {pass::near, pass::refine, pass::rest})
                for (std::size_t g = 0; g < groups.size() && !engine_.exhausted(); ++g)
                    if (starts_[g] != 0 && plane >= weight(g)) group(g, plane - weight(g), which);
        }
        if constexpr (E::decoding) write();
    }

    /// After `run`: `f(element, row)` for each symbol, a row for each kind of surroundings.
    template <class F>
    void each_row(F &&f) {
        for (std::size_t g = 0; g < starts_.size(); ++g)
            each_site(g, [&](auto const &s, band_info<R> const &info, bool south) {
                auto const i = static_cast<std::size_t>(s.at - symbols_.data());
                auto const sum = around(s, i, south, 0);
                f(i, (component(info) * zones + zone(s, info)) * 16 + model::detail::log_class(sum, 15));
            });
    }

private:
    /// Symbols beside ones that are not zero; bits of those known not to be zero; all others. The order in which a bit lowers the error most.
    enum class pass { near, refine, rest };

    /// Planes of a group's symbols.
    auto width(std::size_t g) const noexcept -> unsigned {
        auto const &group = symbols_.layout().groups()[g];
        std::uint32_t all = 0;
        for (std::size_t i = 0; i < group.samples * group.count; ++i) all |= magnitude(group.offset + i);
        return static_cast<unsigned>(std::bit_width(all));
    }
    /// Planes that symbols of its width may have.
    auto widest(std::size_t g) const noexcept -> unsigned {
        auto const &group = symbols_.layout().groups()[g];
        unsigned most = 0;
        for (std::size_t k = 0; k < group.count; ++k)
            most = std::max(most, width_of<std::remove_const_t<T>>(symbols_.info(group.first + k)));
        return most;
    }
    auto magnitude(std::size_t i) const noexcept -> std::uint32_t {
        auto const v = static_cast<std::uint32_t>(symbols_.data()[i]);
        return symbols_.data()[i] < 0 ? 0u - v : v;
    }
    /// -1, 0, 1 as far as known.
    auto sign(std::size_t i) const noexcept -> int { return known_[i] == 0 ? 0 : symbols_.data()[i] < 0 ? -1 : 1; }
    auto decide(counter &c, bool b) -> bool {
        b = engine_.bit(std::clamp<std::uint32_t>(c.p(), 64, 65472), b);
        c.learn(b);
        return b;
    }

    void group(std::size_t g, unsigned p, pass which) noexcept(E::decoding) {
        each_site(g, [&](auto const &s, band_info<R> const &info, bool south) { visit(s, info, south, p, which); });
    }
    /// `f(site, info, is there a sample below)` for the symbols of a group in buffer order, while the engine has bytes.
    template <class F>
    void each_site(std::size_t g, F &&f) noexcept(E::decoding) {
        auto const view = model::detail::view_of<T>(symbols_, g);
        for (std::size_t b = 0; b < view.batch; ++b)
            for (std::size_t y = 0; y < view.h; ++y) {
                if (engine_.exhausted()) return;
                for (std::size_t x = 0; x < view.w; ++x) {
                    auto s = model::detail::site_at(view, links_[g], b, y, x);
                    for (s.k = 0; s.k < view.n; ++s.k) {
                        f(s, symbols_.info(view.first + s.k), y + 1 < view.h);
                        ++s.at;
                        if (s.colocated) ++s.colocated;
                        if (s.parent) ++s.parent;
                    }
                }
            }
    }

    template <class S>
    void visit(S const &s, band_info<R> const &info, bool south, unsigned p, pass which) {
        auto const i = static_cast<std::size_t>(s.at - symbols_.data());
        bool const old = known_[i] >> p > 1;
        if (which == pass::refine ? !old : known_[i] != 0 || last_[i] == p + 1) return;
        auto const sum = around(s, i, south, p);
        if (which == pass::near && sum == 0) return;

        auto const kind = component(info);
        auto const bit = 1u << p;
        auto const wanted = E::decoding ? 0u : magnitude(i);
        if (which == pass::refine) {
            auto const c = (kind * 4 + model::detail::log_class(sum / 2, 3)) * 2 + (known_[i] >> p > 3 ? 1 : 0);
            bool const b = decide(refined_[c], (wanted & bit) != 0);
            if (engine_.exhausted()) return;
            known_[i] |= b ? bit : 0;
        } else {
            auto const colocated =
                s.colocated ? std::min(unit(static_cast<std::size_t>(s.colocated - symbols_.data()), p), 2u) : 0;
            auto const c = ((kind * zones + zone(s, info)) * 16 + model::detail::log_class(sum, 15)) * 3 + colocated;
            if (decide(significant_[c], wanted >= bit)) {
                bool const negative =
                    decide(signs_[kind * 9 + sides(s, i, south)], !E::decoding && symbols_.data()[i] < 0);
                if (engine_.exhausted()) return;
                if constexpr (E::decoding) symbols_.data()[i] = negative ? T{-1} : T{1};
                known_[i] = bit;
            }
            if (engine_.exhausted()) return;
        }
        last_[i] = static_cast<std::uint8_t>(p + 1);
        if constexpr (requires { engine_.charge(i); }) engine_.charge(i);
    }
    /// Magnitudes around, in units of a plane.
    template <class S>
    auto around(S const &s, std::size_t i, bool south, unsigned p) const noexcept -> std::uint32_t {
        auto const m = [&](std::size_t j) { return unit(j, p); };
        bool const west = s.x > 0, north = s.y > 0;
        std::uint32_t sum = 0;
        if (west) sum += 2 * m(i - s.n);
        if (s.east) sum += 2 * m(i + s.n);
        if (north) sum += 2 * m(i - s.row) + (west ? m(i - s.row - s.n) : 0) + (s.east ? m(i - s.row + s.n) : 0);
        if (south) sum += 2 * m(i + s.row) + (west ? m(i + s.row - s.n) : 0) + (s.east ? m(i + s.row + s.n) : 0);
        if (s.n > 1) {
            auto const wide = s.side ? s.side : s.n, v = s.k / wide, u = s.k % wide;
            if (u > 0) sum += 2 * m(i - 1);
            if (u + 1 < wide) sum += 2 * m(i + 1);
            if (v > 0) sum += 2 * m(i - wide);
            if (s.side && v + 1 < wide) sum += 2 * m(i + wide);
        }
        if (s.parent) sum += 2 * m(static_cast<std::size_t>(s.parent - symbols_.data()));
        return sum;
    }
    auto unit(std::size_t i, unsigned p) const noexcept -> std::uint32_t { return std::min(known_[i] >> p, 63u); }
    static auto component(band_info<R> const &info) noexcept -> std::size_t {
        return info.at.kind == role::side ? 3 : std::min<std::size_t>(info.at.component, 2);
    }
    template <class S>
    static auto zone(S const &s, band_info<R> const &info) noexcept -> std::size_t {
        if (s.n == 1) return std::min<std::size_t>(info.at.level, 3) * 4 + (info.at.index & 3);
        auto const far = s.side ? s.k / s.side + s.k % s.side : s.k;
        return model::detail::log_class(static_cast<std::uint32_t>(far), zones - 1);
    }
    /// What the signs to the left and right, and above and below, say.
    template <class S>
    auto sides(S const &s, std::size_t i, bool south) const noexcept -> std::size_t {
        auto const across = (s.x > 0 ? sign(i - s.n) : 0) + (s.east ? sign(i + s.n) : 0);
        auto const along = (s.y > 0 ? sign(i - s.row) : 0) + (south ? sign(i + s.row) : 0);
        return static_cast<std::size_t>(3 * (std::clamp(across, -1, 1) + 1) + std::clamp(along, -1, 1) + 1);
    }

    /// Of a magnitude whose lowest planes were not reached, three eighths of what they may hold: near the mean of falling densities.
    void write() noexcept {
        for (auto const &g : symbols_.layout().groups())
            for (std::size_t p = 0, i = g.offset; p < g.samples; ++p)
                for (std::size_t k = 0; k < g.count; ++k, ++i) {
                    auto m = known_[i];
                    if (auto const unknown = m != 0 ? last_[i] - 1u : 0u; unknown > 0)
                        m += static_cast<std::uint32_t>((std::uint64_t{3} << unknown) >> 3);
                    if (m != 0 && symbols_.data()[i] < 0) m = 0u - m;
                    symbols_.data()[i] = static_cast<T>(sign_extend(m, width_of<T>(symbols_.info(g.first + k))));
                }
    }

    B &symbols_;
    E &engine_;
    triptych::detail::buffer<std::uint32_t> known_; ///< magnitudes, the planes coded so far
    triptych::detail::buffer<std::uint8_t> last_;   ///< the last plane coded, plus one
    triptych::detail::buffer<std::uint8_t> starts_; ///< the highest plane of a group, plus one; 0 above it
    triptych::detail::buffer<std::uint8_t> widths_; ///< planes of a group's symbols; an encoder knows them
    triptych::detail::buffer<model::detail::links<T>> links_;
    triptych::detail::buffer<counter> significant_, refined_, signs_;
    counter begun_[2];
};

} // namespace triptych::inline TRIPTYCH_ABI::coder::detail
