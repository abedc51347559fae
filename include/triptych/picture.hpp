// triptych/picture.hpp: what goes into a codec and what comes out of it: samples with extents, without xtensor.
//
// Samples lie row-major, the components of a sample side by side (h × w × c for a picture). `xtensor.hpp` makes views of
// xtensor containers and expressions, and the other way round.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include <triptych/bands.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI {

/// The sample types that streams know. The numbers are part of the format.
enum class sample_type : std::uint8_t { uint8 = 0, uint16 = 1, int16 = 2, int32 = 3, float32 = 4 };

namespace detail {
template <class S>
struct sample_type_of;
template <>
struct sample_type_of<std::uint8_t> {
    static constexpr auto value = sample_type::uint8;
};
template <>
struct sample_type_of<std::uint16_t> {
    static constexpr auto value = sample_type::uint16;
};
template <>
struct sample_type_of<std::int16_t> {
    static constexpr auto value = sample_type::int16;
};
template <>
struct sample_type_of<std::int32_t> {
    static constexpr auto value = sample_type::int32;
};
template <>
struct sample_type_of<float> {
    static constexpr auto value = sample_type::float32;
};
/// Bytes of a sample.
constexpr auto bytes_of(sample_type type) noexcept -> std::size_t {
    return type == sample_type::uint8 ? 1 : type == sample_type::uint16 || type == sample_type::int16 ? 2 : 4;
}
} // namespace detail

/// uint8, uint16, int16, int32 or float.
template <class S>
concept sample = requires {
    detail::sample_type_of<S>::value;
};

/// Borrowed samples: `volume(shape) * components` of them, row-major, components side by side.
template <sample S, std::size_t R>
struct picture_view {
    S const *data = nullptr;
    extents<R> shape{};
    std::size_t components = 1;
    /// The largest signal there may be, 1023 for 10 bits in 16: what `scale` and `psnr` go by. 0: 255 and 65535 for 8 and 16 bits, the range
    /// of the finite values for all others. No stream keeps it.
    double peak = 0;

    auto size() const noexcept -> std::size_t { return static_cast<std::size_t>(volume(shape)) * components; }
};

/// Owned samples, as a decoder returns them. Move-only; `view()` lends them.
template <sample S, std::size_t R>
class picture {
public:
    using value_type = S;
    static constexpr std::size_t rank = R;

    picture() = default;
    /// Uninitialised. The caller has checked that the product of the extents fits; see `ok()`.
    picture(extents<R> const &shape, std::size_t components)
        : samples_(static_cast<std::size_t>(volume(shape)) * components), shape_(shape), components_(components) {}

    auto ok() const noexcept -> bool { return samples_.ok(); }
    auto shape() const noexcept -> extents<R> const & { return shape_; }
    auto components() const noexcept -> std::size_t { return components_; }
    auto size() const noexcept -> std::size_t { return samples_.size(); }
    auto data() noexcept -> S * { return samples_.data(); }
    auto data() const noexcept -> S const * { return samples_.data(); }
    auto samples() const noexcept -> std::span<S const> { return {samples_.data(), samples_.size()}; }
    auto view() const noexcept -> picture_view<S, R> { return {samples_.data(), shape_, components_}; }

private:
    detail::buffer<S> samples_;
    extents<R> shape_{};
    std::size_t components_ = 1;
};

/// Makes a `picture_view` of what a user has; specialised for xtensor in `xtensor.hpp`. A specialisation is made from `X const &`, holds
/// what it has to hold and offers `view()`.
template <class X>
struct picture_source {
    static_assert(sizeof(X) == 0, "this is no picture: lend samples as picture_view<S, R>{data, shape, components}; "
                                  "containers of xtensor need <triptych/xtensor.hpp>");
};
template <sample S, std::size_t R>
struct picture_source<picture_view<S, R>> {
    picture_view<S, R> x;
    auto view() const noexcept { return x; }
};
template <sample S, std::size_t R>
struct picture_source<picture<S, R>> {
    picture<S, R> const &x;
    auto view() const noexcept { return x.view(); }
};

} // namespace triptych::inline TRIPTYCH_ABI
