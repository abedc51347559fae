// triptych/coder/engine/static_tables.hpp: the stream of coders with static tables, except how a token is coded.
//
// The head says what the decoder must know: alphabet, levels of regions, and which contexts use which tables.
// `symbol_writer` turns tokens into symbols, with the extra bits of large ones. What the encoder does before is in
// analysis.hpp.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <type_traits>
#include <utility>

#include <triptych/bands.hpp>
#include <triptych/coder/engine/binary_engine.hpp>
#include <triptych/coder/engine/contexts.hpp>
#include <triptych/coder/engine/order.hpp>
#include <triptych/coder/parts/tokens.hpp>
#include <triptych/coder/raw.hpp>
#include <triptych/stream/reader.hpp>
#include <triptych/stream/writer.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI::coder::detail {

/// A model that stands still during a stream: classes of bands, and tables that are counted.
template <class M>
concept static_model = !looks_back<M> && requires {
    typename M::classes;
    typename M::histogram;
    M::most_tables;
};

/// A static model whose tables follow from a few numbers: `fit(histogram, letters, bits)` finds these, `intervals(parameters, letters, bits)`
/// makes a table of them; see model/family.hpp.
template <class M>
concept parametric_model = static_model<M> && requires(typename M::parameters const &p) {
    M::scales;
    p.scale, p.top;
};

/// Symbols are handled so many at a time, so that tokens, contexts and symbols stay in the first cache. A multiple of the lanes of all engines, and of the 40
/// symbols that Huffman codes take between refills.
inline constexpr std::size_t chunk = 1920;

/// Calls f(first, size) for blocks of 32, whose size is known to the compiler so that loops over it are vectorised, and the rest. For that arrays must not
/// overlap for all that it knows, so blocks are copied first.
template <class F>
void for_blocks(std::size_t n, F &&f) {
    std::size_t i = 0;
    for (; i + 32 <= n; i += 32) f(i, std::integral_constant<std::size_t, 32>{});
    if (i < n) f(i, n - i);
}

/// Whether any of n tokens is `direct`, a power of two, or more.
template <class N>
auto any_from(std::uint32_t direct, std::uint8_t const *t, N n) noexcept -> bool {
    if (direct > 255) return false;
    std::uint64_t all = 0;
    std::size_t i = 0;
    for (std::uint64_t word = 0; i + 8 <= n; i += 8) std::memcpy(&word, t + i, 8), all |= word;
    for (; i < n; ++i) all |= t[i];
    return (all & (0x0101010101010101u * (256 - direct))) != 0;
}
/// Head of a stream: the alphabet, levels of regions, number of tables and which contexts use them. Both directions; then come the tables, in the engine's
/// own code. False if the bytes are corrupt or, with `memory` set, if there is none.
template <class M, class E>
auto code_head(E &engine, alphabet &letters, contexts<typename M::classes> &where, std::size_t &tables, bool &memory)
    -> bool {
    letters.counts = engine.direct(letters.counts, 1) != 0;
    if (letters.counts) {
        // As many bits as the base needs with its sign.
        auto const v = static_cast<std::uint32_t>(letters.base);
        auto const width = engine.direct(static_cast<std::uint32_t>(std::bit_width(v ^ (0u - (v >> 31)))), 5) + 1;
        letters.base = sign_extend(engine.direct(v, width), width);
    }
    letters.split = engine.direct(letters.split - alphabet::fewest, 3) + alphabet::fewest;
    if (letters.split > alphabet::most) return false;

    level_coder levels;
    for (std::size_t g = 0; g < where.groups().size(); ++g) {
        auto &own = where.of_group(g);
        if (own.levels == where.no_levels) continue;
        own.regional = engine.direct(own.regional, 1) != 0;
        if (own.regional && !levels.code(engine, own.grid, where.levels(own))) return false;
    }
    where.note_levels();

    // A table is numbered when it is first used, so all there are are used.
    std::size_t used = 0, before = 0;
    model::detail::counter<4, 6> fresh, same;
    auto const bit = [&](auto &c, bool b) {
        b = engine.bit(std::clamp<std::uint32_t>(c.p(), 64, 65472), b);
        c.learn(b);
        return b;
    };
    bool sound = true;
    memory = !where.each_used([&](std::size_t context) {
        auto &t = where.tables()[context];
        if (used == 0 || (used < M::most_tables && bit(fresh, t == used)))
            t = static_cast<std::uint8_t>(used++);
        else if (bit(same, t == before))
            t = static_cast<std::uint8_t>(before);
        else
            t = static_cast<std::uint8_t>(engine.direct(t, static_cast<unsigned>(std::bit_width(used - 1))));
        before = t;
        if (t >= used) sound = false, t = 0;
        return true;
    });
    tables = used;
    return sound && !memory;
}

