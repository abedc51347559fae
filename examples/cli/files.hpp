// files.hpp: bytes from files and pipes, and outputs that are there completely or not at all.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "descriptor.hpp"

namespace cli {

using bytes = std::vector<std::byte>;

/// For messages: the path, or "standard input" and "standard output" for "-".
auto input_name(std::string const &path) -> std::string;
auto output_name(std::string const &path) -> std::string;

/// The whole file, or standard input for "-". Throws data_error for more than `most` bytes, before it reads them all.
auto read_file(std::string const &path, std::uint64_t most = std::uint64_t{1} << 30) -> bytes;

/// A regular file's bytes without reading what nobody asks for. If somebody shortens the file meanwhile, the process ends with a sentence and
/// the exit code of file trouble: one file at a time.
class mapped_file {
public:
    explicit mapped_file(std::string const &path);
    mapped_file(mapped_file const &) = delete;
    auto operator=(mapped_file const &) -> mapped_file & = delete;
    ~mapped_file();
    auto content() const -> std::span<std::byte const> { return content_; }
    /// False for pipes, devices and empty files, which can't be mapped; also for "-".
    static auto possible(std::string const &path) -> bool;

private:
    void *mapped_ = nullptr;
    std::span<std::byte const> content_;
};

/// What a folder holds, sorted; a file stands for itself.
struct folder_listing {
    std::vector<std::string> files;   ///< regular files whose names end in one of the endings
    std::vector<std::string> skipped; ///< the names of all else, folders with a stroke behind
};
/// `endings` in lower case, with the dot.
auto list_files(std::string const &path, std::span<std::string_view const> endings) -> folder_listing;

/// Throws if `write_file` would refuse: so that nobody waits for a result that can't be written.
void check_output(std::string const &path, bool overwrite);

/// An output that is written in parts: beside the file, and renamed by `commit`; "-" is standard output; what is no regular file (a pipe, a
/// device) is written directly. Whatever goes wrong, also a signal, leaves neither a part of the output nor a temporary file. One at a time.
class output_file {
public:
    output_file(std::string const &path, bool overwrite);
    output_file(output_file const &) = delete;
    auto operator=(output_file const &) -> output_file & = delete;
    ~output_file();
    void write(std::span<std::byte const> part);
    void commit();

private:
    std::string path_, target_;
    bool overwrite_, beside_ = false;
    descriptor file_;
};

void write_file(std::string const &path, std::span<std::byte const> content, bool overwrite);
void write_file(std::string const &path, std::string_view content, bool overwrite);

/// A file that grows at its end, by one process at a time: waits until others that hold it so are done.
class growing_file {
public:
    explicit growing_file(std::string const &path);
    /// Makes `content` all that follows the first `keep` of the file's bytes, which stay as they are, in one write. A failure takes it back; a
    /// kill may leave a part of it.
    void write_behind(std::size_t keep, std::span<std::byte const> content);

private:
    std::string path_;
    descriptor file_;
};

/// ".png" for "a/b.PNG"; empty if there is none.
auto ending_of(std::string const &path) -> std::string;

} // namespace cli
