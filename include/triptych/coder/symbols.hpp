// triptych/coder/symbols.hpp: a coder by itself, on plain arrays of integers.
//
// Coders take bands. `encode_symbols` makes one band of rank 1 of an array, and `decode_symbols` makes an array of it
// again. The bytes hold the symbols alone. The caller must know their type and number. Nothing checks that the bytes
// are whole, because one checksum of the caller's choice can cover many arrays.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>
#include <stdexcept>
#include <type_traits>
#include <utility>
#include <vector>

#include <triptych/bands.hpp>
#include <triptych/concepts.hpp>
#include <triptych/stream/error.hpp>
#include <triptych/stream/limits.hpp>
#include <triptych/stream/reader.hpp>
#include <triptych/stream/writer.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI::coder {

/// Integers of at most 32 bits, signed or not.
template <class T>
concept symbol = std::integral<T> && !std::same_as<T, bool> && sizeof(T) <= 4;

namespace detail {
/// The type of the symbols of whatever a span can be made of: arrays and contiguous ranges.
template <class S>
using symbol_of = std::remove_cv_t<typename decltype(std::span(std::declval<S const &>()))::element_type>;

/// What holds symbols of type T within bands: 16 bits where they suffice.
template <symbol T>
using symbol_holder =
    std::conditional_t<sizeof(T) == 1 || (sizeof(T) == 2 && std::is_signed_v<T>), std::int16_t, std::int32_t>;

/// One band of n symbols of type T. An unsigned type needs a bit more than it has; 32 of them take the place of signed ones.
template <symbol T>
auto symbol_row(std::size_t n) -> layout<1> {
    constexpr unsigned bits = 8 * sizeof(T) + (std::is_unsigned_v<T> ? 1 : 0);
    band_info<1> info;
    info.bits = static_cast<std::uint8_t>(bits > 32 ? 32 : bits);
    layout<1> row;
    row.add({n}, info);
    return row;
}
} // namespace detail

/// The symbols of a contiguous range as bytes, in the coder's own code; an empty range has none. Throws std::length_error where there is
/// no memory.
template <class C, class S>
requires symbol<detail::symbol_of<S>>
auto encode_symbols(C const &coder, S const &symbols) -> std::vector<std::byte> {
    using T = detail::symbol_of<S>;
    using B = bands<detail::symbol_holder<T>, 1>;
    static_assert(triptych::detail::check_coder<C, B>());
    std::span<T const> const from(symbols);
    B row(detail::symbol_row<T>(from.size()));
    if (!row.ok()) triptych::detail::raise<std::length_error>("there is no memory for the symbols");
    for (std::size_t i = 0; i < from.size(); ++i) row.data()[i] = static_cast<typename B::value_type>(from[i]);
    byte_writer w;
    if (!from.empty()) coder.encode(row, w);
    return std::move(w).take();
}

/// Fills `symbols` with what `encode_symbols` was given: as many, of the same type. Bytes left over are corrupt, and so is a value that the type
/// does not have. After an error the symbols are of no use.
template <class C, symbol T>
auto try_decode_symbols(C const &coder, std::span<std::byte const> bytes, std::span<T> symbols,
                        limits const &most = {}) noexcept -> error {
    using B = bands<detail::symbol_holder<T>, 1>;
    static_assert(triptych::detail::check_coder<C, B>());
    byte_reader r(bytes, most);
    if (symbols.size() > most.max_samples || symbols.size() > most.max_bytes / sizeof(typename B::value_type))
        return {errc::limit, 0};
    B row(detail::symbol_row<T>(symbols.size()));
    if (!row.ok()) return {errc::memory, 0};
    if (!symbols.empty()) coder.decode(row, r);
    if (r.ok() && r.remaining() > 0) r.fail(errc::corrupt);
    if (!r.ok()) return r.error();
    bool foreign = false;
    for (std::size_t i = 0; i < symbols.size(); ++i) {
        auto const v = row.data()[i];
        symbols[i] = static_cast<T>(v);
        foreign |= sizeof(T) < sizeof v && static_cast<typename B::value_type>(symbols[i]) != v;
    }
    if (foreign) r.fail(errc::corrupt);
    return r.error();
}

#if TRIPTYCH_EXCEPTIONS
/// As `try_decode_symbols`, but gives n symbols of type T or throws `format_error`.
template <symbol T, class C>
auto decode_symbols(C const &coder, std::span<std::byte const> bytes, std::size_t n, limits const &most = {})
    -> std::vector<T> {
    if (n > most.max_samples) throw format_error({errc::limit, 0});
    std::vector<T> symbols(n);
    if (auto const e = try_decode_symbols(coder, bytes, std::span<T>(symbols), most)) throw format_error(e);
    return symbols;
}
#endif

} // namespace triptych::inline TRIPTYCH_ABI::coder
