// pictures.hpp: picture and array files, in memory. Formats are told by their first bytes when reading, by a name when writing.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "any_picture.hpp"
#include "files.hpp"
#include "io/source.hpp"

namespace cli {

enum class file_format { unknown, stream, pack, png, jpeg, pnm, npy };

/// What the first bytes look like; `stream` and `pack` are ours.
auto guess_format(std::span<std::byte const> content) -> file_format;
auto format_name(file_format f) -> char const *;

struct reading {
    bool as_array = false; ///< a .npy of h × w × 2..4 is an array of rank 3, not a picture
    std::uint64_t max_samples = std::uint64_t{1} << 28; ///< checked before anything is allocated
};

/// Throws data_error, naming the file, for what is not a picture or not a sound one. The header is judged before anything that follows it
/// is read; of a pipe without end no more is read than a picture can need.
auto read_picture(byte_source &source, std::string const &name, reading const &how) -> any_picture;
auto read_picture(std::span<std::byte const> content, std::string const &name, reading const &how) -> any_picture;
auto read_picture_file(std::string const &path, reading const &how) -> any_picture;

/// Endings of the files that `read_picture` understands.
auto picture_endings() -> std::span<std::string_view const>;

/// `kind` is one of png, pnm, pgm, ppm, pam, npy. Throws usage_error if such a file can't hold the picture. `white` is the largest
/// value of the samples of PNM files, 0 for that of the type.
auto write_picture(any_picture const &p, std::string const &kind, std::uint32_t white) -> bytes;

// PNG and JPEG; PNM and NPY are in rows.hpp. What is wrong is thrown as data_error without the file's name.
auto read_png(byte_source &source, reading const &how) -> any_picture;
auto read_jpeg(byte_source &source, reading const &how) -> any_picture;
auto write_png(any_picture const &p) -> bytes;

/// Throws if the product of the extents, components included, is more than allowed. An extent of zero counts as one, as in streams: rows of
/// nothing have a price too.
void check_extents(std::span<std::uint64_t const> extents, reading const &how);

} // namespace cli
