#include "suggest.hpp"

#include <algorithm>
#include <cstddef>

namespace cli {
namespace {
/// Damerau's distance, of neighbours that are swapped once (1964).
auto distance(std::string_view a, std::string_view b) -> std::size_t {
    std::vector<std::vector<std::size_t>> d(a.size() + 1, std::vector<std::size_t>(b.size() + 1));
    for (std::size_t i = 0; i <= a.size(); ++i)
        for (std::size_t j = 0; j <= b.size(); ++j) {
            if (i == 0 || j == 0) {
                d[i][j] = i + j;
                continue;
            }
            auto const other = a[i - 1] == b[j - 1] ? std::size_t{0} : std::size_t{1};
            d[i][j] = std::min({d[i - 1][j] + 1, d[i][j - 1] + 1, d[i - 1][j - 1] + other});
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                d[i][j] = std::min(d[i][j], d[i - 2][j - 2] + 1);
        }
    return d[a.size()][b.size()];
}
} // namespace

auto most_alike(std::string_view typed, std::vector<std::string> const &words) -> std::string {
    std::string best;
    auto least = typed.size() / 3 + 2; // a third of the letters, and one
    for (auto const &word : words) {
        // The beginning of a word is near enough.
        bool const begins = typed.size() >= 3 && word.starts_with(typed);
        auto const d = typed.size() > 64 ? least : begins ? std::size_t{0} : distance(typed, word);
        if (d < least) least = d, best = word;
    }
    return best;
}

} // namespace cli
