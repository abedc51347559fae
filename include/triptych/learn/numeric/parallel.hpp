// triptych/learn/numeric/parallel.hpp: work in parts whose number depends on the data alone, so that threads don't change results.
//
// Floating-point sums depend on their order. A learner cuts its data into parts by `part_count`, sums within each part, and adds
// the parts in their order; how many threads took them, and which, is then of no account.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <exception>
#include <thread>
#include <vector>

#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI::learn {

/// Parts for n things of which `least` are worth a part: 1 to 64.
constexpr auto part_count(std::size_t n, std::size_t least) noexcept -> std::size_t {
    return std::clamp<std::size_t>(n / std::max<std::size_t>(least, 1), 1, 64);
}
/// Where part p of `parts` begins; part `parts` begins at n. A multiple of `grain` except at the ends.
constexpr auto part_begin(std::size_t n, std::size_t parts, std::size_t p, std::size_t grain = 1) noexcept
    -> std::size_t {
    return p >= parts ? n : std::min(n, n / grain * p / parts * grain);
}

/// Calls f(p) once for each p below `parts`, in up to `threads` threads, the caller's among them. Of exceptions the one of the
/// lowest part is thrown on, when all threads have ended.
template <class F>
void for_parts(std::size_t parts, unsigned threads, F const &f) {
    if (threads <= 1 || parts <= 1) {
        for (std::size_t p = 0; p < parts; ++p) f(p);
        return;
    }
    std::atomic<std::size_t> next{0};
    std::vector<std::exception_ptr> failures(parts);
    auto const work = [&] {
        for (std::size_t p; (p = next.fetch_add(1)) < parts;) try {
                f(p);
            } catch (...) {
                failures[p] = std::current_exception();
            }
    };
    std::vector<std::thread> others;
    try {
        for (std::size_t t = 1; t < std::min<std::size_t>(threads, parts); ++t) others.emplace_back(work);
    } catch (...) {
        // The system gives no more threads: those that run do all the work.
    }
    work();
    for (auto &t : others) t.join();
    for (auto const &f_ : failures)
        if (f_) std::rethrow_exception(f_);
}

} // namespace triptych::inline TRIPTYCH_ABI::learn
