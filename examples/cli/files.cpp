#include "files.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "errors.hpp"

namespace cli {
namespace {

[[noreturn]] void trouble(std::string const &name, char const *what, int code = errno) {
    throw file_error(name + ": " + what + ": " + std::generic_category().message(code));
}

class descriptor {
public:
    explicit descriptor(int fd) : fd_(fd) {}
    descriptor(descriptor const &) = delete;
    auto operator=(descriptor const &) -> descriptor & = delete;
    ~descriptor() {
        if (fd_ > 2) ::close(fd_);
    }
    auto get() const -> int { return fd_; }
    auto close() -> bool { return ::close(std::exchange(fd_, -1)) == 0; }

private:
    int fd_;
};

void write_all(int fd, std::span<std::byte const> content, std::string const &name) {
    while (!content.empty()) {
        auto const n = ::write(fd, content.data(), std::min(content.size(), std::size_t{1} << 30));
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) trouble(name, "cannot write");
        content = content.subspan(static_cast<std::size_t>(n));
    }
}

// The one temporary file, known to the signal handler, which may only use what is safe there: a plain array and unlink().
std::array<char, PATH_MAX> pending_path{};
constexpr std::array fatal_signals{SIGINT, SIGTERM, SIGHUP};

extern "C" void remove_pending(int signal) {
    if (pending_path[0] != 0) ::unlink(pending_path.data());
    std::signal(signal, SIG_DFL);
    std::raise(signal);
}

class temporary_file {
public:
    explicit temporary_file(std::filesystem::path const &target) {
        auto const name = (target.parent_path() / ".triptych-XXXXXX").string();
        if (name.size() >= pending_path.size()) trouble(target.string(), "cannot write", ENAMETOOLONG);
        sigset_t set;
        sigset_t before;
        sigemptyset(&set);
        for (auto const s : fatal_signals) sigaddset(&set, s);
        ::pthread_sigmask(SIG_BLOCK, &set, &before);
        std::memcpy(pending_path.data(), name.c_str(), name.size() + 1);
        for (auto const s : fatal_signals)
            // An ignored signal (nohup) stays ignored.
            if (std::signal(s, remove_pending) == SIG_IGN) std::signal(s, SIG_IGN);
        fd_ = ::mkstemp(pending_path.data());
        auto const code = errno;
        if (fd_ < 0) pending_path[0] = 0;
        ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
        if (fd_ < 0) trouble(target.string(), "cannot write", code);
    }
    temporary_file(temporary_file const &) = delete;
    auto operator=(temporary_file const &) -> temporary_file & = delete;
    ~temporary_file() {
        if (fd_ >= 0) ::close(fd_);
        if (pending_path[0] != 0) ::unlink(pending_path.data());
        pending_path[0] = 0;
    }

    auto fd() const -> int { return fd_; }
    void become(std::filesystem::path const &target, bool overwrite) {
        auto const name = target.string();
        if (::fsync(fd_) != 0 && errno != EINVAL && errno != ENOTSUP) trouble(name, "cannot write");
        if (::close(std::exchange(fd_, -1)) != 0) trouble(name, "cannot write");
        if (overwrite) {
            if (::rename(pending_path.data(), name.c_str()) != 0) trouble(name, "cannot write");
            pending_path[0] = 0;
            return;
        }
        // link() refuses to replace a file that appeared meanwhile; where links are unknown, look and rename.
        if (::link(pending_path.data(), name.c_str()) == 0) return;
        if (errno == EEXIST || ::access(name.c_str(), F_OK) == 0)
            throw file_error(name + ": exists already; give -f to replace it");
        if (::rename(pending_path.data(), name.c_str()) != 0) trouble(name, "cannot write");
        pending_path[0] = 0;
    }

private:
    int fd_ = -1;
};

/// Where the bytes shall lie in the end: links are followed, so that they stay.
auto resolved(std::string const &path) -> std::filesystem::path {
    std::error_code code;
    auto const absolute = std::filesystem::absolute(path);
    auto const target = std::filesystem::weakly_canonical(absolute, code);
    return code ? absolute : target;
}

} // namespace

auto input_name(std::string const &path) -> std::string {
    return path == "-" ? "standard input" : path;
}
auto output_name(std::string const &path) -> std::string {
    return path == "-" ? "standard output" : path;
}

auto read_file(std::string const &path) -> bytes {
    auto const name = input_name(path);
    descriptor const file(path == "-" ? 0 : ::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (file.get() < 0) trouble(name, "cannot open");
    struct stat about {};
    if (::fstat(file.get(), &about) != 0) trouble(name, "cannot read");
    if (S_ISDIR(about.st_mode)) trouble(name, "cannot read", EISDIR);
    bytes content(S_ISREG(about.st_mode) && about.st_size > 0 ? static_cast<std::size_t>(about.st_size) + 1 : 65536);
    std::size_t filled = 0;
    for (;;) {
        if (filled == content.size()) content.resize(content.size() * 2);
        auto const n = ::read(file.get(), content.data() + filled, content.size() - filled);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) trouble(name, "cannot read");
        if (n == 0) break;
        filled += static_cast<std::size_t>(n);
    }
    content.resize(filled);
    return content;
}

