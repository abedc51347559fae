#include "files.hpp"

#include <algorithm>
#include <array>
#include <climits>
#include <csignal>
#include <cstring>
#include <filesystem>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "io/source.hpp"
#include "printable.hpp"

namespace cli {
namespace {

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
// All that end a process and may be caught, but those that tell of a defect. SIGXFSZ and SIGPIPE are ignored: the write that causes them fails.
constexpr std::array fatal_signals{SIGINT,  SIGTERM, SIGHUP,    SIGQUIT, SIGXCPU,
                                   SIGALRM, SIGPROF, SIGVTALRM, SIGUSR1, SIGUSR2};

extern "C" void remove_pending(int signal) {
    if (pending_path[0] != 0) ::unlink(pending_path.data());
    std::signal(signal, SIG_DFL);
    std::raise(signal);
}

/// Makes the temporary file; no signal comes between its making and its being known.
auto make_pending(std::filesystem::path const &target) -> descriptor {
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
    descriptor file(::mkstemp(pending_path.data()));
    auto const code = errno;
    if (file.get() < 0) pending_path[0] = 0;
    ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
    if (file.get() < 0) trouble(target.string(), "cannot write", code);
    return file;
}
void drop_pending() {
    if (pending_path[0] != 0) ::unlink(pending_path.data());
    pending_path[0] = 0;
}

// The one mapped file, known to the handler of SIGBUS, and what it says.
std::array<char, PATH_MAX + 64> cut_sentence{};
std::byte const *mapped_first = nullptr;
std::size_t mapped_size = 0;

extern "C" void tell_of_cut_file(int signal, siginfo_t *about, void *) {
    auto const *const at = static_cast<std::byte const *>(about->si_addr);
    if (mapped_first && at >= mapped_first && at < mapped_first + mapped_size) {
        if (pending_path[0] != 0) ::unlink(pending_path.data());
        if (::write(2, cut_sentence.data(), std::strlen(cut_sentence.data())) >= 0) ::_exit(file_trouble);
        ::_exit(file_trouble);
    }
    std::signal(signal, SIG_DFL);
    std::raise(signal);
}

/// Where the bytes shall lie in the end: links are followed, so that they stay, also one that leads to what is not there yet.
auto resolved(std::string const &path) -> std::filesystem::path {
    namespace fs = std::filesystem;
    std::error_code code;
    auto target = fs::absolute(path);
    for (int links = 0; links < 40 && fs::is_symlink(fs::symlink_status(target, code)); ++links) {
        auto const next = fs::read_symlink(target, code);
        if (code) break;
        target = target.parent_path() / next;
    }
    auto const straight = fs::weakly_canonical(target, code);
    return code ? target : straight;
}

} // namespace

auto input_name(std::string const &path) -> std::string {
    return path == "-" ? "standard input" : path;
}
auto output_name(std::string const &path) -> std::string {
    return path == "-" ? "standard output" : path;
}

auto read_file(std::string const &path, std::uint64_t most) -> bytes {
    byte_source source(path);
    bool const known = source.size() && *source.size() > most;
    auto content = known ? bytes{} : source.rest(most);
    if (known || source.peek() >= 0)
        throw data_error(input_name(path) + ": has more than " + std::to_string(most) + " bytes");
    return content;
}

auto mapped_file::possible(std::string const &path) -> bool {
    struct stat about {};
    return path != "-" && ::stat(path.c_str(), &about) == 0 && S_ISREG(about.st_mode) && about.st_size > 0;
}

mapped_file::mapped_file(std::string const &path) {
    descriptor const file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (file.get() < 0) trouble(path, "cannot open");
    struct stat about {};
    if (::fstat(file.get(), &about) != 0) trouble(path, "cannot read");
    auto const size = static_cast<std::size_t>(about.st_size);
    auto *const p = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, file.get(), 0);
    if (p == MAP_FAILED) trouble(path, "cannot read");
    mapped_ = p, content_ = {static_cast<std::byte const *>(p), size};
    auto const sentence = "triptych: " + printable(path) + ": was cut while it was read\n";
    std::memcpy(cut_sentence.data(), sentence.c_str(), std::min(sentence.size() + 1, cut_sentence.size() - 1));
    mapped_first = content_.data(), mapped_size = size;
    struct sigaction action {};
    action.sa_sigaction = tell_of_cut_file, action.sa_flags = SA_SIGINFO;
    ::sigaction(SIGBUS, &action, nullptr);
}
mapped_file::~mapped_file() {
    mapped_first = nullptr;
    ::munmap(mapped_, content_.size());
}

auto ending_of(std::string const &path) -> std::string {
    auto ending = std::filesystem::path(path).extension().string();
    for (auto &c : ending)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return ending;
}

