// triptych/quantizer/detail/code_book.hpp: what quantizers with lists of vectors share: the lists, the bands that
// they fit, and the bands of indices.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include <triptych/bands.hpp>
#include <triptych/detail/step.hpp>
#include <triptych/state.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI::detail {

/// A vector has an element for each signal band. All signal bands must have one shape, and there must be as many as an entry has elements.
/// `Rank` 2 is one list, 3 are several of equal length.
template <std::uint32_t Rank = 2>
struct code_book {
    static_assert(Rank == 2 || Rank == 3);
    static constexpr std::size_t max_lists = 64, max_entries = 32768, max_elements = 4096;

    frozen<std::int32_t> entries; ///< (lists ×) entries × bands, in samples, whatever the `frac` of the bands is

    template <class V>
    static constexpr void state(auto &self, V &&v) {
        v("entries", self.entries);
    }
    auto trained() const noexcept -> bool { return !entries.empty(); }
    constexpr auto valid() const noexcept -> bool {
        auto const &s = entries.shape();
        return entries.size() == 0 || (s.rank == Rank && (Rank == 2 || s.extent[0] <= max_lists) &&
                                       s.extent[Rank - 2] <= max_entries && s.extent[Rank - 1] <= max_elements);
    }
    /// Entries of a list.
    auto count() const noexcept -> std::size_t { return entries.shape().extent[Rank - 2]; }
    auto elements() const noexcept -> std::size_t { return entries.shape().extent[Rank - 1]; }

    template <std::size_t R>
    auto fits(layout<R> const &in) const noexcept -> bool {
        if (!trained() || !valid()) return false;
        std::size_t signal = 0;
        extents<R> shape{};
        for (auto const &band : in) {
            if (band.at.kind == role::side) continue;
            if (signal++ == 0) shape = band.shape;
            if (band.shape != shape) return false;
        }
        return signal == elements();
    }

    /// An element of an entry, as a band stores it.
    template <class T, std::size_t R>
    static auto value(std::int32_t e, band_info<R> const &info) noexcept -> T {
        constexpr int width = std::numeric_limits<T>::digits + 1;
        int const bits = info.bits >= 1 && info.bits <= width ? info.bits : width;
        int const up = std::clamp<int>(info.frac, -20, 20);
        auto const v =
            up >= 0 ? std::int64_t{e} * (std::int64_t{1} << up) : (e + (std::int64_t{1} << (-up - 1))) >> -up;
        auto const high = (std::int64_t{1} << (bits - 1)) - 1;
        return static_cast<T>(std::clamp<std::int64_t>(v, -high - 1, high));
    }

protected:
    /// Side bands, each by itself, and in the place of the first signal band `indices` bands, one behind the other like components: coders then keep
    /// the statistics of each book apart; interleaved they took up to 31 % more. For bands that fit.
    template <std::size_t R>
    static auto index_layout(layout<R> const &in, std::size_t bits, std::size_t indices = 1) -> layout<R> {
        layout<R> out;
        bool first = true;
        for (auto const &band : in) {
            if (band.at.kind == role::side) {
                out.add(band.shape, band);
                continue;
            }
            if (!first) continue;
            first = false;
            auto like = band;
            like.frac = 0, like.gain = 256, like.bits = static_cast<std::uint8_t>(bits);
            for (std::size_t k = 0; k < indices; ++k, ++like.at.component) out.add(band.shape, like);
        }
        return out;
    }
    /// Fills the bands of `index_layout`, which `out` begins with: choose(place, to) writes the indices of a vector.
    template <class B, class Choose>
    static void write_indices(B const &x, B &out, std::size_t indices, Choose const &choose) {
        std::size_t to = 0;
        bool first = true;
        std::vector<std::size_t> chosen(indices);
        for (std::size_t b = 0; b < x.count(); ++b) {
            if (x.info(b).at.kind == role::side) {
                copy(x, b, out, to++);
            } else if (first) {
                auto const offset = out.info(to).offset, places = static_cast<std::size_t>(volume(out.info(to).shape));
                for (std::size_t p = 0; p < places; ++p) {
                    choose(p, chosen.data());
                    for (std::size_t k = 0; k < indices; ++k)
                        out.data()[offset + k * places + p] = static_cast<typename B::value_type>(chosen[k]);
                }
                to += indices, first = false;
            }
        }
    }
    /// The way back: bands laid out like `in`. For each signal band, values(band of `in`, element) gives what tells a value from
    /// symbol(j), the symbol of the j-th index band at a place; places are asked for in their order.
    template <class B, class Values>
    static auto from_indices(B const &x, layout<B::rank> const &in, std::size_t indices, Values &&values) -> B {
        B out(in);
        if (!out.ok()) return out;
        std::size_t from = 0, element = 0, index = x.count();
        for (std::size_t b = 0; b < in.count(); ++b) {
            auto const &info = in[b];
            if (info.at.kind == role::side) {
                copy(x, from++, out, b);
                continue;
            }
            if (index == x.count()) index = from, from += indices;
            auto const step = info.stride.back(), places = static_cast<std::size_t>(volume(info.shape));
            auto const *const symbols = x.data() + x.info(index).offset;
            auto value = values(b, element++);
            for (std::size_t p = 0; p < places; ++p)
                out.data()[info.offset + p * step] =
                    value([=](std::size_t j) -> std::int64_t { return symbols[j * places + p]; });
        }
        return out;
    }
    /// The entry of a list that a symbol stands for: indices that there are not are taken for the nearest that there is.
    auto entry(std::int64_t symbol) const noexcept -> std::size_t {
        return static_cast<std::size_t>(std::clamp<std::int64_t>(symbol, 0, static_cast<std::int64_t>(count()) - 1));
    }

private:
    template <class B>
    static void copy(B const &from, std::size_t a, B &to, std::size_t b) {
        auto const &in = from.info(a);
        auto const &out = to.info(b);
        for (std::size_t p = 0; p < volume(in.shape); ++p)
            to.data()[out.offset + p * out.stride.back()] = from.data()[in.offset + p * in.stride.back()];
    }
};

} // namespace triptych::inline TRIPTYCH_ABI::detail
