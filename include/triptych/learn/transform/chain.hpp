// triptych/learn/transform/chain.hpp: learns the one learnable member of a transform::chain from what the members before it give.
#pragma once

#include <cstddef>
#include <utility>

#include <triptych/learn/learnable.hpp>
#include <triptych/detail/call.hpp>
#include <triptych/transform/chain.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI {

namespace detail {
template <class P>
concept learned_member = requires {
    sizeof(learner<P>);
};
} // namespace detail

/// Exactly one member may be learnable, for the members behind it would need its result before they could begin; the
/// learner's header must be included before this one is used.
template <class... P>
requires((int{detail::learned_member<P>} + ...) == 1) struct learner<transform::chain<P...>> {
    using policy = transform::chain<P...>;
    static constexpr std::size_t place = [] {
        std::size_t at = 0, found = 0;
        ((found = detail::learned_member<P> ? at : found, ++at), ...);
        return found;
    }();

    template <class B>
    void observe(B const &x) {
        member_.observe(before<0>(x.clone()));
    }
    void merge(learner const &other) { member_.merge(other.member_); }
    auto finish() -> policy {
        return [&]<std::size_t... I>(std::index_sequence<I...>) {
            return policy(chosen<I>()...);
        }
        (std::index_sequence_for<P...>{});
    }
    /// The learner of the learnable member, for its figures.
    auto member() const noexcept -> auto const & { return member_; }

private:
    template <std::size_t I>
    using member_type = std::remove_cvref_t<decltype(std::declval<policy const &>().template get<I>())>;

    template <std::size_t I, class B>
    auto before(B x) const -> B {
        if constexpr (I == place)
            return x;
        else
            return before<I + 1>(detail::analyse(member_type<I>{}, std::move(x), target{}));
    }
    template <std::size_t I>
    auto chosen() -> member_type<I> {
        if constexpr (I == place)
            return member_.finish();
        else
            return {};
    }

    learner<member_type<place>> member_;
};

} // namespace triptych::inline TRIPTYCH_ABI
