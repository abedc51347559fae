// triptych/learn/numeric/gram.hpp: sums of vectors and of their products, for learners that see few vectors each before they are merged.
//
// A corpus is learned from a few pictures at a time, whose vectors are far fewer than the rows of the matrix that their products fill. So
// vectors are kept as they are until there are enough of them for a matrix product, and those who have only such hand them on. Sums of integers are
// exact, and then depend on no order; learn::moments is for data that need floating point.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include <triptych/learn/numeric/linear_algebra.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI::learn {

class gram_sum {
public:
    gram_sum() = default;
    explicit gram_sum(std::size_t dimension) : kept_(0, dimension) {}

    auto dimension() const noexcept -> std::size_t { return kept_.columns; }
    auto count() const noexcept -> std::uint64_t { return count_; }

    /// Where the elements of one more vector go; until the next call of anything.
    auto next() -> double * {
        if (kept_.rows == most_kept) settle();
        ++count_, ++kept_.rows;
        kept_.values.resize(kept_.rows * kept_.columns);
        return kept_.row(kept_.rows - 1);
    }
    /// Of the same dimension.
    void merge(gram_sum const &other) {
        if (!other.products_.values.empty()) {
            reserve();
            for (std::size_t i = 0; i < products_.values.size(); ++i) products_.values[i] += other.products_.values[i];
            for (std::size_t i = 0; i < sum_.size(); ++i) sum_[i] += other.sum_[i];
            count_ += other.count_ - other.kept_.rows;
        }
        for (std::size_t r = 0; r < other.kept_.rows; ++r) std::copy_n(other.kept_.row(r), dimension(), next());
    }
    /// Takes out again what was merged; both are settled.
    void remove(gram_sum const &other) {
        for (std::size_t i = 0; i < products_.values.size(); ++i) products_.values[i] -= other.products_.values[i];
        for (std::size_t i = 0; i < sum_.size(); ++i) sum_[i] -= other.sum_[i];
        count_ -= other.count_;
    }
    /// Takes in what is kept; before what follows.
    void settle() {
        reserve();
        for (std::size_t r = 0; r < kept_.rows; ++r)
            for (std::size_t i = 0; i < dimension(); ++i) sum_[i] += kept_(r, i);
        if (kept_.rows != 0) add_gram(products_, kept_, kept_.rows);
        kept_.rows = 0, kept_.values.clear();
    }
    /// 0 where nothing was seen.
    auto mean(std::size_t i) const -> double { return sum_[i] / n(); }
    /// Of what was seen: divided by the count.
    auto covariance(std::size_t i, std::size_t j) const -> double {
        return products_(std::max(i, j), std::min(i, j)) / n() - mean(i) * mean(j);
    }

    /// The lower triangle of all of them.
    auto covariance() const -> matrix {
        matrix c(dimension(), dimension());
        for (std::size_t i = 0; i < dimension(); ++i)
            for (std::size_t j = 0; j <= i; ++j) c(i, j) = covariance(i, j);
        return c;
    }

private:
    static constexpr std::size_t most_kept = 256;

    void reserve() {
        if (products_.values.empty()) products_ = matrix(dimension(), dimension()), sum_.resize(dimension());
    }
    auto n() const noexcept -> double { return static_cast<double>(std::max<std::uint64_t>(count_, 1)); }

    std::uint64_t count_ = 0;
    matrix kept_, products_; ///< products: the lower triangle
    std::vector<double> sum_;
};

} // namespace triptych::inline TRIPTYCH_ABI::learn
