// triptych/detail/memory.hpp: owned memory that reports failure instead of throwing.
//
// The decode core must build with -fno-exceptions and must survive a header that asks for more than there is. So its
// arrays come from malloc, a failed allocation leaves an empty object that says so, and nothing here throws. `buffer`
// is uninitialised on purpose: fresh pages are the dearest part of handling a large picture.
//
// With TRIPTYCH_COUNT_ALLOCATIONS, which conformance.hpp sets, a meter counts what each thread holds and can let an allocation
// fail, so that tests see what a decoder asks for and what it does when it gets nothing.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <new>
#include <type_traits>
#include <utility>

#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI::detail {

#if defined(TRIPTYCH_COUNT_ALLOCATIONS)
/// Bytes that the arrays of a thread hold, and held at most since `peak` was last set.
struct allocation_meter {
    std::int64_t held = 0, peak = 0;
    std::int64_t fail_in = -1; ///< so many allocations succeed, and all after them fail; negative: none fails

    /// Counts `more` bytes; false if the allocation shall fail.
    auto grant(std::size_t more) noexcept -> bool {
        if (fail_in == 0) return false;
        if (fail_in > 0) --fail_in;
        held += static_cast<std::int64_t>(more);
        if (held > peak) peak = held;
        return true;
    }
    void give_back(std::size_t bytes) noexcept { held -= static_cast<std::int64_t>(bytes); }
};
inline thread_local allocation_meter meter;
#endif

/// malloc and free, or their counted twins; the caller knows how much it holds.
inline auto allocate(std::size_t bytes) noexcept -> void * {
#if defined(TRIPTYCH_COUNT_ALLOCATIONS)
    if (!meter.grant(bytes)) return nullptr;
#endif
    return std::malloc(bytes);
}
inline auto reallocate(void *p, [[maybe_unused]] std::size_t held, std::size_t bytes) noexcept -> void * {
#if defined(TRIPTYCH_COUNT_ALLOCATIONS)
    if (!meter.grant(bytes)) return nullptr;
    meter.give_back(held);
#endif
    return std::realloc(p, bytes);
}
inline void release(void *p, [[maybe_unused]] std::size_t bytes) noexcept {
#if defined(TRIPTYCH_COUNT_ALLOCATIONS)
    meter.give_back(bytes);
#endif
    std::free(p);
}

/// A fixed-length array of trivially copyable `T`, uninitialised, owned, move-only.
/// A failed allocation gives `ok() == false` and size 0; length zero is ok and allocates nothing.
template <class T>
requires std::is_trivially_copyable_v<T>
class buffer {
public:
    buffer() = default;
    explicit buffer(std::size_t n) noexcept : size_(n) {
        if (n == 0) return;
        if (n <= std::numeric_limits<std::ptrdiff_t>::max() / sizeof(T))
            data_ = static_cast<T *>(allocate(n * sizeof(T)));
        if (!data_) size_ = 0, ok_ = false;
    }
    /// The first few by assignment and the rest copied from them: models fill megabytes for each picture, however small.
    buffer(std::size_t n, T const &fill) noexcept : buffer(n) {
        auto const head = std::min<std::size_t>(size_, 1 + 4096 / sizeof(T));
        for (std::size_t i = 0; i < head; ++i) data_[i] = fill;
        for (auto i = head; i < size_; i += head) std::memcpy(data_ + i, data_, std::min(head, size_ - i) * sizeof(T));
    }
    buffer(buffer &&other) noexcept
        : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)), ok_(other.ok_) {}
    buffer &operator=(buffer &&other) noexcept {
        std::swap(data_, other.data_), std::swap(size_, other.size_), std::swap(ok_, other.ok_);
        return *this;
    }
    ~buffer() { release(data_, size_ * sizeof(T)); }

    auto ok() const noexcept -> bool { return ok_; }
    auto size() const noexcept -> std::size_t { return size_; }
    auto data() noexcept -> T * { return data_; }
    auto data() const noexcept -> T const * { return data_; }
    auto begin() noexcept -> T * { return data_; }
    auto begin() const noexcept -> T const * { return data_; }
    auto end() noexcept -> T * { return data_ + size_; }
    auto end() const noexcept -> T const * { return data_ + size_; }
    auto operator[](std::size_t i) noexcept -> T & { return data_[i]; }
    auto operator[](std::size_t i) const noexcept -> T const & { return data_[i]; }

    auto clone() const noexcept -> buffer {
        buffer copy(size_);
        copy.ok_ = copy.ok_ && ok_;
        if (copy.size_ != 0) std::memcpy(copy.data_, data_, size_ * sizeof(T));
        return copy;
    }

private:
    T *data_ = nullptr;
    std::size_t size_ = 0;
    bool ok_ = true;
};

/// A growing list of trivially copyable `T`. When memory runs out `ok()` turns false and stays so.
template <class T>
requires std::is_trivially_copyable_v<T>
class list {
public:
    list() = default;
    list(list &&other) noexcept
        : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)),
          capacity_(std::exchange(other.capacity_, 0)), ok_(other.ok_) {}
    list(list const &other) noexcept : ok_(other.ok_) {
        if (other.size_ == 0 || !reserve(other.size_)) return;
        std::memcpy(static_cast<void *>(data_), other.data_, other.size_ * sizeof(T));
        size_ = other.size_;
    }
    list &operator=(list other) noexcept {
        std::swap(data_, other.data_), std::swap(size_, other.size_), std::swap(capacity_, other.capacity_);
        std::swap(ok_, other.ok_);
        return *this;
    }
    ~list() { release(data_, capacity_ * sizeof(T)); }

    auto ok() const noexcept -> bool { return ok_; }
    auto size() const noexcept -> std::size_t { return size_; }
    auto empty() const noexcept -> bool { return size_ == 0; }
    auto data() const noexcept -> T const * { return data_; }
    auto begin() noexcept -> T * { return data_; }
    auto begin() const noexcept -> T const * { return data_; }
    auto end() noexcept -> T * { return data_ + size_; }
    auto end() const noexcept -> T const * { return data_ + size_; }
    auto operator[](std::size_t i) noexcept -> T & { return data_[i]; }
    auto operator[](std::size_t i) const noexcept -> T const & { return data_[i]; }

    void push_back(T const &v) noexcept {
        if (size_ == capacity_ && !reserve(capacity_ ? 2 * capacity_ : 8)) return;
        ::new (static_cast<void *>(data_ + size_)) T(v);
        ++size_;
    }
    /// Room for `n` more, and then as much as many small steps need.
    auto extend(std::size_t n) noexcept -> bool {
        return n <= capacity_ - size_ ? ok_ : reserve(std::max(size_ + n, 2 * capacity_));
    }
    auto reserve(std::size_t n) noexcept -> bool {
        if (n <= capacity_) return ok_;
        void *const grown = n <= std::numeric_limits<std::ptrdiff_t>::max() / sizeof(T)
                                ? reallocate(static_cast<void *>(data_), capacity_ * sizeof(T), n * sizeof(T))
                                : nullptr;
        if (!grown) return ok_ = false;
        data_ = static_cast<T *>(grown), capacity_ = n;
        return ok_;
    }

private:
    T *data_ = nullptr;
    std::size_t size_ = 0, capacity_ = 0;
    bool ok_ = true;
};

} // namespace triptych::inline TRIPTYCH_ABI::detail
