// triptych/coder/prefix.hpp: an embedded coder that takes the beginning of a stream for a whole one.
#pragma once

#include <cstddef>

#include <triptych/bands.hpp>
#include <triptych/concepts.hpp>
#include <triptych/describe.hpp>
#include <triptych/stream/reader.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI::coder {

/// `codec<T, Q, prefix<C>>` is `codec<T, Q, C>` to everyone, streams and fingerprint included, but decodes a payload that was cut anywhere
/// behind its settings. The bytes of a file or a record prove to be whole; what is cut has the framing `bare`.
template <class Coder>
struct prefix {
    static constexpr void describe(auto &d) { Coder::describe(d); }

    [[no_unique_address]] Coder coder{};

    template <class T, std::size_t R, class W>
    void encode(bands<T, R> const &symbols, W &w) const {
        coder.encode(symbols, w);
    }
    template <class T, std::size_t R>
    requires embedded_coder<Coder, bands<T, R>>
    void decode(bands<T, R> &symbols, byte_reader &r) const noexcept { coder.decode_prefix(symbols, r); }
    template <class B>
    requires rate_aware<Coder, B>
    auto rates(B const &symbols) const { return coder.rates(symbols); }
};

} // namespace triptych::inline TRIPTYCH_ABI::coder
