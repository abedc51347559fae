// triptych/quality.hpp: how good, or how small, a result shall be, as users think of it, and what the panels get of it.
#pragma once

#include <cstdint>

#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI {

/// A quantisation step as streams hold it: unsigned, with 8 fractional bits, in units of the integer samples; 0 for no loss. A decoder knows
/// it before anything else of the payload, and hands it to whatever asks for it: inverses (filters), coders.
struct fixed_step {
    std::uint64_t q8 = 0;

    friend constexpr bool operator==(fixed_step const &, fixed_step const &) = default;
};

/// What quantizers and rate-aware transforms aim at.
struct target {
    /// Quantisation step in units of the samples, for an orthonormal transform (root mean square error is at most about
    /// step / sqrt(12)). Zero asks for no loss at all.
    float step = 0;
    /// Price of one bit, in units of step²: encoders minimise distortion + lambda · step² · bits. The default is the slope that worked
    /// best for level decisions over four bit rates on photographs.
    float lambda = 0.1F;
    /// How hard the encoder tries, 1 to 9; see `quality::effort`. Decoders do not know it.
    int effort = usual_effort;

    static constexpr int usual_effort = 5;
};

/// A goal for an encoder. Made by the functions below.
struct quality {
    enum class kind : std::uint8_t { scale, step, psnr, bits_per_pixel, max_error, exact };
    kind what = kind::scale;
    double value = 75;
    /// How hard the encoder tries, 1 (fastest) to 9 (smallest). What it changes is up to the panels; below 3 no symbol is decided by its rate.
    int effort = target::usual_effort;

    /// The same goal at another effort.
    constexpr auto at_effort(int e) const noexcept -> quality {
        auto q = *this;
        q.effort = e;
        return q;
    }
};

/// 0 (smallest) to 100 (best, but not lossless). Equal steps in this scale are equal ratios of the quantisation step, which is
/// 3 · 2^(7.5 · (100 - q) / 100) for 8-bit samples and in proportion to the peak of the picture (see `picture_view`) for others: 3 at 100, 11 at 75, 40 at 50, 543 at 0.
constexpr auto scale(double q) noexcept -> quality {
    return {quality::kind::scale, q, target::usual_effort};
}
/// A quantisation step, in units of the samples: what a rate-distortion curve is drawn with.
constexpr auto step(double s) noexcept -> quality {
    return {quality::kind::step, s, target::usual_effort};
}
/// Peak signal-to-noise ratio over all samples, in dB; met to within 0.1 dB. Where quality changes in jumps, the nearest is taken: in small
/// pictures, in pictures without noise, and where 8-bit samples are quantised in whole steps without a transform.
constexpr auto psnr(double dB) noexcept -> quality {
    return {quality::kind::psnr, dB, target::usual_effort};
}
/// Bits of the whole stream for each pixel (a sample of one component counts as the pixel); met to within 1 % where the codec can,
/// and else as near as it comes, see `psnr`.
constexpr auto bits_per_pixel(double b) noexcept -> quality {
    return {quality::kind::bits_per_pixel, b, target::usual_effort};
}
/// No sample shall differ by more than `e`, in units of the samples. Guaranteed, not aimed at.
constexpr auto max_error(double e) noexcept -> quality {
    return {quality::kind::max_error, e, target::usual_effort};
}
/// Not a bit is lost; needs a reversible transform and a quantizer that can be exact.
inline constexpr quality exact{quality::kind::exact, 0, target::usual_effort};

} // namespace triptych::inline TRIPTYCH_ABI
