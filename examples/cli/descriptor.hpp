// descriptor.hpp: an open file that closes itself, and the sentence for what the system refuses.
#pragma once

#include <cerrno>
#include <string>
#include <system_error>
#include <utility>

#include <unistd.h>

#include "errors.hpp"

namespace cli {

[[noreturn]] inline void trouble(std::string const &name, char const *what, int code = errno) {
    throw file_error(name + ": " + what + ": " + std::generic_category().message(code));
}

/// Standard input and output stay open.
class descriptor {
public:
    descriptor() = default;
    explicit descriptor(int fd) : fd_(fd) {}
    descriptor(descriptor &&other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
    auto operator=(descriptor &&other) noexcept -> descriptor & {
        std::swap(fd_, other.fd_);
        return *this;
    }
    ~descriptor() {
        if (fd_ > 2) ::close(fd_);
    }
    auto get() const -> int { return fd_; }
    auto close() -> bool { return ::close(std::exchange(fd_, -1)) == 0; }

private:
    int fd_ = -1;
};

} // namespace cli
