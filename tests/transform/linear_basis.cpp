// detail::linear_basis against its definition: every width of sums, elements as numbers and as a header's text, and the largest values there are.
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <vector>

#include <triptych/conformance/hostile.hpp>
#include <triptych/transform/detail/linear_basis.hpp>

namespace tt = triptych;

namespace {
struct example {
    std::vector<std::int16_t> basis;
    std::vector<char16_t> text; ///< the same
    std::vector<std::int32_t> mean;
};
/// From -n to n - 1.
auto within(std::int64_t n, tt::small_random &random) -> std::int64_t {
    return static_cast<std::int64_t>(random.below(2 * static_cast<std::uint64_t>(n))) - n;
}
/// Elements up to `reach`; a mean within `far` of 0.
auto made(std::size_t count, std::size_t dimension, std::int32_t reach, std::int64_t far, tt::small_random &random) {
    example e;
    for (std::size_t i = 0; i < count * dimension; ++i) {
        auto const v = random.below(9) == 0 ? -reach : static_cast<std::int32_t>(within(reach, random));
        e.basis.push_back(static_cast<std::int16_t>(v)), e.text.push_back(static_cast<char16_t>(v));
    }
    for (std::size_t d = 0; d < dimension; ++d) e.mean.push_back(static_cast<std::int32_t>(within(far, random)));
    return e;
}
template <class T>
void compare(std::size_t count, std::size_t dimension, std::int64_t coefficient, std::int32_t reach, std::int64_t far,
             tt::small_random &random) {
    auto const e = made(count, dimension, reach, far, random);
    tt::dims const shape{static_cast<std::uint32_t>(count), static_cast<std::uint32_t>(dimension)};
    tt::frozen<std::int32_t> const mean(e.mean.data(), tt::dims{static_cast<std::uint32_t>(dimension)}), none;
    std::vector<T> coefficients(count), samples(dimension);
    for (auto &c : coefficients)
        if (random.below(3) != 0) c = static_cast<T>(within(coefficient, random));
    int const frac = 3, bits = sizeof(T) == 2 ? 9 : 32;
    tt::detail::buffer<std::uint32_t> used(count);
    for (bool const as_text : {false, true})
        for (bool const with_mean : {false, true}) {
            auto const array = as_text ? tt::frozen<std::int16_t>(e.text.data(), shape)
                                       : tt::frozen<std::int16_t>(e.basis.data(), shape);
            tt::detail::linear_basis const rows(count, dimension, array, with_mean ? mean : none);
            rows.synthesise(coefficients.data(), frac, samples.data(), 0, bits, used);
            std::size_t wrong = 0;
            for (std::size_t d = 0; d < dimension; ++d) {
                // docs/format/transform.md, pca
                std::int64_t sum = std::int64_t{1} << (13 + frac);
                if (with_mean) sum += std::int64_t{e.mean[d]} * (1 << (10 + frac));
                for (std::size_t k = 0; k < count; ++k)
                    sum += std::int64_t{coefficients[k]} * e.basis[k * dimension + d];
                auto const top = std::int64_t{1} << (bits - 1);
                wrong += samples[d] != std::clamp(sum >> (14 + frac), -top, top - 1);
            }
            BOOST_TEST(wrong == 0u, count << " vectors of " << dimension << ", |c| <= " << coefficient << ", " << wrong
                                          << " wrong" << (as_text ? ", as text" : ""));
        }
}
} // namespace

BOOST_AUTO_TEST_SUITE(linear_basis)

BOOST_AUTO_TEST_CASE(synthesis_is_the_definition) {
    tt::small_random random(1);
    for (std::size_t const dimension : {1u, 15u, 16u, 17u, 64u, 511u, 512u, 530u, 1100u})
        for (std::size_t const count : {1u, 3u, 4u, 5u, 30u}) {
            if (count > dimension) continue;
            // Sums that fit 32 bits, those that are at their edge, and those that do not.
            for (std::int64_t const coefficient : {1, 100, 2184, 2185, 30000, 32768})
                for (std::int32_t const reach : {16384, 32768}) {
                    compare<std::int16_t>(count, dimension, coefficient, reach, 2048, random);
                    compare<std::int16_t>(count, dimension, coefficient, reach, std::int64_t{1} << 31, random);
                }
            compare<std::int32_t>(count, dimension, 2000, 16384, 2048, random);
            compare<std::int32_t>(count, dimension, std::int64_t{1} << 31, 32768, std::int64_t{1} << 31, random);
        }
}

// Sums of 32 bits and what the mean adds apart from them, sums of 64 bits, and one of several sets: all by the definition.
BOOST_AUTO_TEST_CASE(analysis_is_the_definition) {
    tt::small_random random(2);
    std::size_t const count = 5, dimension = 20, sets = 3;
    for (std::int64_t const far : {std::int64_t{100}, std::int64_t{1} << 31})
        for (std::int64_t const sample : {std::int64_t{128}, std::int64_t{32768}})
            for (int const sample_frac : {0, 3}) {
                auto const e = made(sets * count, dimension, 32768, far, random);
                auto means = e.mean;
                while (means.size() < sets * dimension) means.push_back(static_cast<std::int32_t>(within(far, random)));
                tt::frozen<std::int16_t> const basis(e.basis.data(), tt::dims{sets, count, dimension});
                tt::frozen<std::int32_t> const mean(means.data(), tt::dims{sets, dimension});
                std::vector<std::int16_t> samples(dimension);
                for (auto &s : samples) s = static_cast<std::int16_t>(within(sample, random));
                tt::detail::buffer<std::int64_t> scratch(dimension), off(count);
                for (std::size_t set = 0; set < sets; ++set) {
                    tt::detail::linear_basis const rows(count, dimension, basis, mean, set);
                    rows.project_mean(sample_frac, off.data());
                    for (bool const apart : {false, true})
                        rows.analyse(
                            samples.data(), sample_frac, 2, scratch,
                            [&](std::size_t k, std::int64_t v) {
                                std::int64_t sum = std::int64_t{1} << (15 + sample_frac);
                                for (std::size_t d = 0; d < dimension; ++d)
                                    sum += (std::int64_t{samples[d]} * 16 -
                                            std::int64_t{means[set * dimension + d]} * (1 << sample_frac)) *
                                           e.basis[(set * count + k) * dimension + d];
                                BOOST_TEST(v == sum >> (16 + sample_frac));
                            },
                            apart ? off.data() : nullptr);
                }
            }
}

BOOST_AUTO_TEST_SUITE_END()
