// Both units must have learned the same, in either order of linking.
#include <cstdint>
#include <cstdio>

struct learned {
    std::uint64_t transform, coder;
};
auto first_alone() -> learned;
auto first_chained() -> learned;
auto second_alone() -> learned;
auto second_chained() -> learned;
auto all_learned() -> learned;

int main() {
    // Five bands of two odds each; and a mean of 16 elements, five vectors of 16.
    bool right = true;
    learned const kept[] = {first_alone(), first_chained(), second_alone(), second_chained()};
    for (auto const &is : kept) {
        std::printf("kept: %u and %u parameters\n", unsigned(is.transform), unsigned(is.coder));
        right = right && is.transform == 0 && is.coder == 10;
    }
    auto const all = all_learned();
    std::printf("learned: %u and %u parameters\n", unsigned(all.transform), unsigned(all.coder));
    return right && all.transform == 96 && all.coder == 10 ? 0 : 1;
}
