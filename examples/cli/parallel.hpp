// parallel.hpp: work on many pictures at once.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

namespace cli {

/// Calls work(i) for all i below n, from `threads` threads; the first exception ends it and is thrown again.
template <class Work>
void in_parallel(std::size_t n, unsigned threads, Work const &work) {
    std::atomic<std::size_t> next{0};
    std::exception_ptr failure;
    std::mutex mutex;
    auto const loop = [&] {
        for (std::size_t i; (i = next.fetch_add(1)) < n;) try {
                work(i);
            } catch (...) {
                std::lock_guard const lock(mutex);
                if (!failure) failure = std::current_exception();
                next.store(n);
            }
    };
    std::vector<std::thread> others;
    for (std::size_t t = 1; t < std::min<std::size_t>(threads, n); ++t) others.emplace_back(loop);
    loop();
    for (auto &t : others) t.join();
    if (failure) std::rethrow_exception(failure);
}

} // namespace cli
