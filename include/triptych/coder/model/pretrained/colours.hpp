// triptych/coder/model/pretrained/colours.hpp: pictures of two to four components, for model::pretrained.
//
// Drawn pictures repeat their neighbours. So the model first asks whether a pixel equals one of up to ten candidates:
// its neighbours, the mirror image of the row so far, the last new colour. Only if it equals none, its components are
// coded, bit by bit, alpha first.
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

template <class V>
class colour_walk {
public:
    explicit colour_walk(planes<V> const &p) noexcept : p_(p), rows_(p.w) {
        // Alpha, green, red, blue: what says most about the others first.
        switch (p.n) {
        case 2:
            order_ = {1, 0};
            break;
        case 3:
            order_ = {1, 0, 2};
            break;
        default:
            order_ = {3, 1, 0, 2};
        }
        for (std::size_t c = 0; c < p.n; ++c) width_[c] = p.width[order_[c]];
    }
    auto ok() const noexcept -> bool { return rows_.ok(); }

    /// `C` codes decisions: `bit(decision, b) -> b`, `likely(b) -> b`, `direct(v, n) -> v`, `stop()`.
    template <class C>
    void code(C &coder) {
        bool clear = has_alpha();
        if constexpr (!C::decoding)
            for (std::size_t i = 0; clear && i < p_.h * p_.w; ++i) {
                auto const q = load(i);
                clear = q.value[0] != 0 || (q.value[1] | q.value[2] | q.value[3]) == 0;
            }
        clear_ = has_alpha() && coder.likely(clear);
        for (std::size_t y = 0; y < p_.h; ++y) {
            if (y > 0) rows_.next();
            run_ = 0;
            for (std::size_t x = 0; x < p_.w; ++x) {
                if (coder.stop()) return;
                look(y, x);
                pixel q;
                if constexpr (!C::decoding) q = load(y * p_.w + x);
                q = one(coder, q);
                if constexpr (C::decoding)
                    for (std::size_t c = 0; c < p_.n; ++c) p_.set(order_[c], y * p_.w + x, q.value[c]);
                if constexpr (requires { coder.settle(); }) share(coder, y * p_.w + x);
                run_ = q == w_ ? run_ + 1 : 1;
                rows_[0][x] = q;
            }
        }
    }

private:
    enum candidate : std::uint8_t { W, N, NE, NW, mirror, WW, NN, NEE, NWW, last, candidates };

    /// What a pixel cost, its components paid for together.
    template <class C>
    void share(C &coder, std::size_t at) const {
        auto const bits = coder.settle() / static_cast<float>(p_.n);
        for (std::size_t c = 0; c < p_.n; ++c)
            book(coder, p_, order_[c], at, {w_.value[c], n_.value[c], nw_.value[c], ne_.value[c]}, bits);
    }
    auto has_alpha() const noexcept -> bool { return p_.n % 2 == 0; }
    auto load(std::size_t at) const noexcept -> pixel {
        pixel q;
        for (std::size_t c = 0; c < p_.n; ++c) q.value[c] = p_.get(order_[c], at);
        name(q);
        return q;
    }
    void name(pixel &q) const noexcept {
        q.id = 0;
        bool const small = std::max({width_[0], width_[1], width_[2], width_[3]}) <= 8;
        for (std::size_t c = 0; c < p_.n; ++c) q.id = small ? q.id << 8 | q.value[c] : blend(q.id, q.value[c]);
    }
    /// 0 transparent, 1 between, 2 opaque.
    auto cover(pixel const &q) const noexcept -> std::uint32_t {
        if (!has_alpha()) return 2;
        return q.value[0] == 0 ? 0 : q.value[0] == ~0u >> (32 - width_[0]) ? 2 : 1;
    }
    /// Distance of two colours, in octaves.
    auto distance(pixel const &a, pixel const &b) const noexcept -> std::uint32_t {
        std::uint64_t d = 0;
        for (std::size_t c = 0; c < p_.n; ++c)
            d += a.value[c] > b.value[c] ? a.value[c] - b.value[c] : b.value[c] - a.value[c];
        return std::min(static_cast<std::uint32_t>(std::bit_width(d / 4 + (d > 0))), 7u);
    }

