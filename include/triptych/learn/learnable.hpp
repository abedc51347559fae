// triptych/learn/learnable.hpp: what it means that a policy can be learned. docs/concepts/learned-state.md
#pragma once

#include <concepts>
#include <cstdint>

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

} // namespace triptych::inline TRIPTYCH_ABI
