// triptych/refinement.hpp: what a policy made of another keeps of it, and what it refuses.
//
// `run_length<C>`, `matrix<Table, Q>`, `prefix<C>`, `chain<T...>`, `mixture<T, M>` and `per_image<P>` are wrappers: each offers the refinements
// of what is inside, or says in words why not. A refinement that got lost without a word would change results in silence: a model whose arrays
// nobody names has no fingerprint, and a stream that needs it decodes to noise. `conformance/wrapper.hpp` is the law.
#pragma once

#include <concepts>
#include <cstdint>
#include <string_view>
#include <utility>

#include <triptych/state.hpp>
#include <triptych/stream/reader.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI {

/// All that a policy may offer beyond its concept; see concepts.hpp and state.hpp.
enum class refinement : std::uint8_t {
    reversible,       ///< transforms
    tileable,         ///<
    target_aware,     ///<
    closed_loop,      ///<
    step_aware,       ///<
    keeps_errors,     ///<
    plans_ahead,      ///< quantizers
    scalar,           ///<
    uses_rates,       ///<
    refits,           ///<
    steps,            ///<
    bounds_errors,    ///<
    can_be_exact,     ///<
    rate_aware,       ///< coders
    optimising_rates, ///<
    streaming,        ///<
    embedded,         ///<
    per_picture,      ///< all
    stateful,         ///<
    learnable,        ///<
};

/// A refinement that a wrapper does not pass on, and why. Wrappers list theirs: `static constexpr std::array refuses{refusal{...}, ...};`
struct refusal {
    refinement what;
    std::string_view why;
};

namespace detail {

/// Base of wrappers around one policy: passes on its learned arrays, as `inner.…`, and what it sends with each picture.
template <class Inner>
struct forwarding {
    [[no_unique_address]] Inner inner{};

    constexpr forwarding() = default;
    constexpr explicit forwarding(Inner policy) : inner(std::move(policy)) {}

    template <class V>
    requires stateful<Inner>
    static constexpr void state(auto &self, V &&v) { nested("inner", self.inner, v); }

    template <class W>
    requires requires(Inner const &i, W &w) { i.write(w); }
    void write(W &w) const { inner.write(w); }
};

/// A per-picture policy, whatever the bands.
template <class P>
concept restores = requires(P const &p, byte_reader &r) {
    { p.restore(r) } -> std::same_as<P>;
};

} // namespace detail
} // namespace triptych::inline TRIPTYCH_ABI
