// triptych/schedule/verbatim.hpp: the list of float samples that travel as they are, ahead of the panels' bytes: those that are not
// finite, those that the map has no integer for, and those that would miss a bound. A count, then for each its distance from the
// one before and its bits.
#pragma once

#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <type_traits>
#include <vector>

#include <triptych/picture.hpp>
#include <triptych/schedule/planes.hpp>
#include <triptych/schedule/samples.hpp>
#include <triptych/stream/reader.hpp>
#include <triptych/stream/writer.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI::detail {

/// Is the decoded sample within the bound? A value that is not finite is only within any bound of itself, bit by bit.
template <sample S>
auto within(S was, S is, double bound) noexcept -> bool {
    if constexpr (std::is_same_v<S, float>) {
        if (std::bit_cast<std::uint32_t>(was) == std::bit_cast<std::uint32_t>(is)) return true;
        if (!is_finite(was) || !is_finite(is)) return false;
    }
    return std::abs(static_cast<double>(was) - static_cast<double>(is)) <= bound;
}

/// Writes those of n samples that have no integer or miss the bound, and puts them into the decoded ones.
inline void write_verbatim(float const *samples, std::size_t n, sample_map const &map, float *decoded, double bound,
                           byte_writer &w) {
    std::vector<std::size_t> missed;
    for (std::size_t i = 0; i < n; ++i)
        if (!centred_integer(samples[i], map) || !within(samples[i], decoded[i], bound)) missed.push_back(i);
    w.varint(missed.size());
    std::size_t next = 0;
    for (auto const i : missed) {
        w.varint(i - next), w.u32(std::bit_cast<std::uint32_t>(samples[i]));
        decoded[i] = samples[i], next = i + 1;
    }
}

/// The list as it stands in a stream: borrowed bytes, checked for length only.
class verbatim_list {
public:
    verbatim_list() = default;
    /// Moves the reader past the list. `samples` is the most there can be.
    verbatim_list(byte_reader &r, std::uint64_t samples) noexcept : count_(r.varint(samples)) {
        if (count_ > r.remaining() / 5) r.fail(errc::corrupt);
        bytes_ = r.rest();
        for (std::uint64_t i = 0; r.ok() && i < count_; ++i) (void)r.varint(), (void)r.u32();
    }
    /// Puts those samples in that lie in the box `where`, which `out` fills; notes an error in `r` for one that lies outside the picture.
    template <std::size_t R>
    void apply(extents<R> const &shape, std::size_t components, float *out, box<R> const &where,
               byte_reader &r) const noexcept {
        byte_reader list(bytes_);
        auto const all = volume(shape) * components;
        auto const stride = row_major(shape, components), own = row_major(where.shape, components);
        std::uint64_t at = 0;
        for (std::uint64_t i = 0; r.ok() && i < count_; ++i, ++at) {
            auto const distance = list.varint();
            auto const word = list.u32();
            if (distance >= all || (at += distance) >= all) return r.fail(errc::corrupt);
            auto rest = static_cast<std::size_t>(at), to = rest % components;
            bool inside = true;
            for (std::size_t axis = 0; axis < R; ++axis) {
                auto const index = rest / stride[axis];
                rest %= stride[axis];
                inside = inside && index >= where.first[axis] && index - where.first[axis] < where.shape[axis];
                to += (index - where.first[axis]) * own[axis];
            }
            if (inside) out[to] = std::bit_cast<float>(word);
        }
    }

private:
    std::uint64_t count_ = 0;
    std::span<std::byte const> bytes_;
};

} // namespace triptych::inline TRIPTYCH_ABI::detail