mapped_file::mapped_file(std::string const &path) {
    struct stat about {};
    if (path == "-" || ::stat(path.c_str(), &about) != 0 || !S_ISREG(about.st_mode) || about.st_size == 0) {
        read_ = read_file(path), content_ = read_;
        return;
    }
    descriptor const file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (file.get() < 0) trouble(path, "cannot open");
    auto const size = static_cast<std::size_t>(about.st_size);
    auto *const p = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, file.get(), 0);
    if (p == MAP_FAILED) trouble(path, "cannot read");
    mapped_ = p, content_ = {static_cast<std::byte const *>(p), size};
}
mapped_file::~mapped_file() {
    if (mapped_) ::munmap(mapped_, content_.size());
}

auto ending_of(std::string const &path) -> std::string {
    auto ending = std::filesystem::path(path).extension().string();
    for (auto &c : ending)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return ending;
}

auto list_files(std::string const &path, std::span<std::string_view const> endings) -> std::vector<std::string> {
    std::error_code code;
    auto const status = std::filesystem::status(path, code);
    if (!std::filesystem::exists(status)) trouble(path, "cannot open", code ? code.value() : ENOENT);
    if (!std::filesystem::is_directory(status)) return {path};
    std::vector<std::string> found;
    auto entries = std::filesystem::directory_iterator(path, code);
    if (code) trouble(path, "cannot read", code.value());
    for (auto const &entry : entries)
        if (entry.is_regular_file(code) &&
            std::ranges::find(endings, ending_of(entry.path().string())) != endings.end())
            found.push_back(entry.path().string());
    std::ranges::sort(found);
    return found;
}

void check_output(std::string const &path, bool overwrite) {
    if (path == "-") {
        if (!overwrite && ::isatty(1)) throw usage_error("standard output is a terminal; give -f to write bytes to it");
        return;
    }
    struct stat about {};
    if (::stat(path.c_str(), &about) == 0) {
        if (S_ISDIR(about.st_mode)) trouble(path, "cannot write", EISDIR);
        if (S_ISREG(about.st_mode) && !overwrite) throw file_error(path + ": exists already; give -f to replace it");
        return;
    }
    if (errno != ENOENT) trouble(path, "cannot write");
    auto const folder = resolved(path).parent_path();
    if (::access(folder.c_str(), F_OK) != 0) trouble(path, "cannot write");
    if (::access(folder.c_str(), W_OK | X_OK) != 0) trouble(path, "cannot write");
}

void write_file(std::string const &path, std::span<std::byte const> content, bool overwrite) {
    check_output(path, overwrite);
    if (path == "-") return write_all(1, content, output_name(path));
    auto const target = resolved(path);
    struct stat about {};
    bool const exists = ::stat(target.c_str(), &about) == 0;
    if (exists && !S_ISREG(about.st_mode)) {
        descriptor device(::open(target.c_str(), O_WRONLY | O_CLOEXEC));
        if (device.get() < 0) trouble(path, "cannot write");
        write_all(device.get(), content, path);
        if (!device.close()) trouble(path, "cannot write");
        return;
    }
    temporary_file beside(target);
    auto const mask = ::umask(0);
    ::umask(mask);
    if (::fchmod(beside.fd(), exists ? about.st_mode & 07777 : 0666 & ~mask) != 0) trouble(path, "cannot write");
    write_all(beside.fd(), content, path);
    beside.become(target, overwrite);
}

void write_behind(std::string const &path, std::size_t keep, std::span<std::byte const> content) {
    descriptor file(::open(path.c_str(), O_WRONLY | O_CLOEXEC));
    if (file.get() < 0) trouble(path, "cannot write");
    auto const end = static_cast<off_t>(keep);
    if (::ftruncate(file.get(), end) != 0 || ::lseek(file.get(), end, SEEK_SET) != end) trouble(path, "cannot write");
    try {
        write_all(file.get(), content, path);
        if (::fsync(file.get()) != 0 && errno != EINVAL && errno != ENOTSUP) trouble(path, "cannot write");
    } catch (file_error const &) {
        if (::ftruncate(file.get(), end) != 0) throw file_error(path + ": was left with a part of what was appended");
        throw;
    }
    if (!file.close()) trouble(path, "cannot write");
}

void write_file(std::string const &path, std::string_view content, bool overwrite) {
    write_file(path, std::as_bytes(std::span(content)), overwrite);
}

} // namespace cli
