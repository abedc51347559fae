// One const codec, many threads: the same bytes and the same pictures as one after the other. Run it under ThreadSanitizer, too.
#include <triptych/codec.hpp>
#include <triptych/coder/range.hpp>
#include <triptych/coder/rans.hpp>
#include <triptych/quantizer/dead_zone.hpp>
#include <triptych/quantizer/none.hpp>
#include <triptych/transform/adaptive_dct.hpp>
#include <triptych/transform/chain.hpp>
#include <triptych/transform/colour.hpp>
#include <triptych/transform/klt.hpp>
#include <triptych/transform/pca.hpp>

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <thread>
#include <vector>

#include "pictures.hpp"

BOOST_AUTO_TEST_SUITE(threads)

namespace {
using namespace triptych;

constexpr codec<transform::chain<transform::klt, transform::adaptive_dct>, quantizer::dead_zone, coder::range<>> photo;
constexpr codec<transform::colour<transform::subtract_green>, quantizer::none, coder::range<>> lossless;
constexpr codec<transform::pca<8, 8, 16>, quantizer::dead_zone, coder::rans<>> learned;

template <class C>
void shared(C const &codec, quality const &goal) {
    constexpr std::size_t workers = 8;
    std::vector<picture<std::uint8_t, 2>> pictures;
    std::vector<std::vector<std::byte>> expected;
    for (std::size_t i = 0; i < workers; ++i) {
        pictures.push_back(shape::waves<std::uint8_t, 2>({20 + 3 * i, 50}, 3));
        expected.push_back(codec.encode(pictures[i], goal));
    }
    std::vector<char> good(workers, 1); // not bool: threads write neighbours
    std::vector<std::thread> threads;
    for (std::size_t i = 0; i < workers; ++i)
        threads.emplace_back([&, i] {
            for (std::size_t round = 0; round < 4; ++round) {
                auto const k = (i + round) % workers;
                auto const bytes = codec.encode(pictures[k], goal);
                auto const y = codec.try_decode(bytes), z = codec.try_decode(expected[k]);
                good[i] = good[i] && bytes == expected[k] && !y.error &&
                          std::equal(y.value.data(), y.value.data() + y.value.size(), z.value.data());
            }
        });
    for (auto &t : threads) t.join();
    BOOST_TEST(std::count(good.begin(), good.end(), 1) == static_cast<std::ptrdiff_t>(workers));
}
} // namespace

BOOST_AUTO_TEST_CASE(share_one_codec) {
    shared(photo, scale(60)), shared(lossless, exact), shared(learned, scale(60));
}

BOOST_AUTO_TEST_SUITE_END()
