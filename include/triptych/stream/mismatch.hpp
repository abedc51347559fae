// triptych/stream/mismatch.hpp: throws the error of a decode, naming what the stream holds and what was expected.
#pragma once

#include <cstddef>
#include <cstdint>

#include <triptych/picture.hpp>
#include <triptych/stream/error.hpp>
#include <triptych/stream/framing.hpp>
#include <triptych/version.hpp>

#if TRIPTYCH_EXCEPTIONS
#include <string>
#include <string_view>
#include <utility>

namespace triptych::inline TRIPTYCH_ABI::detail {

inline auto hexadecimal(std::uint32_t v) -> std::string {
    std::string text = "0x00000000";
    for (int i = 9; i >= 2; --i, v >>= 4) text[static_cast<std::size_t>(i)] = "0123456789abcdef"[v & 15];
    return text;
}
inline auto sample_name(stream_info const &info) -> std::string {
    constexpr char const *names[] = {"uint8", "uint16", "int16", "int32", "float32"};
    return std::string(names[static_cast<std::size_t>(info.samples)]) + " of rank " + std::to_string(info.rank);
}
inline auto codec_name(stream_info const &info, std::string_view otherwise) -> std::string {
    return std::string(info.label.empty() ? otherwise : info.label) + " (" + hexadecimal(info.codec) + ")";
}

/// `found` is what the stream says, `expected` what the codec would have said; `description` names a codec without a label.
[[noreturn]] inline void throw_error(error e, stream_info const &found, stream_info const &expected,
                                     std::string_view description) {
    switch (e.code) {
    case errc::codec:
        throw mismatch_error(e, codec_name(found, "an unnamed codec"), codec_name(expected, description));
    case errc::model:
        throw mismatch_error(e, "model " + hexadecimal(found.model), "model " + hexadecimal(expected.model));
    case errc::sample:
        throw mismatch_error(e, sample_name(found), sample_name(expected));
    default:
        throw format_error(e);
    }
}

/// What was decoded, or the error. `describe` gives the name of a codec without a label.
template <class P>
auto value_or_throw(result<P> decoded, stream_info const &found, stream_info const &expected, std::string (*describe)()) -> P {
    if (decoded.error) throw_error(decoded.error, found, expected, describe());
    return std::move(decoded.value);
}

} // namespace triptych::inline TRIPTYCH_ABI::detail
#endif
