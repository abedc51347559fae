#include "measure.hpp"

#include <ctime>

#include <triptych/metric/error.hpp>
#include <triptych/metric/ssim.hpp>

namespace cli {
namespace {
template <class S, std::size_t R>
auto measured(any_picture const &a, any_picture const &b) -> scores {
    auto const view = [](any_picture const &p) {
        triptych::picture_view<S, R> v{
            std::get<std::vector<S>>(p.samples).data(), {}, p.components, static_cast<double>(p.white)};
        std::copy_n(p.shape.begin(), R, v.shape.begin());
        return v;
    };
    auto const x = view(a), y = view(b);
    namespace metric = triptych::metric;
    scores s{metric::mse(x, y), metric::mae(x, y), metric::max_error(x, y), metric::psnr(x, y), {}, {}, {}};
    if constexpr (R == 2) {
        auto const side = std::min(a.shape[0], a.shape[1]);
        if (a.components >= 3) s.psnr_y = metric::psnr_y(x, y);
        if (side >= 11) s.ssim = metric::ssim_y(x, y);
        if (side >= 176) s.ms_ssim = metric::ms_ssim_y(x, y);
    }
    return s;
}
} // namespace

auto measure(any_picture const &a, any_picture const &b) -> scores {
    return std::visit(
        [&]<class S>(std::vector<S> const &) {
            switch (a.rank()) {
            case 1:
                return measured<S, 1>(a, b);
            case 2:
                return measured<S, 2>(a, b);
            case 3:
                return measured<S, 3>(a, b);
            default:
                return measured<S, 4>(a, b);
            }
        },
        a.samples);
}

auto thread_seconds() -> double {
    timespec t{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return static_cast<double>(t.tv_sec) + 1e-9 * static_cast<double>(t.tv_nsec);
}

} // namespace cli
