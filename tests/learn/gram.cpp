// learn::gram_sum against its definition, however vectors are split among those that are merged.
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <random>
#include <vector>

#include <triptych/learn/numeric/gram.hpp>

namespace learn = triptych::learn;

namespace {
constexpr std::size_t count = 700, dimension = 9;

auto vectors() {
    std::mt19937 random(5);
    std::uniform_int_distribution<int> byte(-128, 127);
    std::vector<std::vector<int>> all(count, std::vector<int>(dimension));
    for (auto &v : all)
        for (auto &x : v) x = byte(random);
    return all;
}
/// Those from `first` on, before `last`.
auto sum_of(std::vector<std::vector<int>> const &all, std::size_t first, std::size_t last) {
    learn::gram_sum sum(dimension);
    for (auto i = first; i < last; ++i) {
        auto *to = sum.next();
        for (auto const x : all[i]) *to++ = x;
    }
    return sum;
}
} // namespace

BOOST_AUTO_TEST_SUITE(learn_gram)

BOOST_AUTO_TEST_CASE(mean_and_covariance_are_those_of_the_definition) {
    auto const all = vectors();
    auto sum = sum_of(all, 0, count);
    BOOST_TEST(sum.count() == count);
    sum.settle();
    for (std::size_t i = 0; i < dimension; ++i) {
        double mean = 0;
        for (auto const &v : all) mean += v[i] / double(count);
        BOOST_TEST(std::abs(sum.mean(i) - mean) < 1e-9);
        for (std::size_t j = 0; j < dimension; ++j) {
            double covariance = 0;
            for (auto const &v : all) covariance += (v[i] - mean) * (v[j] - sum.mean(j)) / double(count);
            BOOST_TEST(std::abs(sum.covariance(i, j) - covariance) < 1e-7);
        }
    }
}

// Of integers the sums are exact: equal, not nearly so.
BOOST_AUTO_TEST_CASE(merging_in_pieces_of_any_size_changes_nothing) {
    auto const all = vectors();
    auto whole = sum_of(all, 0, count);
    whole.settle();
    for (std::size_t const piece : {1U, 4U, 255U, 256U, 257U, 600U}) {
        learn::gram_sum merged(dimension);
        for (std::size_t i = 0; i < count; i += piece) merged.merge(sum_of(all, i, std::min(i + piece, count)));
        merged.settle();
        BOOST_TEST(merged.count() == count);
        bool same = true;
        for (std::size_t i = 0; i < dimension; ++i)
            for (std::size_t j = 0; j < dimension; ++j)
                same = same && merged.mean(i) == whole.mean(i) && merged.covariance(i, j) == whole.covariance(i, j);
        BOOST_TEST(same, "pieces of " << piece);
    }
}

BOOST_AUTO_TEST_CASE(what_is_removed_was_never_there) {
    auto const all = vectors();
    auto rest = sum_of(all, 0, count), part = sum_of(all, 0, count / 3), other = sum_of(all, count / 3, count);
    rest.settle(), part.settle(), other.settle();
    rest.remove(part);
    BOOST_TEST(rest.count() == other.count());
    bool same = true;
    for (std::size_t i = 0; i < dimension; ++i)
        for (std::size_t j = 0; j < dimension; ++j)
            same = same && rest.mean(i) == other.mean(i) && rest.covariance(i, j) == other.covariance(i, j);
    BOOST_TEST(same);
}

BOOST_AUTO_TEST_CASE(nothing_seen_is_zero) {
    learn::gram_sum sum(3);
    sum.merge(learn::gram_sum(3));
    sum.settle();
    BOOST_TEST(sum.count() == 0u);
    BOOST_TEST(sum.mean(2) == 0);
    BOOST_TEST(sum.covariance(0, 1) == 0);
}

BOOST_AUTO_TEST_SUITE_END()
