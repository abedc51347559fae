// triptych/bands.hpp: the one data type that flows through a codec.
//
// A picture enters as bands, one per component, and stays bands until the coder. A *band* is an array of rank R; a
// *layout* is all that is known about bands without their values; `bands<T, R>` is a layout and one uninitialised
// buffer, passed by value, so that a stage which works in place only relabels.
//
// The buffer is a sequence of *groups*. The bands of a group have one shape and lie interleaved: sample p (row-major) of
// the k-th of n bands is element p * n + k of the group. A plane is a group of one. So a block transform writes block
// after block and hands out strided bands, and a coder that walks a group linearly walks memory linearly.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <type_traits>

#include <triptych/detail/memory.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI {

template <std::size_t R>
using extents = std::array<std::size_t, R>;

/// Number of samples; saturates at the largest std::uint64_t instead of wrapping.
template <std::size_t R>
constexpr auto volume(extents<R> const &shape) noexcept -> std::uint64_t {
    std::uint64_t v = 1;
    for (auto const e : shape)
        if (e == 0) return 0;
    for (auto const e : shape) {
        if (v > std::numeric_limits<std::uint64_t>::max() / e) return std::numeric_limits<std::uint64_t>::max();
        v *= e;
    }
    return v;
}

/// Row-major strides of an array whose neighbouring samples lie `unit` elements apart.
template <std::size_t R>
constexpr auto row_major(extents<R> const &shape, std::size_t unit = 1) noexcept -> extents<R> {
    extents<R> stride{};
    for (std::size_t axis = R; axis-- > 0; unit *= shape[axis]) stride[axis] = unit;
    return stride;
}

/// What a band holds: coefficients of the signal, which quantizers may change, or side information (modes, sizes,
/// filters), which they must leave alone.
enum class role : std::uint8_t { signal, side };

/// Where a band belongs: component of the picture, level of a pyramid (0 is the finest), index within the level.
struct place {
    std::uint16_t component = 0;
    std::uint8_t level = 0;
    role kind = role::signal;
    std::uint32_t index = 0;

    friend constexpr bool operator==(place const &, place const &) = default;
};

/// All that is known of a band without its values.
template <std::size_t R>
struct band_info {
    extents<R> shape{};       ///< extents in samples, slowest axis first
    extents<R> stride{};      ///< distance of neighbours along each axis, in elements of the buffer
    std::size_t offset = 0;   ///< of the first sample, in elements of the buffer
    place at{};               ///<
    std::int8_t frac = 0;     ///< a value v stands for v / 2^frac
    std::uint8_t bits = 0;    ///< signed width of the stored integers: values lie in [-2^(bits-1), 2^(bits-1))
    std::uint16_t gain = 256; ///< L2 norm of the synthesis function of one coefficient, times 256

    friend constexpr bool operator==(band_info const &, band_info const &) = default;
};

/// Bands [first, first + count) lie interleaved from element `offset` on, `samples` samples each.
struct band_group {
    std::size_t first = 0, count = 0, offset = 0, samples = 0;

    friend constexpr bool operator==(band_group const &, band_group const &) = default;
};

/// The bands of a picture, without their values. Made by a transform's or a quantizer's `arrange` from extents alone.
///
/// A layout that can't be represented (more than `max_bands` bands, more elements than memory can address, no memory
/// for the list) is not `ok()`; it has no bands then, and a decoder reports `errc::limit`.
template <std::size_t R>
class layout {
public:
    static constexpr std::size_t rank = R;
    static constexpr std::size_t max_bands = std::size_t{1} << 18;

    auto ok() const noexcept -> bool { return ok_ && list_.ok() && groups_.ok(); }
    auto count() const noexcept -> std::size_t { return list_.size(); } ///< number of bands
    auto size() const noexcept -> std::size_t { return size_; }         ///< elements of the buffer
    auto operator[](std::size_t b) const noexcept -> band_info<R> const & { return list_[b]; }
    auto begin() const noexcept { return list_.begin(); }
    auto end() const noexcept { return list_.end(); }
    auto groups() const noexcept -> detail::list<band_group> const & { return groups_; }

    /// Appends a band that lies by itself, contiguous and row-major. `like` gives place, frac, bits and gain.
    void add(extents<R> const &shape, band_info<R> const &like) {
        // A copy, for `like` may be one of these bands, and the list may move.
        add_group(shape, 1, [like](std::size_t) -> band_info<R> const & { return like; });
    }

    /// Appends `n` interleaved bands of one shape; `info(k)` gives place, frac, bits and gain of the k-th.
    template <class Info>
    void add_group(extents<R> const &shape, std::size_t n, Info &&info) {
        auto const samples = volume(shape);
        constexpr auto most = static_cast<std::uint64_t>(std::numeric_limits<std::ptrdiff_t>::max()) / 8;
        if (!ok() || n > max_bands - count() || (n != 0 && samples > (most - size_) / n)) return fail();
        groups_.push_back({count(), n, size_, static_cast<std::size_t>(samples)});
        if (!list_.extend(n)) return fail();
        auto const stride = row_major(shape, n);
        for (std::size_t k = 0; k < n; ++k) {
            band_info<R> b = info(k);
            b.shape = shape, b.stride = stride, b.offset = size_ + k;
            list_.push_back(b);
        }
        size_ += n * static_cast<std::size_t>(samples);
        if (!list_.ok() || !groups_.ok()) fail();
    }

