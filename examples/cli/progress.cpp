#include "progress.hpp"

#include <cstdio>
#include <cstdlib>
#include <string_view>

#include <sys/ioctl.h>
#include <unistd.h>

namespace cli {

progress::progress(std::string what, std::size_t total) : what_(std::move(what)), total_(total) {
    char const *const terminal = std::getenv("TERM");
    if (!::isatty(2) || (terminal && std::string_view(terminal) == "dumb")) return;
    painter_ = std::thread([this] {
        auto const start = std::chrono::steady_clock::now();
        auto wait = std::chrono::milliseconds(1000);
        bool drawn = false;
        for (std::unique_lock lock(mutex_); !ended_.wait_for(lock, wait, [this] { return over_; });) {
            draw(std::chrono::steady_clock::now() - start);
            wait = std::chrono::milliseconds(100), drawn = true;
        }
        if (drawn) std::fputs("\r\x1b[K", stderr);
    });
}

progress::~progress() {
    if (!painter_.joinable()) return;
    {
        std::lock_guard const lock(mutex_);
        over_ = true;
    }
    ended_.notify_all();
    painter_.join();
}

void progress::draw(std::chrono::duration<double> passed) const {
    winsize window{};
    int const columns = ::ioctl(2, TIOCGWINSZ, &window) == 0 && window.ws_col > 0 ? window.ws_col : 80;
    if (total_ == 0) {
        std::fprintf(stderr, "\r\x1b[K%.*s %.1f s", std::max(columns - 12, 0), what_.c_str(), passed.count());
        return;
    }
    auto const done = done_.load(std::memory_order_relaxed);
    double const part = static_cast<double>(done) / static_cast<double>(total_);
    int const width = std::max(columns - static_cast<int>(what_.size()) - 34, 5);
    int const full = static_cast<int>(part * width);
    std::string bar(static_cast<std::size_t>(full), '#');
    bar.resize(static_cast<std::size_t>(width), '.');
    double const left = done ? passed.count() * (1 - part) / part : 0;
    std::fprintf(stderr, "\r\x1b[K%s [%s] %zu/%zu", what_.c_str(), bar.c_str(), done, total_);
    if (done) std::fprintf(stderr, ", %.0f s left", left);
}

} // namespace cli
