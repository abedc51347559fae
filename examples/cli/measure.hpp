// measure.hpp: how far two pictures differ, by the library's metrics.
#pragma once

#include <optional>

#include "any_picture.hpp"

namespace cli {

struct scores {
    double mse = 0, mae = 0, max_error = 0;
    double psnr = 0;                     ///< over all samples, dB; infinite for equal pictures
    std::optional<double> psnr_y;        ///< of BT.601 luma; for three components or more
    std::optional<double> ssim, ms_ssim; ///< of luma (or gray) of pictures that are large enough
};

/// Both must be of the same kind. `a` is the original, which gives the peak.
auto measure(any_picture const &a, any_picture const &b) -> scores;

/// `b` with the colours of `a` where both alphas are 0, if `a` has alpha: there is nothing to be seen.
auto as_seen(any_picture const &a, any_picture b) -> any_picture;

/// The PSNR of `measure` alone.
auto psnr(any_picture const &a, any_picture const &b) -> double;

/// CPU time of the calling thread, in seconds: what a codec costs, however many run beside it.
auto thread_seconds() -> double;

} // namespace cli
