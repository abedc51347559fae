// triptych/quantizer/codebook.hpp: a vector quantizer. The bands of a picture become one band of indices into a list of vectors.
//
// With `identity` the vectors are colours and the list is a palette: codec<identity, per_image<codebook<64>>, range<>>. Behind a block transform
// they are whole blocks (Gersho and Gray 1992). Entries are learned (<triptych/learn/codebook.hpp>); how many there are
// bounds the quality, so the goal of encoding changes nothing. Without entries that fit the bands, the surprise: nothing is done.
#pragma once

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <numeric>
#include <string_view>
#include <utility>
#include <vector>

#include <triptych/concepts.hpp>
#include <triptych/detail/step.hpp>
#include <triptych/state.hpp>
#include <triptych/stream/writer.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI::quantizer {

/// At most K entries are learned. Bands of role `side` pass untouched. Signal bands are quantised if they have one shape and there
/// are as many as an entry has elements; otherwise they pass untouched as well.
template <std::size_t K = 256>
struct codebook {
    static constexpr std::size_t max_entries = 32768, max_elements = 4096;
    static_assert(K >= 1 && K <= max_entries, "codebook: 1 to 32768 entries");

    frozen<std::int32_t> entries; ///< entries × bands, in samples, whatever the `frac` of the bands is

    struct setting {};
    static constexpr bool can_be_exact = false;
    static constexpr void describe(auto &d) { d("codebook", K); }
    template <class V>
    static constexpr void state(auto &self, V &&v) {
        v("entries", self.entries);
    }
    auto trained() const noexcept -> bool { return !entries.empty(); }
    auto valid() const noexcept -> bool {
        auto const &s = entries.shape();
        return entries.size() == 0 || (s.rank == 2 && s.extent[0] <= max_entries && s.extent[1] <= max_elements);
    }

    auto plan(target const &) const -> setting { return {}; }
    template <class B>
    auto plan(B const &, target const &) const -> setting {
        return {};
    }
    template <std::size_t R>
    auto arrange(layout<R> const &in, setting const &) const -> layout<R> {
        if (!in.ok() || !fits(in)) return in;
        layout<R> out;
        bool first = true;
        for (auto const &band : in) {
            auto like = band;
            if (band.at.kind == role::signal) {
                if (!first) continue;
                first = false, like.frac = 0, like.gain = 256;
                like.bits = static_cast<std::uint8_t>(std::bit_width(count() - 1) + 1);
            }
            out.add(band.shape, like);
        }
        return out;
    }
    template <class B>
    auto quantize(B x, setting const &s) const -> B {
        if (!x.ok() || !fits(x.layout())) return x;
        B out(arrange(x.layout(), s));
        if (!out.ok()) return out;
        search const nearest(*this, x);
        std::size_t to = 0, index = out.count();
        for (std::size_t b = 0; b < x.count(); ++b) {
            if (x.info(b).at.kind == role::side)
                copy(x, b, out, to++);
            else if (index == out.count())
                index = to++;
        }
        auto const &info = out.info(index);
        for (std::size_t p = 0; p < volume(info.shape); ++p)
            out.data()[info.offset + p] = static_cast<typename B::value_type>(nearest(x, p));
        return out;
    }
    /// Indices that there are not are taken for the nearest that there is.
    template <class B>
    auto dequantize(B x, setting const &s, layout<B::rank> const &in) const -> B {
        if (!in.ok() || !fits(in)) return std::move(x).relabel(in);
        // Symbols that are not laid out as they should be have no memory to read.
        if (!x.ok() || x.size() != arrange(in, s).size()) return detail::no_memory<B>();
        B out(in);
        if (!out.ok()) return out;
        std::size_t from = 0, element = 0, index = x.count();
        auto const last = static_cast<std::int64_t>(count()) - 1;
        for (std::size_t b = 0; b < in.count(); ++b) {
            auto const &info = in[b];
            if (info.at.kind == role::side) {
                copy(x, from++, out, b);
                continue;
            }
            if (index == x.count()) index = from++;
            auto const step = info.stride.back();
            auto const *const symbols = x.data() + x.info(index).offset;
            for (std::size_t p = 0; p < volume(info.shape); ++p) {
                auto const i = std::clamp<std::int64_t>(symbols[p], 0, last);
                auto const at = static_cast<std::size_t>(i) * elements() + element;
                out.data()[info.offset + p * step] = value<typename B::value_type>(entries[at], info);
            }
            ++element;
        }
        return out;
    }
    void write(setting const &, byte_writer &) const {}
    auto read(byte_reader &) const -> setting { return {}; }

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

private:
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
    template <class B>
    static void copy(B const &from, std::size_t a, B &to, std::size_t b) {
        auto const &in = from.info(a);
        auto const &out = to.info(b);
        for (std::size_t p = 0; p < volume(in.shape); ++p)
            to.data()[out.offset + p * out.stride.back()] = from.data()[in.offset + p * in.stride.back()];
    }