auto list_files(std::string const &path, std::span<std::string_view const> endings) -> folder_listing {
    std::error_code code;
    auto const status = std::filesystem::status(path, code);
    if (!std::filesystem::exists(status)) trouble(path, "cannot open", code ? code.value() : ENOENT);
    if (!std::filesystem::is_directory(status)) return {{path}, {}};
    folder_listing found;
    auto entries = std::filesystem::directory_iterator(path, code);
    if (code) trouble(path, "cannot read", code.value());
    for (auto const &entry : entries)
        if (entry.is_regular_file(code) &&
            std::ranges::find(endings, ending_of(entry.path().string())) != endings.end())
            found.files.push_back(entry.path().string());
        else
            found.skipped.push_back(entry.path().filename().string() + (entry.is_directory(code) ? "/" : ""));
    std::ranges::sort(found.files), std::ranges::sort(found.skipped);
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

output_file::output_file(std::string const &path, bool overwrite) : path_(path), overwrite_(overwrite) {
    check_output(path, overwrite);
    if (path == "-") {
        file_ = descriptor(1);
        return;
    }
    target_ = resolved(path).string();
    struct stat about {};
    bool const exists = ::stat(target_.c_str(), &about) == 0;
    if (exists && !S_ISREG(about.st_mode)) {
        file_ = descriptor(::open(target_.c_str(), O_WRONLY | O_CLOEXEC));
        if (file_.get() < 0) trouble(path, "cannot write");
        return;
    }
    file_ = make_pending(target_), beside_ = true;
    auto const mask = ::umask(0);
    ::umask(mask);
    if (::fchmod(file_.get(), exists ? about.st_mode & 07777 : 0666 & ~mask) == 0) return;
    auto const code = errno;
    drop_pending(); // there is no object yet, so no destructor
    trouble(path, "cannot write", code);
}

output_file::~output_file() {
    if (beside_) drop_pending();
}

void output_file::write(std::span<std::byte const> part) {
    write_all(file_.get(), part, output_name(path_));
}

void output_file::commit() {
    if (path_ == "-") return;
    if (beside_ && ::fsync(file_.get()) != 0 && errno != EINVAL && errno != ENOTSUP) trouble(path_, "cannot write");
    if (!file_.close()) trouble(path_, "cannot write");
    if (!beside_) return;
    if (!overwrite_) {
        // link() refuses to replace a file that appeared meanwhile; where links are unknown, look and rename.
        if (::link(pending_path.data(), target_.c_str()) == 0) return;
        if (errno == EEXIST || ::access(target_.c_str(), F_OK) == 0)
            throw file_error(path_ + ": exists already; give -f to replace it");
    }
    if (::rename(pending_path.data(), target_.c_str()) != 0) trouble(path_, "cannot write");
    pending_path[0] = 0;
}

void write_file(std::string const &path, std::span<std::byte const> content, bool overwrite) {
    output_file out(path, overwrite);
    out.write(content);
    out.commit();
}

void write_file(std::string const &path, std::string_view content, bool overwrite) {
    write_file(path, std::as_bytes(std::span(content)), overwrite);
}

growing_file::growing_file(std::string const &path) : path_(path) {
    struct stat held {};
    struct stat named {};
    do {
        file_ = descriptor(::open(path.c_str(), O_RDWR | O_CLOEXEC));
        if (file_.get() < 0) trouble(path, "cannot open");
        if (::fstat(file_.get(), &held) != 0) trouble(path, "cannot read");
        if (!S_ISREG(held.st_mode)) throw file_error(path + ": is no file that can grow");
        while (::flock(file_.get(), LOCK_EX) != 0)
            if (errno != EINTR) trouble(path, "cannot lock");
        // Somebody may have put another file in its place while we waited.
        if (::stat(path.c_str(), &named) != 0) trouble(path, "cannot open");
    } while (held.st_ino != named.st_ino || held.st_dev != named.st_dev);
}

void growing_file::write_behind(std::size_t keep, std::span<std::byte const> content) {
    auto const end = static_cast<off_t>(keep);
    if (::ftruncate(file_.get(), end) != 0 || ::lseek(file_.get(), end, SEEK_SET) != end)
        trouble(path_, "cannot write");
    try {
        write_all(file_.get(), content, path_);
        if (::fsync(file_.get()) != 0 && errno != EINVAL && errno != ENOTSUP) trouble(path_, "cannot write");
    } catch (file_error const &) {
        if (::ftruncate(file_.get(), end) != 0) throw file_error(path_ + ": was left with a part of what was appended");
        throw;
    }
    if (!file_.close()) trouble(path_, "cannot write");
}

} // namespace cli