    /// What lies around (y, x).
    void look(std::size_t y, std::size_t x) {
        auto const *const c = rows_[0] + x, *const u = rows_[1] + x, *const uu = rows_[2] + x,
                          *const uuu = rows_[3] + x;
        auto const right = p_.w - 1 - x;
        w_ = c[-1], n_ = u[0], ne_ = u[1], nw_ = u[-1], nn_ = uu[0];
        ww_ = c[-2], nee_ = u[2], nww_ = u[-2];
        has_mirror_ = right < x;
        auto const far = rows_[0] + right;
        mirror_ = has_mirror_ ? far[0] : pixel{};
        n_right_ = reach(u, 1, right, 15), nn_right_ = reach(uu, 1, right, 15);
        n_left_ = reach(u, -1, x, 15), nn_left_ = reach(uu, -1, x, 15);
        n_up_ = nn_ == n_ ? uuu[0] == n_ ? 2 : 1 : 0;

        std::uint32_t e = 0, bit = 0;
        auto const same = [&](pixel const &a, pixel const &b) { e |= static_cast<std::uint32_t>(a == b) << bit++; };
        same(w_, n_), same(w_, nw_), same(n_, nw_), same(n_, ne_), same(w_, ne_), same(w_, ww_), same(n_, nn_);
        same(ne_, nee_), same(nw_, nww_), same(ne_, uu[1]), same(nn_, uu[1]), same(nw_, uu[-1]), same(ww_, nww_);
        same(nee_, u[3]), same(w_, nww_), same(ww_, c[-3]), same(w_, nn_), same(nn_, uuu[0]);
        pattern_ = e;
        e = 0, bit = 1;
        if (has_mirror_) {
            e = 1;
            auto const beyond = right > 0 ? far[-1] : pixel{}; // the mirror image of the pixel to the right
            same(mirror_, w_), same(mirror_, n_), same(far[1], w_), same(mirror_, ne_), same(beyond, mirror_),
                same(far[1], mirror_), same(beyond, ne_);
        }
        mirror_pattern_ = e;
        covers_ = cover(w_) | cover(n_) << 2 | cover(ne_) << 4 | cover(nw_) << 6 | cover(ww_) << 8 | cover(nn_) << 10;
        around_ = {w_, n_, ne_, nw_, ww_, nn_, nee_, nww_, uu[1], uu[-1], uu[2], u[3], c[-3], uu[-2]};
        y_ = static_cast<std::uint32_t>(std::min<std::size_t>(y, 4095)),
        x_ = static_cast<std::uint32_t>(std::min<std::size_t>(x, 4095));
    }

    template <class C>
    auto one(C &coder, pixel const &actual) -> pixel {
        std::array<pixel, candidates> who;
        std::array<std::uint32_t, candidates> which;
        std::size_t n = 0;
        auto const add = [&](pixel const &q, std::uint32_t i) {
            if (std::find(who.begin(), who.begin() + n, q) == who.begin() + static_cast<std::ptrdiff_t>(n))
                who[n] = q, which[n++] = i;
        };
        bool const first = has_mirror_ && std::popcount(mirrored_ & 255) >= 6;
        if (first) add(mirror_, mirror);
        add(w_, W), add(n_, N), add(ne_, NE), add(nw_, NW);
        if (has_mirror_) add(mirror_, mirror);
        add(ww_, WW), add(nn_, NN), add(nee_, NEE), add(nww_, NWW), add(last_, last);

        pixel q;
        bool found = false;
        std::uint32_t not_these = 0;
        for (std::size_t k = 0; k < n && !found; ++k) {
            // True equality: a name may stand for two colours where components are wide.
            found = coder.bit(flag(who[k], which[k], static_cast<std::uint32_t>(k), not_these, first),
                              actual.value == who[k].value);
            not_these |= 1u << which[k];
            flags_ = flags_ << 1 | static_cast<std::uint32_t>(found);
            if (found) q = who[k];
        }
        if (!found) q = colour(coder, actual);
        if (has_mirror_) mirrored_ = mirrored_ << 1 | static_cast<std::uint32_t>(q == mirror_);
        return q;
    }

