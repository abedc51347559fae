// files.hpp: bytes from files and pipes, and outputs that are there completely or not at all.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace cli {

using bytes = std::vector<std::byte>;

/// For messages: the path, or "standard input" and "standard output" for "-".
auto input_name(std::string const &path) -> std::string;
auto output_name(std::string const &path) -> std::string;

/// The whole file, or standard input for "-".
auto read_file(std::string const &path) -> bytes;

/// A file's bytes without reading what nobody asks for; what can't be mapped (a pipe) is read.
class mapped_file {
public:
    explicit mapped_file(std::string const &path);
    mapped_file(mapped_file const &) = delete;
    auto operator=(mapped_file const &) -> mapped_file & = delete;
    ~mapped_file();
    auto content() const -> std::span<std::byte const> { return content_; }

private:
    bytes read_;
    void *mapped_ = nullptr;
    std::span<std::byte const> content_;
};

/// The regular files of a folder whose names end in one of `endings` (lower case, with the dot), sorted; a file stands for itself.
auto list_files(std::string const &path, std::span<std::string_view const> endings) -> std::vector<std::string>;

/// Throws if `write_file` would refuse: so that nobody waits for a result that can't be written.
void check_output(std::string const &path, bool overwrite);

/// Writes beside the file, then renames; "-" is standard output; what is no regular file (a pipe, a device) is written directly.
/// Whatever goes wrong, also a signal, leaves neither a part of the output nor a temporary file.
void write_file(std::string const &path, std::span<std::byte const> content, bool overwrite);
void write_file(std::string const &path, std::string_view content, bool overwrite);

/// Makes `content` all that follows the first `keep` of the file's bytes, which stay as they are, in one write at its end. A failure takes it
/// back; a kill may leave a part of it.
void write_behind(std::string const &path, std::size_t keep, std::span<std::byte const> content);

/// ".png" for "a/b.PNG"; empty if there is none.
auto ending_of(std::string const &path) -> std::string;

} // namespace cli
