// triptych/transform/chain.hpp: transforms one after the other, as one transform.
//
//     using mine = transform::chain<transform::colour<colour_kind::ycbcr>, transform::dct<8>>;
//
// Refinements carry over: a chain is reversible, tileable, target-aware, stateful or per-picture if its members make it so,
// and closed if its last member is. Surprise: strips of a chain must be multiples of the *product* of the tile heights, not
// of their least common multiple, for a member sees the rows that the members before it have left.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

#include <triptych/concepts.hpp>
#include <triptych/describe.hpp>
#include <triptych/detail/call.hpp>
#include <triptych/refinement.hpp>
#include <triptych/state.hpp>
#include <triptych/transform/identity.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI {

namespace detail {
/// `tile_height` and `tile_margin` of a chain, if all members have them.
template <class... P>
struct chain_tiles {};
template <class... P>
requires(tileable<P> &&...) struct chain_tiles<P...> {
    static constexpr std::size_t tile_height = (std::size_t{1} * ... * P::tile_height);
    static constexpr std::size_t tile_margin = [] {
        // Margins of later members are rows of the shrunken output of those before.
        std::size_t margin = 0, shrink = 1;
        ((margin += shrink * P::tile_margin, shrink *= P::tile_height), ...);
        return margin;
    }();
};

/// What is known of a per-picture policy without naming bands.
template <class P>
concept restorable = requires(P const &p, byte_reader &r) {
    { p.restore(r) } -> std::same_as<P>;
};
template <class P, std::size_t R>
concept arranges = requires(P const &p, layout<R> const &in) {
    p.arrange(in);
};
template <class P, class B>
concept open_forward = has_forward<P, B> || has_forward_for_target<P, B>;
} // namespace detail

namespace transform {

/// Applies `P...` in order, and their inverses in reverse order. Members are default-constructed or given.
/// A member that is closed-loop must be the last one.
template <class... P>
class chain : public detail::chain_tiles<P...> {
    static_assert(sizeof...(P) > 0, "chain: needs at least one transform; use transform::identity for none");
    static constexpr std::size_t last = sizeof...(P) - 1;
    using members = std::tuple<P...>;
    template <std::size_t I>
    using member = std::tuple_element_t<I, members>;

    template <class B>
    static constexpr bool closed = closed_loop_for<member<last>, B>;
    template <class B>
    static constexpr bool aware = !closed<B> && (target_aware<P, B> || ...);
    template <class B>
    static constexpr bool asks_step = !closed<B> && (step_aware<P, B> || ...);
    template <class B>
    static constexpr std::size_t first_aware = [] {
        std::size_t n = 0;
        bool found = false;
        ((found = found || target_aware<P, B>, n += !found), ...);
        return n;
    }();
    /// Do the first `n` members all have a forward side?
    template <class B, std::size_t N>
    static constexpr bool analyses = []<std::size_t... I>(std::index_sequence<I...>) {
        return (detail::open_forward<member<I>, B> && ...);
    }
    (std::make_index_sequence<N>{});
    template <class B, std::size_t N>
    static constexpr bool synthesises = []<std::size_t... I>(std::index_sequence<I...>) {
        return ((detail::has_inverse<member<I>, B> || step_aware<member<I>, B>)&&...);
    }
    (std::make_index_sequence<N>{});

public:
    static constexpr bool reversible = (triptych::reversible<P> && ...);
    static constexpr bool keeps_errors = (triptych::keeps_errors<P> && ...);
    static constexpr void describe(auto &d) { d("chain", part<P>{}...); }

    constexpr chain() = default;
    explicit constexpr chain(P... parts) : members_(std::move(parts)...) {}

    /// The I-th member.
    template <std::size_t I>
    constexpr auto get() const noexcept -> member<I> const & {
        return std::get<I>(members_);
    }

    template <std::size_t R>
    requires(detail::arranges<P, R> &&...) auto arrange(layout<R> const &in) const -> layout<R> {
        return arranged<last + 1>(in);
    }

    template <class B>
    auto forward(B x) const -> B requires(!closed<B> && !aware<B> && analyses<B, last + 1>) {
        return analysed<0, last + 1>(std::move(x), target{});
    }
    template <class B>
    auto forward(B x, target const &aim) const -> B requires(aware<B> &&analyses<B, last + 1>) {
        return analysed<0, last + 1>(std::move(x), aim);
    }
    /// The members up to the first one that needs the target, and those from it on.
    template <class B>
    auto forward_ahead(B x) const -> B requires(aware<B> &&analyses<B, last + 1>) {
        return analysed<0, first_aware<B>>(std::move(x), target{});
    }
    template <class B>
    auto forward_rest(B x, target const &aim) const -> B requires(aware<B> &&analyses<B, last + 1>) {
        return analysed<first_aware<B>, last + 1>(std::move(x), aim);
    }
    template <class B>
    auto inverse(B x, layout<B::rank> const &in) const -> B
        requires(!closed<B> && !asks_step<B> && synthesises<B, last + 1>) {
        return synthesised(std::move(x), in, fixed_step{});
    }
    template <class B>
    auto inverse(B x, layout<B::rank> const &in, fixed_step step) const -> B
        requires(!closed<B> && asks_step<B> && synthesises<B, last + 1>) {
        return synthesised(std::move(x), in, step);
    }

