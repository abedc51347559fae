// triptych/stream/error.hpp: what can be wrong with bytes, and how it is reported.
//
// A reader keeps its first error and returns zeros from then on (it is sticky), so inner loops neither throw nor
// branch on errors. At the surface `try_decode` returns the error and `decode` throws it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <utility>

#include <triptych/version.hpp>

#if TRIPTYCH_EXCEPTIONS
#include <stdexcept>
#include <string>
#endif

namespace triptych::inline TRIPTYCH_ABI {

/// Why bytes could not be decoded.
enum class errc : std::uint8_t {
    none = 0,
    truncated, ///< the bytes end before the stream does
    foreign,   ///< not a triptych stream
    version,   ///< a format version this library does not know
    checksum,  ///< the checksum does not match: the bytes are damaged
    corrupt,   ///< a field or symbol has a value that no encoder writes
    limit,     ///< decoding needs more than the limits allow
    memory,    ///< memory could not be had
    codec,     ///< written by another codec
    model,     ///< written with another model
    sample,    ///< holds another sample type, or another number of axes
};

/// One sentence for an error code, for people.
constexpr auto message(errc code) noexcept -> char const * {
    switch (code) {
    case errc::none:
        return "no error";
    case errc::truncated:
        return "the stream is truncated";
    case errc::foreign:
        return "this is not a triptych stream";
    case errc::version:
        return "the stream has a format version that this library does not know";
    case errc::checksum:
        return "the checksum does not match: the stream is damaged";
    case errc::corrupt:
        return "the stream holds a value that no encoder writes";
    case errc::limit:
        return "decoding the stream needs more than the limits allow";
    case errc::memory:
        return "there is not enough memory to decode the stream";
    case errc::codec:
        return "the stream was written by another codec";
    case errc::model:
        return "the stream was written with another model";
    case errc::sample:
        return "the stream holds another sample type or another number of axes";
    }
    return "unknown error";
}

/// An error code and the byte offset at which it was noticed.
struct error {
    errc code = errc::none;
    std::size_t offset = 0;

    explicit operator bool() const noexcept { return code != errc::none; }
};

/// A value or an error; what `try_decode` returns. `value` may be used only if the result is true.
template <class T>
struct result {
    T value{};
    triptych::error error{};

    explicit operator bool() const noexcept { return error.code == errc::none; }
};

#if TRIPTYCH_EXCEPTIONS
/// Wrong bytes: truncated, damaged, foreign, or beyond the limits.
class format_error : public std::runtime_error {
public:
    explicit format_error(triptych::error e)
        : std::runtime_error(std::string(message(e.code)) + " (at byte " + std::to_string(e.offset) + ")"), error_(e) {}

    auto code() const noexcept -> errc { return error_.code; }
    auto offset() const noexcept -> std::size_t { return error_.offset; }

protected:
    format_error(triptych::error e, std::string const &what) : std::runtime_error(what), error_(e) {}

private:
    triptych::error error_;
};

/// Sound bytes, but of another codec, model or sample type. `found()` and `expected()` name both.
class mismatch_error : public format_error {
public:
    mismatch_error(triptych::error e, std::string found, std::string expected)
        : format_error(e, std::string(message(e.code)) + ": it holds " + found + ", expected " + expected),
          found_(std::move(found)), expected_(std::move(expected)) {}

    auto found() const noexcept -> std::string const & { return found_; }
    auto expected() const noexcept -> std::string const & { return expected_; }

private:
    std::string found_, expected_;
};
#endif

namespace detail {
/// Throws `E(what)`; a program built without exceptions aborts instead. For wrong arguments of an encoder, never for bytes.
template <class E>
[[noreturn]] void raise([[maybe_unused]] char const *what) {
#if TRIPTYCH_EXCEPTIONS
    throw E(what);
#else
    std::abort();
#endif
}
} // namespace detail

} // namespace triptych::inline TRIPTYCH_ABI
