// inputs.hpp: the pictures of a corpus or of an evaluation: files, or the pictures of a stack that a .npy file holds.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "any_picture.hpp"
#include "io/pictures.hpp"

namespace cli {

/// One picture, read from its file each time it is asked for, unless it has been loaded.
struct picture_input {
    std::string file;
    std::shared_ptr<any_picture const> stack; ///< of which this is one; null for a file of its own
    std::size_t index = 0;
    std::shared_ptr<any_picture const> loaded = nullptr;

    auto name() const -> std::string;
    auto read(reading const &how) const -> any_picture;
};

/// The pictures in folders, and files that are named. What a folder holds besides is told on standard error. Throws file_error for a folder
/// without any.
auto picture_files(std::vector<std::string> const &paths) -> std::vector<std::string>;

/// With `apart`, each gray picture of an array of rank 3 is an input; for codecs that carry no arrays. With `failures`, a sentence for each stack
/// that can't be read is added to them instead of being thrown.
auto pictures_of(std::vector<std::string> const &files, bool apart, reading const &how,
                 std::vector<std::string> *failures = nullptr) -> std::vector<picture_input>;

} // namespace cli