    /// The closed loop of the last member, after the members before it.
    template <class B, class Symbol, class Value>
    auto forward(B x, Symbol const &symbol, Value const &value) const -> B requires(closed<B> &&analyses<B, last>) {
        return get<last>().forward(analysed<0, last>(std::move(x), target{}), symbol, value);
    }
    template <class B, class Value>
    auto inverse(B x, layout<B::rank> const &in, Value const &value) const -> B
        requires(closed<B> &&synthesises<B, last>) {
        auto const where = arranged_by(in);
        x = get<last>().inverse(std::move(x), where[last], value);
        return undone<last>(std::move(x), where, fixed_step{});
    }

    /// Fits per-picture members in order, each on what the fitted members before it give.
    template <class B>
    auto prepare(B const &x) const -> chain requires((per_picture<P, B> || ...)) {
        chain fitted(*this);
        fitted.template prepare_from<0>(x);
        return fitted;
    }
    template <class W>
    void write(W &w) const requires((detail::restorable<P> || ...)) {
        each([&](auto const &p) {
            if constexpr (detail::restorable<std::remove_cvref_t<decltype(p)>>) p.write(w);
        });
    }
    auto restore(byte_reader &r) const -> chain requires((detail::restorable<P> || ...)) {
        chain restored(*this);
        restored.each([&](auto &p) {
            if constexpr (detail::restorable<std::remove_cvref_t<decltype(p)>>) p = p.restore(r);
        });
        return restored;
    }

    template <class Self, class V>
    static constexpr void state(Self &self, V &&v) requires((stateful<P> || ...)) {
        static_assert(sizeof...(P) <= 100, "chain: the learned arrays of at most 100 transforms can be named");
        [&]<std::size_t... I>(std::index_sequence<I...>) {
            (nested(I, std::get<I>(self.members_), v), ...);
        }
        (std::index_sequence_for<P...>{});
    }

private:
    /// The layout after the first N members.
    template <std::size_t N, std::size_t R>
    auto arranged(layout<R> const &in) const -> layout<R> {
        if constexpr (N == 0)
            return in;
        else
            return get<N - 1>().arrange(arranged<N - 1>(in));
    }
    template <std::size_t I, std::size_t N, class B>
    auto analysed(B x, target const &aim) const -> B {
        if constexpr (I == N)
            return x;
        else
            return analysed<I + 1, N>(detail::analyse(get<I>(), std::move(x), aim), aim);
    }
    /// What each member is given: the layouts before the first, before the second, ...
    template <std::size_t R>
    auto arranged_by(layout<R> const &in) const -> std::array<layout<R>, sizeof...(P)> {
        std::array<layout<R>, sizeof...(P)> where;
        where[0] = in;
        [&]<std::size_t... I>(std::index_sequence<I...>) {
            ((where[I + 1] = get<I>().arrange(where[I])), ...);
        }
        (std::make_index_sequence<last>{});
        return where;
    }
    /// Undoes the first N members.
    template <std::size_t N, class B>
    auto undone(B x, std::array<layout<B::rank>, sizeof...(P)> const &where, fixed_step step) const -> B {
        if constexpr (N == 0)
            return x;
        else
            return undone<N - 1>(detail::synthesise(get<N - 1>(), std::move(x), where[N - 1], step), where, step);
    }
    template <class B>
    auto synthesised(B x, layout<B::rank> const &in, fixed_step step) const -> B {
        return undone<last + 1>(std::move(x), arranged_by(in), step);
    }
    /// Is a member from the I-th on fitted to what the members before it give?
    template <class B, std::size_t I>
    static constexpr bool looks_from = []<std::size_t... J>(std::index_sequence<J...>) {
        return (per_picture<member<I + J>, B> || ...);
    }
    (std::make_index_sequence<sizeof...(P) - I>{});

    /// Transforms no further than a member looks.
    template <std::size_t I, class B>
    void prepare_from(B const &x) {
        auto &own = std::get<I>(members_);
        if constexpr (per_picture<member<I>, B>) own = own.prepare(x);
        if constexpr (I < last)
            if constexpr (looks_from<B, I + 1>) {
                static_assert(
                    !target_aware<member<I>, B>,
                    "chain: a member that is fitted to the picture can't stand behind one that needs the target");
                prepare_from<I + 1>(detail::analyse(own, x.clone(), target{}));
            }
    }
    template <class F>
    void each(F &&f) const {
        std::apply([&](auto const &...p) { (f(p), ...); }, members_);
    }
    template <class F>
    void each(F &&f) {
        std::apply([&](auto &...p) { (f(p), ...); }, members_);
    }

    [[no_unique_address]] members members_{};
};

static_assert(transform_for<chain<identity, identity>, bands<std::int16_t, 2>>);
static_assert(tileable<chain<identity, identity>> && triptych::reversible<chain<identity>>);

} // namespace transform
} // namespace triptych::inline TRIPTYCH_ABI
