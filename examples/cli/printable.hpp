// printable.hpp: text that strangers chose, made fit for a terminal and for a line.
#pragma once

#include <string>
#include <string_view>

namespace cli {

/// Control characters, marks that turn the direction of writing, and bytes that are no UTF-8 become \x1b and the like; all else stays.
auto printable(std::string_view text) -> std::string;

/// A line on standard error, as printable text.
void note(std::string_view text);

} // namespace cli
