// triptych/learn/learnable.hpp: what it means that a policy can be learned. docs/concepts/learned-state.md
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <type_traits>

#include <triptych/bands.hpp>
#include <triptych/state.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI {

/// `learner<P>` is specialised and takes bands of type B: `observe(bands)` adds what the policy would be given when encoding,
/// `merge(other)` adds what another learner has seen, `finish()` gives the policy.
template <class P, class B = bands<std::int16_t, 2>>
concept learnable = requires(learner<P> &l, learner<P> const &other, B const &batch) {
    l.observe(batch);
    l.merge(other);
    { l.finish() } -> std::same_as<P>;
};

/// Refinement of learners: the corpus is read several times. `next_pass()` is called when all of it was observed and merged, and says
/// whether it is to be read again. `branch()` is a learner for a part of a pass: it knows what the passes before have brought, and
/// has observed nothing in this one.
template <class L>
concept multi_pass = requires(L &l, L const &so_far) {
    { l.next_pass() } -> std::same_as<bool>;
    l.merge(so_far.branch());
};

/// Refinement of learners: of each `held_out` pictures the last one is given to `validate(bands)`, in each pass, and never to `observe`.
template <class L, class B = bands<std::int16_t, 2>>
concept validating = requires(L &l, B const &batch) {
    { L::held_out } -> std::convertible_to<std::size_t>;
    l.validate(batch);
};

/// `fit<Codec, keep<P...>>` leaves these panels, or members of a chain, as they are.
template <class... P>
struct keep {
    template <class Q>
    static constexpr bool holds = (std::is_same_v<P, Q> || ...);
};

namespace detail {
/// What a fit has to learn depends on the policy and on what is kept, never on which headers are included: those must be there. This and
/// the next are specialised, where `learner<P>` is, for policies with parts of which some may be kept.
template <class P, class Kept>
inline constexpr bool to_be_learned = stateful<P> && !Kept::template holds<P>;

/// The learner of P.
template <class P, class Kept>
struct learner_keeping {
    using type = learner<P>;
};
/// Looks at a learner only if it is needed.
template <class P, class Kept>
concept lacks_learner = to_be_learned<P, Kept> && !requires {
    sizeof(typename learner_keeping<P, Kept>::type);
};
} // namespace detail

} // namespace triptych::inline TRIPTYCH_ABI
