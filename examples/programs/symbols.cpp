// A coder by itself: integers to bytes and back, without a transform or a quantizer.
#include <bit>
#include <cstddef>
#include <cstdint>
#include <iostream>
#include <random>
#include <span>
#include <vector>

#include <triptych/coder/model/adaptive.hpp>
#include <triptych/coder/range.hpp>
#include <triptych/coder/rans.hpp>

namespace coder = triptych::coder;

int main() {
    // Each magnitude is half as likely as the one below, and signs are even: 2.5 bits a symbol.
    std::vector<std::int16_t> symbols(100'000);
    std::mt19937 random;
    for (auto &s : symbols) {
        auto const bits = random();
        auto const magnitude = std::countr_zero(bits | 1u << 30);
        s = static_cast<std::int16_t>(bits >> 31 ? -magnitude : magnitude);
    }

    auto const bytes = coder::encode_symbols(coder::rans<>{}, symbols);
    auto const decoded = coder::decode_symbols<std::int16_t>(coder::rans<>{}, bytes, symbols.size());
    std::cout << symbols.size() << " symbols, " << bytes.size() << " bytes, "
              << (decoded == symbols ? "the same again\n" : "damaged\n");

    // Any coder, any integers of up to 32 bits, and no exceptions.
    std::vector<std::uint32_t> const few{7, 7, 7, 4'000'000'000};
    coder::range<triptych::model::adaptive> const careful;
    auto const small = coder::encode_symbols(careful, few);
    std::vector<std::uint32_t> back(few.size());
    auto const error = coder::try_decode_symbols(careful, small, std::span(back));
    std::cout << small.size() << " bytes: " << triptych::message(error.code) << ", " << back.back() << '\n';
    auto const half = std::span(bytes).first(bytes.size() / 2);
    std::cout << triptych::message(coder::try_decode_symbols(coder::rans<>{}, half, std::span(symbols)).code) << '\n';
}
