// progress.hpp: a bar on standard error for what takes more than a second, if that is a terminal; nothing otherwise.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>

namespace cli {

/// Draws from a thread of its own until it is destroyed. With a `total` of 0 it shows the time that has passed instead of a bar.
class progress {
public:
    explicit progress(std::string what, std::size_t total = 0);
    progress(progress const &) = delete;
    auto operator=(progress const &) -> progress & = delete;
    ~progress();

    /// One of `total` is done; may be called from any thread.
    void advance() { done_.fetch_add(1, std::memory_order_relaxed); }

private:
    void draw(std::chrono::duration<double> passed) const;

    std::string what_;
    std::size_t total_;
    std::atomic<std::size_t> done_{0};
    std::mutex mutex_;
    std::condition_variable ended_;
    bool over_ = false;
    std::thread painter_;
};

} // namespace cli
