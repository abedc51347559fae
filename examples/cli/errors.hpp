// errors.hpp: what the tool may end with. Each exception holds one sentence for people; main() prints it and returns the code.
#pragma once

#include <stdexcept>
#include <string>

namespace cli {

enum exit_code : int { done = 0, wrong_use = 1, wrong_data = 2, file_trouble = 3 };

/// Options that make no sense, or not together.
struct usage_error : std::runtime_error {
    using std::runtime_error::runtime_error;
};
/// A file that is damaged, truncated, foreign or beyond the limits.
struct data_error : std::runtime_error {
    using std::runtime_error::runtime_error;
};
/// A file that can't be read or written.
struct file_error : std::runtime_error {
    using std::runtime_error::runtime_error;
};

} // namespace cli
