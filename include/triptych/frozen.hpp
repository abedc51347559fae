// triptych/frozen.hpp: an array of learned integers, and how kernels read one.
//
// Owned after training or loading, or borrowed from a generated header and then a literal type that copies nothing. The surprise: a header
// may keep 16-bit elements as text, which compilers read 17 times faster than a list of numbers, so the elements may lie
// there in another type.
#pragma once

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <span>
#include <utility>

#include <triptych/detail/memory.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI {

/// Extents of a learned array, at most four, slowest first.
struct dims {
    std::array<std::uint32_t, 4> extent{};
    std::uint32_t rank = 0;

    constexpr dims() = default;
    template <std::convertible_to<std::uint32_t>... E>
    requires(sizeof...(E) > 0 && sizeof...(E) <= 4) constexpr dims(E... e)
        : extent{static_cast<std::uint32_t>(e)...}, rank(sizeof...(E)) {}

    constexpr auto size() const noexcept -> std::uint64_t {
        std::uint64_t n = 1;
        for (std::uint32_t i = 0; i < rank; ++i) n *= extent[i];
        return n;
    }
    friend constexpr bool operator==(dims const &, dims const &) = default;
};

/// The types that learned arrays may have. The numbers are part of the format.
enum class element : std::uint8_t { int8 = 0, uint8 = 1, int16 = 2, uint16 = 3, int32 = 4 };

namespace detail {
template <class T>
struct element_of;
template <>
struct element_of<std::int8_t> {
    static constexpr auto value = element::int8;
};
template <>
struct element_of<std::uint8_t> {
    static constexpr auto value = element::uint8;
};
template <>
struct element_of<std::int16_t> {
    static constexpr auto value = element::int16;
};
template <>
struct element_of<std::uint16_t> {
    static constexpr auto value = element::uint16;
};
template <>
struct element_of<std::int32_t> {
    static constexpr auto value = element::int32;
};
} // namespace detail

/// A learned array of integers: owned after training or loading, or borrowed from a generated header, and then a
/// literal type that copies nothing. Immutable once made, and shared freely between threads.
///
/// A header may store 16-bit elements as a `char16_t` literal, which compilers read 17 times faster than a list of
/// numbers; reading such an array through another type would be undefined, so `operator[]` converts instead.
template <class T>
class frozen {
public:
    using value_type = T;

    constexpr frozen() = default;
    constexpr frozen(T const *values, triptych::dims shape)
        : values_(values), shape_(shape), home_(shape.rank != 0 && shape.size() != 0 ? home::values : home::nowhere) {}
    constexpr frozen(char16_t const *text, triptych::dims shape) requires(sizeof(T) == 2)
        : text_(text), shape_(shape), home_(shape.rank != 0 && shape.size() != 0 ? home::text : home::nowhere) {}
    /// Copies the values; empty if there are none or memory can't be had. `shape` has as many elements as there are values.
    static auto owned(std::span<T const> values, triptych::dims shape) -> frozen {
        frozen f;
        if (values.empty() || shape.rank == 0 || shape.size() != values.size()) return f;
        auto *const copy = static_cast<T *>(std::malloc(values.size_bytes()));
        if (!copy) return f;
        std::memcpy(copy, values.data(), values.size_bytes());
        f.values_ = copy, f.shape_ = shape, f.home_ = home::owned;
        return f;
    }

    constexpr frozen(frozen const &other) { *this = other; }
    constexpr frozen(frozen &&other) noexcept
        : values_(std::exchange(other.values_, nullptr)), text_(std::exchange(other.text_, nullptr)),
          shape_(std::exchange(other.shape_, {})), home_(std::exchange(other.home_, home::nowhere)) {}
    constexpr frozen &operator=(frozen const &other) {
        if (this == &other) return *this;
        if (other.home_ == home::owned) return *this = owned({other.values_, other.size()}, other.shape_);
        release();
        values_ = other.values_, text_ = other.text_, shape_ = other.shape_, home_ = other.home_;
        return *this;
    }
    constexpr frozen &operator=(frozen &&other) noexcept {
        std::swap(values_, other.values_), std::swap(text_, other.text_), std::swap(shape_, other.shape_);
        std::swap(home_, other.home_);
        return *this;
    }
    constexpr ~frozen() { release(); }

    constexpr auto shape() const noexcept -> triptych::dims const & { return shape_; }
    constexpr auto size() const noexcept -> std::size_t {
        return empty() ? 0 : static_cast<std::size_t>(shape_.size());
    }
    constexpr auto empty() const noexcept -> bool { return home_ == home::nowhere; }
    constexpr auto operator[](std::size_t i) const noexcept -> T {
        return home_ == home::text ? static_cast<T>(text_[i]) : values_[i];
    }
    /// Contiguous values, or null if they are stored as text: kernels read through `detail::elements` or `detail::loaded`.
    constexpr auto data() const noexcept -> T const * { return values_; }
    /// The values as text, or null; their bits are those of the elements.
    constexpr auto text() const noexcept -> char16_t const * { return text_; }

private:
    // A flag, because g++ under -fsanitize=undefined can't compare the address of a header's array with null in a constant.
    enum class home : std::uint8_t { nowhere, values, text, owned };

    constexpr void release() noexcept {
        if (home_ == home::owned) std::free(const_cast<T *>(values_));
        values_ = nullptr, text_ = nullptr, shape_ = {}, home_ = home::nowhere;
    }

    T const *values_ = nullptr;
    char16_t const *text_ = nullptr;
    triptych::dims shape_{};
    home home_ = home::nowhere;
};

namespace detail {
/// Where the values of an array lie, for kernels that copy nothing: `read(f)` calls f with a pointer to T, or to char16_t, whose values
/// are the bits of a T.
template <class T>
class elements {
public:
    elements() = default;
    explicit elements(T const *values) noexcept : values_(values) {}
    /// From element `first` on.
    explicit elements(frozen<T> const &array, std::size_t first = 0) noexcept
        : values_(array.data() ? array.data() + first : nullptr), text_(array.text() ? array.text() + first : nullptr) {
    }
    template <class F>
    void read(F &&f) const {
        if (values_)
            f(values_);
        else if (text_)
            f(text_);
    }

private:
    T const *values_ = nullptr;
    char16_t const *text_ = nullptr;
};

/// The values of an array as a loop wants them, contiguous and of their type: its own, or a copy of a header's text.
template <class T>
class loaded {
public:
    loaded() = default;
    explicit loaded(frozen<T> const &array) : values_(array.data()), copy_(array.text() ? array.size() : 0) {
        if (!array.text()) return;
        values_ = copy_.data();
        for (std::size_t i = 0; i < copy_.size(); ++i) copy_[i] = static_cast<T>(array.text()[i]);
    }
    auto ok() const noexcept -> bool { return copy_.ok(); } ///< false without memory
    auto data() const noexcept -> T const * { return values_; }
    auto operator[](std::size_t i) const noexcept -> T { return values_[i]; }

private:
    T const *values_ = nullptr;
    buffer<T> copy_;
};
} // namespace detail

} // namespace triptych::inline TRIPTYCH_ABI
