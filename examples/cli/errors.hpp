// errors.hpp: what the tool may end with. Each exception holds one sentence for people; main() prints it and returns the code.
#pragma once

#include <stdexcept>
#include <string>

namespace cli {

enum exit_code : int { done = 0, wrong_use = 1, wrong_data = 2, file_trouble = 3, goal_missed = 4 };

/// Options that make no sense, or not together.
struct usage_error : std::runtime_error {
    using std::runtime_error::runtime_error;
};
/// A file that is damaged, truncated, foreign or beyond the limits.
struct data_error : std::runtime_error {
    using std::runtime_error::runtime_error;
};
/// A file that can't be read or written, or memory that is not there.
struct file_error : std::runtime_error {
    using std::runtime_error::runtime_error;
};
/// A quality or a size that the codec can't reach for this picture.
struct goal_error : std::runtime_error {
    using std::runtime_error::runtime_error;
};

} // namespace cli
