// suggest.hpp: what somebody may have meant who mistyped a word.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace cli {

/// The word that is nearest by insertions, deletions, replacements and swaps of neighbours; empty if none is near.
auto most_alike(std::string_view typed, std::vector<std::string> const &words) -> std::string;

} // namespace cli