    /// Changes place, frac, bits or gain of a band; where it lies can't be changed. A band that there is not (a copy of a layout
    /// has none when memory ran out) stays so.
    template <class Change>
    void relabel(std::size_t b, Change &&change) {
        if (b >= count()) return;
        auto &info = list_[b];
        band_info<R> edited = info;
        change(edited);
        info.at = edited.at, info.frac = edited.frac, info.bits = edited.bits, info.gain = edited.gain;
    }

    void fail() noexcept { *this = layout(), ok_ = false; }

    friend bool operator==(layout const &a, layout const &b) noexcept {
        if (a.size_ != b.size_ || a.count() != b.count() || a.groups_.size() != b.groups_.size()) return false;
        for (std::size_t i = 0; i < a.count(); ++i)
            if (!(a[i] == b[i])) return false;
        for (std::size_t i = 0; i < a.groups_.size(); ++i)
            if (!(a.groups_[i] == b.groups_[i])) return false;
        return true;
    }

private:
    detail::list<band_info<R>> list_;
    detail::list<band_group> groups_;
    std::size_t size_ = 0;
    bool ok_ = true;
};

/// Signed width, in bits, of the symbols of a band: `info.bits`, or all of T where that says nothing (0, or more than T has).
template <class T, std::size_t R>
constexpr auto width_of(band_info<R> const &info) noexcept -> unsigned {
    constexpr unsigned all = 8 * sizeof(T);
    return info.bits == 0 || info.bits > all ? all : info.bits;
}

/// The lowest `width` bits of v as a signed number, 1 <= width <= 32: what keeps decoded symbols inside their band's width.
constexpr auto sign_extend(std::uint32_t v, unsigned width) noexcept -> std::int32_t {
    return static_cast<std::int32_t>(v << (32 - width)) >> (32 - width);
}

/// A strided view of one band; cheap to copy, owns nothing.
template <class T, std::size_t R>
class band_view {
public:
    using value_type = T;
    constexpr band_view(T *first, band_info<R> const &info) noexcept
        : data_(first ? first + info.offset : nullptr), shape_(info.shape), stride_(info.stride) {}

    constexpr auto data() const noexcept -> T * { return data_; }
    constexpr auto shape() const noexcept -> extents<R> const & { return shape_; }
    constexpr auto stride() const noexcept -> extents<R> const & { return stride_; }
    constexpr auto size() const noexcept -> std::size_t { return static_cast<std::size_t>(volume(shape_)); }

    template <class... I>
    requires(sizeof...(I) == R) constexpr auto operator()(I... at) const noexcept -> T & {
        std::size_t axis = 0, p = 0;
        ((p += static_cast<std::size_t>(at) * stride_[axis++]), ...);
        return data_[p];
    }

private:
    T *data_;
    extents<R> shape_, stride_;
};

/// A layout and the values. Move-only (`clone()` copies); `T` is std::int16_t or std::int32_t inside a codec.
/// When memory can't be had, or the layout is not ok, the object is not `ok()` and has no bands.
template <class T, std::size_t R>
class bands {
public:
    using value_type = T;
    static constexpr std::size_t rank = R;

    bands() = default;
    /// Uninitialised values.
    explicit bands(triptych::layout<R> where) : layout_(std::move(where)), values_(layout_.ok() ? layout_.size() : 0) {
        if (!values_.ok()) layout_.fail();
    }
    bands(triptych::layout<R> where, T const &fill) : bands(std::move(where)) {
        for (auto &v : values_) v = fill;
    }

    auto ok() const noexcept -> bool { return layout_.ok(); }
    auto layout() const noexcept -> triptych::layout<R> const & { return layout_; }
    auto count() const noexcept -> std::size_t { return layout_.count(); }
    auto size() const noexcept -> std::size_t { return layout_.size(); }
    auto info(std::size_t b) const noexcept -> band_info<R> const & { return layout_[b]; }
    auto data() noexcept -> T * { return values_.data(); }
    auto data() const noexcept -> T const * { return values_.data(); }
    auto operator[](std::size_t b) noexcept -> band_view<T, R> { return {values_.data(), layout_[b]}; }
    auto operator[](std::size_t b) const noexcept -> band_view<T const, R> { return {values_.data(), layout_[b]}; }

    /// Gives the same values another layout of the same size; any other size makes the bands not ok.
    auto relabel(triptych::layout<R> where) && -> bands {
        if (where.size() != layout_.size()) where.fail();
        layout_ = std::move(where);
        return std::move(*this);
    }
    auto clone() const -> bands {
        bands copy;
        copy.layout_ = layout_, copy.values_ = values_.clone();
        if (!copy.values_.ok()) copy.layout_.fail();
        return copy;
    }

private:
    triptych::layout<R> layout_;
    detail::buffer<T> values_;
};

/// Calls `f(element of the buffer, band, value)` for each value, in buffer order; what f returns, if anything, replaces the value.
template <class B, class F>
void for_each_value(B &x, F &&f) {
    auto *const data = x.data();
    auto const visit = [&](std::size_t at, std::size_t b) {
        if constexpr (std::is_void_v<decltype(f(at, b, data[at]))>)
            f(at, b, data[at]);
        else
            data[at] = f(at, b, data[at]);
    };
    for (auto const &g : x.layout().groups()) {
        auto at = g.offset;
        for (std::size_t p = 0; p < g.samples; ++p)
            for (std::size_t k = 0; k < g.count; ++k, ++at) visit(at, g.first + k);
    }
}

} // namespace triptych::inline TRIPTYCH_ABI