    /// The nearest entry, exactly, without looking at all: the sums s of two vectors of m elements differ by no more than √m times their
    /// distance, so the search goes outwards from the sum that is nearest and soon ends.
    class search {
    public:
        template <class B>
        search(codebook const &book, B const &x)
            : m_(book.elements()), values_(book.count() * m_), order_(book.count()) {
            for (std::size_t b = 0; b < x.count(); ++b)
                if (x.info(b).at.kind == role::signal) {
                    for (std::size_t i = 0; i < order_.size(); ++i)
                        values_[i * m_ + bands_.size()] =
                            value<typename B::value_type>(book.entries[i * m_ + bands_.size()], x.info(b));
                    bands_.push_back(b);
                }
            std::iota(order_.begin(), order_.end(), std::size_t{0});
            auto const sum = [&](std::size_t i) {
                return std::accumulate(values_.begin() + static_cast<std::ptrdiff_t>(i * m_),
                                       values_.begin() + static_cast<std::ptrdiff_t>((i + 1) * m_), 0.0);
            };
            std::vector<double> sums;
            for (auto const i : order_) sums.push_back(sum(i));
            std::stable_sort(order_.begin(), order_.end(), [&](auto a, auto b) { return sums[a] < sums[b]; });
            for (auto const i : order_) sums_.push_back(sums[i]);
        }
        /// Of the vector at place p; of equal distances the lowest index.
        template <class B>
        auto operator()(B const &x, std::size_t p) const -> std::size_t {
            double sum = 0;
            auto const at = [&](std::size_t e) {
                auto const &info = x.info(bands_[e]);
                return static_cast<double>(x.data()[info.offset + p * info.stride.back()]);
            };
            for (std::size_t e = 0; e < m_; ++e) sum += at(e);
            auto up = static_cast<std::size_t>(std::lower_bound(sums_.begin(), sums_.end(), sum) - sums_.begin());
            auto down = up; // one beyond
            std::size_t best = order_.size();
            double least = std::numeric_limits<double>::max();
            auto const gap = [&](std::size_t place) {
                double const g = sums_[place] - sum;
                return g * g / static_cast<double>(m_) * (1 - 1e-9);
            };
            while (up < sums_.size() || down > 0) {
                bool const upwards = down == 0 || (up < sums_.size() && gap(up) <= gap(down - 1));
                auto const place = upwards ? up++ : --down;
                if (gap(place) > least) break;
                auto const i = order_[place];
                double distance = 0;
                for (std::size_t e = 0; e < m_ && distance <= least; ++e) {
                    double const d = at(e) - values_[i * m_ + e];
                    distance += d * d;
                }
                if (distance < least || (distance == least && i < best)) least = distance, best = i;
            }
            return best;
        }

    private:
        std::size_t m_;
        std::vector<double> values_, sums_; // of the entries; their sums, rising
        std::vector<std::size_t> order_, bands_;
    };
};

static_assert(quantizer_for<codebook<>, bands<std::int16_t, 2>> && plans_ahead<codebook<>> && stateful<codebook<>>);

} // namespace triptych::inline TRIPTYCH_ABI::quantizer
