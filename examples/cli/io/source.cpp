#include "io/source.hpp"

#include <cstring>

#include <fcntl.h>
#include <sys/stat.h>

namespace cli {

byte_source::byte_source(std::string const &path)
    : name_(input_name(path)), file_(path == "-" ? 0 : ::open(path.c_str(), O_RDONLY | O_CLOEXEC)) {
    if (file_.get() < 0) trouble(name_, "cannot open");
    struct stat about {};
    if (::fstat(file_.get(), &about) != 0) trouble(name_, "cannot read");
    if (S_ISDIR(about.st_mode)) trouble(name_, "cannot read", EISDIR);
    // Files of /proc are regular and say that they are empty.
    if (S_ISREG(about.st_mode) && about.st_size > 0 && path != "-") size_ = static_cast<std::uint64_t>(about.st_size);
}

byte_source::byte_source(std::span<std::byte const> content) : window_(content), size_(content.size()), ended_(true) {}

auto byte_source::read_some(std::byte *to, std::size_t n) -> std::size_t {
    n = static_cast<std::size_t>(
        std::min<std::uint64_t>({n, std::uint64_t{1} << 30, most_ - std::min(most_, taken_ + window_.size())}));
    for (;;) {
        auto const got = n == 0 ? 0 : ::read(file_.get(), to, n);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) trouble(name_, "cannot read");
        ended_ = got == 0;
        return static_cast<std::size_t>(got);
    }
}

void byte_source::fill(std::size_t n) {
    auto const held = window_.size();
    if (buffer_.size() < std::max<std::size_t>(n, 65536)) {
        bytes larger(std::max<std::size_t>(n, 65536));
        std::ranges::copy(window_, larger.begin());
        buffer_.swap(larger);
    } else if (held != 0) {
        std::memmove(buffer_.data(), window_.data(), held);
    }
    auto filled = held;
    window_ = std::span(buffer_).first(filled);
    while (filled < n && !ended_) {
        filled += read_some(buffer_.data() + filled, buffer_.size() - filled);
        window_ = std::span(buffer_).first(filled);
    }
}

auto byte_source::read(std::span<std::byte> out) -> std::size_t {
    auto done = std::min(out.size(), window_.size());
    std::ranges::copy(window_.first(done), out.begin());
    skip(done);
    while (done < out.size() && !ended_) {
        // Large reads go past the window.
        if (out.size() - done < 65536) {
            auto const part = ahead(out.size() - done);
            std::ranges::copy(part, out.begin() + static_cast<std::ptrdiff_t>(done));
            done += part.size(), skip(part.size());
        } else {
            auto const n = read_some(out.data() + done, out.size() - done);
            done += n, taken_ += n;
        }
    }
    return done;
}

auto byte_source::rest(std::uint64_t most) -> bytes {
    bytes all(static_cast<std::size_t>(std::min(most, left().value_or(65536))));
    std::size_t filled = 0;
    for (;;) {
        filled += read(std::span(all).subspan(filled));
        if (filled < all.size() || filled >= most) break;
        if (ahead(1).empty()) break;
        all.resize(
            static_cast<std::size_t>(std::min<std::uint64_t>(most, std::max<std::size_t>(all.size(), 32768) * 2)));
    }
    all.resize(filled);
    return all;
}

} // namespace cli
