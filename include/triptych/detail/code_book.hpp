// triptych/detail/code_book.hpp: what quantizers with a list of vectors share: the list, which bands it fits, and the band of indices.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>

#include <triptych/bands.hpp>
#include <triptych/detail/step.hpp>
#include <triptych/state.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI::detail {

/// A vector has an element for each signal band. All signal bands must have one shape, and there must be as many as an entry has elements.
struct code_book {
    static constexpr std::size_t max_entries = 32768, max_elements = 4096;

    frozen<std::int32_t> entries; ///< entries × bands, in samples, whatever the `frac` of the bands is

    template <class V>
    static constexpr void state(auto &self, V &&v) {
        v("entries", self.entries);
    }
    auto trained() const noexcept -> bool { return !entries.empty(); }
    auto valid() const noexcept -> bool {
        auto const &s = entries.shape();
        return entries.size() == 0 || (s.rank == 2 && s.extent[0] <= max_entries && s.extent[1] <= max_elements);
    }
    auto count() const noexcept -> std::size_t { return entries.shape().extent[0]; }
    auto elements() const noexcept -> std::size_t { return entries.shape().extent[1]; }

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
    /// Side bands, each by itself, and in the place of the first signal band the indices. For bands that fit.
    template <std::size_t R>
    static auto index_layout(layout<R> const &in, std::size_t bits) -> layout<R> {
        layout<R> out;
        bool first = true;
        for (auto const &band : in) {
            auto like = band;
            if (band.at.kind == role::signal) {
                if (!first) continue;
                first = false, like.frac = 0, like.gain = 256, like.bits = static_cast<std::uint8_t>(bits);
            }
            out.add(band.shape, like);
        }
        return out;
    }
    /// Fills the bands of `index_layout`, which `out` begins with, by index(place).
    template <class B, class Index>
    static void write_indices(B const &x, B &out, Index const &index) {
        std::size_t to = 0;
        bool first = true;
        for (std::size_t b = 0; b < x.count(); ++b) {
            if (x.info(b).at.kind == role::side) {
                copy(x, b, out, to++);
            } else if (first) {
                auto const &info = out.info(to++);
                for (std::size_t p = 0; p < volume(info.shape); ++p)
                    out.data()[info.offset + p] = static_cast<typename B::value_type>(index(p));
                first = false;
            }
        }
    }
    /// The way back: bands laid out like `in`, signal elements by value(band of `in`, element, place, symbol of the index band).
    template <class B, class Value>
    static auto from_indices(B const &x, layout<B::rank> const &in, Value &&value) -> B {
        B out(in);
        if (!out.ok()) return out;
        std::size_t from = 0, element = 0, index = x.count();
        for (std::size_t b = 0; b < in.count(); ++b) {
            auto const &info = in[b];
            if (info.at.kind == role::side) {
                copy(x, from++, out, b);
                continue;
            }
            if (index == x.count()) index = from++;
            auto const step = info.stride.back();
            auto const *const symbols = x.data() + x.info(index).offset;
            for (std::size_t p = 0; p < volume(info.shape); ++p)
                out.data()[info.offset + p * step] = value(b, element, p, symbols[p]);
            ++element;
        }
        return out;
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
