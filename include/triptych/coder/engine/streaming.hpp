// triptych/coder/engine/streaming.hpp: the whole of a picture as the only strip, for coders that take strips.
#pragma once

#include <triptych/stream/reader.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI::coder::detail {

template <class C, class B, class W>
void encode_whole(C const &coder, B const &symbols, W &w) {
    auto e = coder.encoder();
    e.put(symbols, w), e.finish(w);
}
template <class C, class B>
void decode_whole(C const &coder, B &symbols, byte_reader &r) noexcept {
    auto d = coder.decoder(r);
    d.get(symbols, r);
    if (r.ok()) d.finish(r);
}

} // namespace triptych::inline TRIPTYCH_ABI::coder::detail