/// The bytes of the extra bits, which a stream has only if a table has tokens with such.
inline auto read_extra(byte_reader &r) noexcept -> std::span<std::byte const> {
    return r.bytes(r.varint());
}

/// Makes symbols of tokens, run after run, with their extra bits, each within the width of its band.
template <class T, std::size_t R>
class symbol_writer {
public:
    symbol_writer(bands<T, R> &symbols, alphabet const &letters, std::span<std::byte const> extra) noexcept
        : symbols_(symbols), letters_(letters), bytes_(extra), extra_(extra) {}

    /// Symbols [first, first + n) of the buffer.
    void put(std::size_t first, std::size_t n, std::uint8_t const *tokens) noexcept {
        find_(symbols_.layout().groups(), first, n, [&](std::size_t g, std::size_t element, std::size_t piece) {
            if (g != group_) narrow_ = narrow(g), group_ = g;
            auto *const out = symbols_.data() + symbols_.layout().groups()[g].offset + element;
            for_blocks(piece, [&](std::size_t i, auto size) {
                convert(tokens + i, out + i, size);
                if (narrow_ || any_from(letters_.direct(), tokens + i, size))
                    for (std::size_t j = i; j < i + size; ++j)
                        if (narrow_ || tokens[j] >= letters_.direct()) out[j] = exact(tokens[j], g, element + j);
            });
            tokens += piece;
        });
    }
    /// Extra bits that are left over, or were not there, are corrupt.
    void finish(byte_reader &r) noexcept {
        byte_reader own(bytes_);
        extra_.finish(own);
        if (!own.ok() || own.remaining() > 0) r.fail(errc::corrupt);
    }

private:
    template <class N>
    void convert(std::uint8_t const *__restrict t, T *__restrict out, N size) const noexcept {
        using U = std::make_unsigned_t<T>;
        auto const base = static_cast<U>(letters_.base);
        if (letters_.counts)
            for (std::size_t j = 0; j < size; ++j) out[j] = static_cast<T>(static_cast<U>(t[j] + base));
        else
            for (std::size_t j = 0; j < size; ++j)
                out[j] = static_cast<T>(static_cast<U>(static_cast<U>(t[j] >> 1) ^ static_cast<U>(-(t[j] & 1))));
    }
    auto exact(std::uint32_t t, std::size_t g, std::size_t element) noexcept -> T {
        auto const &group = symbols_.layout().groups()[g];
        auto const v = letters_.symbol(letters_.value(t, extra_.get(letters_.extra(t))));
        auto const width = width_of<T>(symbols_.info(group.first + element % group.count));
        return static_cast<T>(sign_extend(static_cast<std::uint32_t>(v), width));
    }
    /// Whether a token without extra bits may be too large for a band of the group.
    auto narrow(std::size_t g) const noexcept -> bool {
        auto const &group = symbols_.layout().groups()[g];
        unsigned width = 32;
        for (std::size_t k = 0; k < group.count; ++k)
            width = std::min(width, width_of<T>(symbols_.info(group.first + k)));
        if (!letters_.counts) return width < letters_.split;
        auto const most = (std::int64_t{1} << (width - 1)) - 1;
        return letters_.base < -most - 1 || letters_.base + std::int64_t{letters_.direct()} - 1 > most;
    }

    bands<T, R> &symbols_;
    alphabet letters_;
    std::span<std::byte const> bytes_;
    bit_reader extra_;
    group_finder find_;
    std::size_t group_ = ~std::size_t{0};
    bool narrow_ = false;
};

} // namespace triptych::inline TRIPTYCH_ABI::coder::detail
