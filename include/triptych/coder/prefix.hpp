// triptych/coder/prefix.hpp: an embedded coder that takes the beginning of a stream for a whole one.
#pragma once

#include <array>
#include <cstddef>
#include <utility>

#include <triptych/bands.hpp>
#include <triptych/concepts.hpp>
#include <triptych/describe.hpp>
#include <triptych/detail/call.hpp>
#include <triptych/refinement.hpp>
#include <triptych/stream/reader.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI::coder {

/// `codec<T, Q, prefix<C>>` is `codec<T, Q, C>` to everyone, streams, model files and fingerprints included, but decodes a payload that was cut
/// anywhere behind its settings. The bytes of a file or a record prove to be whole; what is cut has the framing `bare`.
template <class Coder>
struct prefix : triptych::detail::forwarding<Coder> {
    using triptych::detail::forwarding<Coder>::forwarding, triptych::detail::forwarding<Coder>::inner;
    static constexpr void describe(auto &d) requires requires { Coder::describe(d); }
    { Coder::describe(d); }
    static constexpr std::array refuses{
        refusal{refinement::streaming, "what is cut has lost whole strips: there is nothing coarse to show of them"}};
    /// The names of the coder inside, so that a model's fingerprint is the same.
    template <class V>
    requires stateful<Coder>
    static constexpr void state(auto &self, V &&v) { Coder::state(self.inner, v); }

    /// What the coder inside is given.
    template <class B>
    static auto given(B const &symbols) -> B const & {
        return symbols;
    }

    template <class T, std::size_t R, class W, class... Step>
    requires requires(Coder const &c, bands<T, R> const &x, W &w, Step const &...step) { c.encode(x, w, step...); }
    void encode(bands<T, R> const &symbols, W &w, Step const &...step) const { inner.encode(symbols, w, step...); }
    template <class T, std::size_t R>
    void decode(bands<T, R> &symbols, byte_reader &r, fixed_step = {}) const noexcept {
        static_assert(embedded_coder<Coder, bands<T, R>>,
                      "prefix: the coder must be embedded (`decode_prefix(symbols, reader)`), as coder::bit_plane is");
        if constexpr (embedded_coder<Coder, bands<T, R>>) inner.decode_prefix(symbols, r);
    }
    template <class T, std::size_t R>
    requires embedded_coder<Coder, bands<T, R>>
    void decode_prefix(bands<T, R> &symbols, byte_reader &r) const noexcept { inner.decode_prefix(symbols, r); }
    template <class B>
    requires rate_aware<Coder, B>
    auto rates(B const &symbols, fixed_step step = {}) const { return triptych::detail::rates(inner, symbols, step); }

    template <class B>
    requires per_picture<Coder, B>
    auto prepare(B const &symbols) const -> prefix { return prefix(inner.prepare(symbols)); }
    auto restore(byte_reader &r) const -> prefix requires triptych::detail::restores<Coder> {
        return prefix(inner.restore(r));
    }
};

} // namespace triptych::inline TRIPTYCH_ABI::coder
