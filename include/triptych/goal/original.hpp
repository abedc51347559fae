// triptych/goal/original.hpp: the picture that a goal is for, as a search sees it: what is asked about its samples, whatever their type.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <type_traits>

#include <triptych/goal/fidelity.hpp>
#include <triptych/picture.hpp>
#include <triptych/schedule/samples.hpp>
#include <triptych/schedule/verbatim.hpp>
#include <triptych/stream/writer.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI::detail {

/// Borrows the samples. `decoded` are others, of the same type and number.
class original {
public:
    original(original const &) = delete;
    original &operator=(original const &) = delete;

    sample_type const type;
    std::size_t const size;     ///< samples of all components
    std::uint64_t const pixels; ///< samples of one
    double const given_peak;    ///< what the view says; 0: nothing

    virtual auto samples() const noexcept -> void const * = 0;
    virtual auto peak() const noexcept -> double = 0;
    virtual auto map(bool exactly, double bound) const -> sample_map = 0;
    virtual auto psnr(void const *decoded, double peak) const noexcept -> double = 0;
    virtual auto all_within(void const *decoded, double bound) const noexcept -> bool = 0;
    /// Of floats: lists those that would miss the bound, and puts them into the decoded ones.
    virtual void list_verbatim(sample_map const &map, void *decoded, double bound, byte_writer &w) const = 0;

protected:
    original(sample_type t, std::size_t n, std::uint64_t p, double peak) : type(t), size(n), pixels(p), given_peak(peak) {}
    ~original() = default;
};

template <sample S>
class original_of final : public original {
public:
    template <std::size_t R>
    explicit original_of(picture_view<S, R> const &v)
        : original(sample_type_of<S>::value, v.size(), volume(v.shape), v.peak), samples_(v.data) {}

    auto samples() const noexcept -> void const * override { return samples_; }
    auto peak() const noexcept -> double override { return peak_of(samples_, size, given_peak); }
    auto map(bool exactly, double bound) const -> sample_map override {
        return choose_map(samples_, size, exactly, bound);
    }
    auto psnr(void const *decoded, double peak) const noexcept -> double override {
        return psnr_of(samples_, static_cast<S const *>(decoded), size, peak);
    }
    auto all_within(void const *decoded, double bound) const noexcept -> bool override {
        return std::equal(samples_, samples_ + size, static_cast<S const *>(decoded),
                          [bound](S was, S is) { return within(was, is, bound); });
    }
    void list_verbatim([[maybe_unused]] sample_map const &map, [[maybe_unused]] void *decoded,
                       [[maybe_unused]] double bound, [[maybe_unused]] byte_writer &w) const override {
        if constexpr (std::is_same_v<S, float>)
            write_verbatim(samples_, size, map, static_cast<float *>(decoded), bound, w);
    }

private:
    S const *samples_;
};

} // namespace triptych::inline TRIPTYCH_ABI::detail
