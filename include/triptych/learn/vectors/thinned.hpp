// triptych/learn/vectors/thinned.hpp: vectors of a corpus in memory, thinned out when they become too many.
//
// For learners that go over their data again and again. Which vectors are kept depends on the order of the corpus alone, so the result is the
// same for any number of threads.
#pragma once

#include <cstddef>
#include <vector>

#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI::learn {

/// Up to `most` vectors; of more, every second one, then every fourth, and so on.
class thinned {
public:
    thinned() = default;
    thinned(std::size_t dimension, std::size_t most) : dimension_(dimension), most_(most) {}

    auto dimension() const noexcept -> std::size_t { return dimension_; } ///< 0: nothing can be added
    auto count() const noexcept -> std::size_t { return dimension_ == 0 ? 0 : values_.size() / dimension_; }
    auto empty() const noexcept -> bool { return values_.empty(); }
    auto values() const noexcept -> std::vector<float> const & { return values_; } ///< count() rows
    auto row(std::size_t i) const noexcept -> float const * { return values_.data() + i * dimension_; }

    /// One more vector, which `fill(elements)` writes if it is kept.
    template <class Fill>
    void add(Fill &&fill) {
        if (seen_++ % every_ != 0) return;
        values_.resize(values_.size() + dimension_);
        fill(values_.data() + values_.size() - dimension_);
        thin();
    }
    /// Of the same dimension, and to be followed by no more than `most` says here.
    void merge(thinned other) {
        while (every_ < other.every_) halve();
        while (other.every_ < every_) other.halve();
        values_.insert(values_.end(), other.values_.begin(), other.values_.end());
        seen_ += other.seen_;
        thin();
    }

private:
    void thin() {
        while (count() > most_) halve();
    }
    void halve() {
        std::size_t to = 0;
        for (std::size_t i = 0; i < values_.size(); i += 2 * dimension_)
            for (std::size_t t = 0; t < dimension_; ++t) values_[to++] = values_[i + t];
        values_.resize(to), every_ *= 2;
    }

    std::size_t dimension_ = 0, most_ = 0, seen_ = 0, every_ = 1;
    std::vector<float> values_;
};

} // namespace triptych::inline TRIPTYCH_ABI::learn