    auto flag(pixel const &c, std::uint32_t which, std::uint32_t k, std::uint32_t not_these, bool first) const
        -> decision {
        std::uint32_t like = 0;
        for (std::size_t i = 0; i < around_.size(); ++i) like |= static_cast<std::uint32_t>(around_[i] == c) << i;
        like |= static_cast<std::uint32_t>(has_mirror_ && mirror_ == c) << around_.size();
        auto const near = pattern_ & 31;
        auto const run = static_cast<std::uint32_t>(std::min<std::size_t>(run_, 15));
        decision d{.kind = decision_kind::flag};
        std::uint32_t i = 0;
        auto const node = blend(0x1000 + which, not_these | static_cast<std::uint32_t>(first) << 12);
        auto const context = [&](std::uint32_t h) { d.context[i] = blend(node, h, i), ++i; };
        context(pattern_ & 0x1ff);
        context(pattern_);
        context(blend(w_.id, n_.id));
        context(blend(w_.id, n_.id, ne_.id, nw_.id));
        context(blend(w_.id, ww_.id, n_.id, nw_.id));
        context(blend(near, (y_ / 4) << 12 | x_ / 4));
        context(blend(c.id, w_.id, near));
        context(blend(run | n_right_ << 4 | nn_right_ << 8, near));
        context(blend(mirror_pattern_ | (mirrored_ & 7) << 8, near | distance(mirror_, w_) << 8));
        context(like);
        context(blend(like & 255,
                      distance(w_, n_) | distance(n_, ne_) << 3 | distance(w_, nw_) << 6 | distance(n_, nw_) << 9));
        context(blend(covers_, near));
        context(blend(n_left_ | nn_left_ << 4 | n_right_ << 8 | nn_right_ << 12, pattern_ & 3));
        context(blend(run | n_up_ << 4, pattern_ & 127));
        context(blend(flags_ & 0xffff, near));
        context(blend(pattern_, covers_));
        d.mixer[0] = static_cast<std::uint16_t>(std::min(k, 3u) * candidates + which);
        d.mixer[1] = static_cast<std::uint16_t>(40 + near + 32 * std::min(k, 2u));
        auto const m = has_mirror_ ? 1 + (mirrored_ & 3) * 4 + (mirror_pattern_ >> 1 & 3) : 0;
        d.mixer[2] = static_cast<std::uint16_t>(136 + m + 17 * std::min(k, 1u));
        return d;
    }

    template <class C>
    auto colour(C &coder, pixel const &actual) -> pixel {
        pixel q;
        std::uint32_t so_far = 0;
        for (std::size_t c = 0; c < p_.n; ++c) {
            q.value[c] = component(coder, c, q, so_far, actual.value[c]);
            so_far = blend(so_far, q.value[c], static_cast<std::uint32_t>(c));
            if (c == 0 && clear_ && q.value[0] == 0) break;
        }
        name(q);
        before_last_ = last_, last_ = q;
        return q;
    }

    /// Where the component before lies between those of a and b, there this one is looked for; the blends of smoothed edges.
    auto between(pixel const &a, pixel const &b, std::size_t c, std::uint32_t previous) const noexcept
        -> std::uint32_t {
        if (c == 0) return a.value[0];
        if (c == 1 && has_alpha()) return a.value[1];
        auto const from = static_cast<std::int64_t>(a.value[c - 1]), to = static_cast<std::int64_t>(b.value[c - 1]);
        if (from == to) return a.value[c];
        auto const t = (static_cast<std::int64_t>(previous) - from) * 256 / (to - from);
        if (t < -128 || t > 384) return a.value[c];
        auto const v = a.value[c] + ((static_cast<std::int64_t>(b.value[c]) - a.value[c]) * t >> 8);
        return static_cast<std::uint32_t>(std::clamp<std::int64_t>(v, 0, ~0u >> (32 - width_[c])));
    }

