#include "measure.hpp"

#include <algorithm>
#include <ctime>

#include <triptych/metric/error.hpp>
#include <triptych/metric/ssim.hpp>

namespace cli {
namespace {
template <class S, std::size_t R>
auto view_of(any_picture const &p) -> triptych::picture_view<S, R> {
    triptych::picture_view<S, R> v{
        std::get<std::vector<S>>(p.samples).data(), {}, p.components, static_cast<double>(p.white)};
    std::copy_n(p.shape.begin(), R, v.shape.begin());
    return v;
}
/// f(view of a, view of b), for pictures of one kind.
template <class F>
auto with_views(any_picture const &a, any_picture const &b, F const &f) {
    return std::visit(
        [&]<class S>(std::vector<S> const &) {
            switch (a.rank()) {
            case 1:
                return f(view_of<S, 1>(a), view_of<S, 1>(b));
            case 2:
                return f(view_of<S, 2>(a), view_of<S, 2>(b));
            case 3:
                return f(view_of<S, 3>(a), view_of<S, 3>(b));
            default:
                return f(view_of<S, 4>(a), view_of<S, 4>(b));
            }
        },
        a.samples);
}
} // namespace

auto measure(any_picture const &a, any_picture const &b) -> scores {
    namespace metric = triptych::metric;
    return with_views(a, b, [&]<class S, std::size_t R>(triptych::picture_view<S, R> const &x, auto const &y) {
        scores s{metric::mse(x, y), metric::mae(x, y), metric::max_error(x, y), metric::psnr(x, y), {}, {}, {}};
        if constexpr (R == 2) {
            auto const side = std::min(a.shape[0], a.shape[1]);
            if (a.components >= 3) s.psnr_y = metric::psnr_y(x, y);
            if (side >= 11) s.ssim = metric::ssim_y(x, y);
            if (side >= 176) s.ms_ssim = metric::ms_ssim_y(x, y);
        }
        return s;
    });
}

auto as_seen(any_picture const &a, any_picture b) -> any_picture {
    if (!a.alpha || !a.same_kind(b)) return b;
    std::visit(
        [&]<class V>(V &y) {
            auto const &x = std::get<V>(a.samples);
            auto const n = a.components;
            for (std::size_t i = n - 1; i < x.size(); i += n)
                if (x[i] == 0 && y[i] == 0) std::copy_n(&x[i - (n - 1)], n, &y[i - (n - 1)]);
        },
        b.samples);
    return b;
}

auto psnr(any_picture const &a, any_picture const &b) -> double {
    return with_views(a, b, [](auto const &x, auto const &y) { return triptych::metric::psnr(x, y); });
}

auto thread_seconds() -> double {
    timespec t{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return static_cast<double>(t.tv_sec) + 1e-9 * static_cast<double>(t.tv_nsec);
}

} // namespace cli
