// triptych/threads.hpp: the standard library's threads as workers of a codec.
//
//     auto const stream = codec.encode(picture, goal, framing::file, triptych::threads(4));
//
// Apart from the core, which links nothing. Jobs are handed out in order as threads become free. Where a thread can't be had, those there
// are do the jobs.
#pragma once

#include <atomic>
#include <cstddef>
#include <thread>
#include <vector>

#include <triptych/schedule/workers.hpp>
#include <triptych/version.hpp>

#if TRIPTYCH_EXCEPTIONS
#include <exception>
#endif

namespace triptych::inline TRIPTYCH_ABI {

namespace detail {
inline void run_on_threads(unsigned count, std::size_t jobs, workers::job f) {
    std::atomic<std::size_t> next{0};
#if TRIPTYCH_EXCEPTIONS
    // The failure of the first job that failed, whatever the order in which they ran.
    std::vector<std::exception_ptr> failures(jobs);
    auto const work = [&] {
        for (std::size_t i = next++; i < jobs; i = next++) {
            try {
                f(i);
            } catch (...) {
                failures[i] = std::current_exception();
            }
        }
    };
#else
    auto const work = [&] {
        for (std::size_t i = next++; i < jobs; i = next++) f(i);
    };
#endif
    std::vector<std::thread> others;
    for (unsigned i = 1; i < count && i < jobs; ++i) {
#if TRIPTYCH_EXCEPTIONS
        try {
            others.emplace_back(work);
        } catch (...) {
            break;
        }
#else
        others.emplace_back(work);
#endif
    }
    work();
    for (auto &t : others) t.join();
#if TRIPTYCH_EXCEPTIONS
    for (auto const &e : failures)
        if (e) std::rethrow_exception(e);
#endif
}
} // namespace detail

/// `n` threads, the calling one among them; 0 for as many as the machine has.
inline auto threads(unsigned n) -> workers {
    return {n != 0 ? n : std::thread::hardware_concurrency(), &detail::run_on_threads};
}

} // namespace triptych::inline TRIPTYCH_ABI