    template <class C>
    auto component(C &coder, std::size_t c, pixel const &q, std::uint32_t so_far, std::uint32_t actual)
        -> std::uint32_t {
        auto const width = width_[c];
        auto const place = static_cast<std::uint32_t>(c);
        auto const previous = c > 0 ? q.value[c - 1] : 0;
        auto const off = [&](pixel const &a) { return c > 0 ? previous - a.value[c - 1] : 0; };
        auto const w = w_.value[c], n = n_.value[c], e = last_.value[c];
        auto const slope = gradient(w, n, nw_.value[c], ~0u >> (32 - width));
        auto const wn = between(w_, n_, c, previous), wne = between(w_, ne_, c, previous),
                   nnw = between(n_, nw_, c, previous), we = between(w_, last_, c, previous),
                   ne = between(n_, last_, c, previous);
        auto const mean = static_cast<std::uint32_t>((static_cast<std::uint64_t>(w) + n) / 2);
        auto const rough = static_cast<std::uint32_t>(std::bit_width(w > n ? w - n : n - w));
        auto const run = static_cast<std::uint32_t>(std::min<std::size_t>(run_, 15));
        std::uint64_t node = 1;
        for (auto left = width; left > 0; --left) {
            auto const depth = width - left;
            if (depth == deepest) {
                node = node << left | coder.direct(actual & (~0u >> (32 - left)), left);
                break;
            }
            auto const tree = blend(0x3000 + place, static_cast<std::uint32_t>(node)),
                       level = blend(0x2000 + place, left);
            auto const exactly = blend(tree, so_far);
            auto const says = [&](std::uint32_t v) { return expected(v, width, node, left); };
            decision d{.kind = decision_kind::colour};
            std::uint32_t i = 0;
            auto const context = [&](std::uint32_t of, std::uint32_t h) { d.context[i] = blend(of, h, i), ++i; };
            context(exactly, 0);
            context(exactly, w_.id);
            context(exactly, n_.id);
            context(tree, blend(w, off(w_)));
            context(tree, blend(n, off(n_)));
            context(tree, blend(slope, previous >> 3));
            context(tree, wn);
            context(tree, blend(wne, wn == wne));
            context(tree, blend(nnw, we));
            context(tree, blend(mean, rough, previous >> 5));
            context(tree, blend(so_far, pattern_ & 255));
            context(level, blend(says(w) | says(n) << 2 | says(ne_.value[c]) << 4 | says(nw_.value[c]) << 6,
                                 says(mirror_.value[c]) | says(e) << 2 | says(wn) << 4));
            context(level, blend(says(slope) | says(wne) << 2 | says(we) << 4 | says(ne) << 6,
                                 says(before_last_.value[c]) | says(ww_.value[c]) << 2 | says(nn_.value[c]) << 4));
            context(tree, blend(e, off(last_)));
            context(tree,
                    blend(previous, c > 0 ? w_.value[c - 1] >> 2 : run | n_right_ << 4, c > 0 ? w >> 2 : covers_));
            context(tree, c > 0 ? blend(off(w_), off(n_)) : blend(covers_, n_left_ | n_right_ << 4 | nn_right_ << 8));
            d.mixer[0] = static_cast<std::uint16_t>(
                20 * place + (node < 16 ? static_cast<std::uint32_t>(node) : 12 + std::min(depth, 7u)));
            d.mixer[1] = static_cast<std::uint16_t>(80 + says(w) + 3 * says(n) + 9 * says(wn) + 27 * says(e));
            d.mixer[2] = static_cast<std::uint16_t>(161 + says(slope) + 3 * says(wne) + 9 * says(ne) +
                                                    27 * says(mirror_.value[c]));
            node = node << 1 | static_cast<std::uint64_t>(coder.bit(d, (actual >> (left - 1)) & 1));
        }
        return static_cast<std::uint32_t>(node & (~0u >> (32 - width)));
    }

    static constexpr unsigned deepest = 12; ///< bits of a component that have contexts; those below are noise

    planes<V> p_;
    recent_rows<pixel> rows_;
    std::array<std::size_t, 4> order_{};
    std::array<unsigned, 4> width_{};
    bool clear_ = false, has_mirror_ = false;
    pixel w_, n_, ne_, nw_, ww_, nn_, nee_, nww_, mirror_, last_, before_last_;
    std::array<pixel, 14> around_{};
    std::size_t run_ = 0;
    std::uint32_t n_right_ = 0, nn_right_ = 0, n_left_ = 0, nn_left_ = 0, n_up_ = 0, pattern_ = 0, mirror_pattern_ = 0,
                  covers_ = 0, flags_ = 0, mirrored_ = 0, y_ = 0, x_ = 0;
};

} // namespace triptych::inline TRIPTYCH_ABI::model::detail
