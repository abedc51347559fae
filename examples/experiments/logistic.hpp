// logistic.hpp: multinomial logistic regression, the linear classifier that judges features.
//
// The Hessian of its loss never exceeds ½ XᵀX in any direction (Böhning 1992), so one matrix, inverted once, makes steps that always descend;
// momentum with restarts (Nesterov 1983; O'Donoghue and Candès 2015) makes them few.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include <triptych/learn/numeric/linear_algebra.hpp>
#include <triptych/learn/vectors/points.hpp>

namespace experiments {

namespace learn = triptych::learn;

class logistic_regression {
public:
    /// Minimises the sum of -log p(label) plus penalty / 2 · |weights|², on features scaled to variance 1.
    logistic_regression(learn::points x, std::vector<std::uint8_t> const &labels, std::size_t classes,
                        double penalty = 1, unsigned iterations = 2000)
        : classes_(classes), mean_(x.dimension), scale_(x.dimension), weights_(x.dimension + 1, classes) {
        auto const n = static_cast<double>(x.count);
        for (std::size_t i = 0; i < x.count; ++i)
            for (std::size_t t = 0; t < x.dimension; ++t) mean_[t] += double{x.row(i)[t]} / n;
        std::vector<double> variance(x.dimension);
        for (std::size_t i = 0; i < x.count; ++i)
            for (std::size_t t = 0; t < x.dimension; ++t)
                variance[t] += (double{x.row(i)[t]} - mean_[t]) * (double{x.row(i)[t]} - mean_[t]) / n;
        for (std::size_t t = 0; t < x.dimension; ++t) scale_[t] = variance[t] > 1e-9 ? 1 / std::sqrt(variance[t]) : 0;

        auto const features = prepared(x);
        auto const d = features.columns;
        learn::matrix bound(d, d), identity(d, d);
        learn::add_gram(bound, features, features.rows);
        for (std::size_t t = 0; t < d; ++t) {
            for (std::size_t u = 0; u <= t; ++u) bound(t, u) /= 2;
            bound(t, t) += penalty, identity(t, t) = 1;
        }
        auto const inverse = learn::solve_positive(bound, identity);
        auto ahead = weights_;
        double momentum = 1, last = std::numeric_limits<double>::max();
        for (unsigned i = 0; i < iterations; ++i) {
            auto odds = learn::product(features, ahead);
            double loss = 0;
            for (auto const w : ahead.values) loss += penalty / 2 * w * w;
            for (std::size_t r = 0; r < odds.rows; ++r) loss -= softmax(odds.row(r), labels[r]);
            if (loss > last) { // too far: begin again from the last point, without momentum
                ahead = weights_, momentum = 1, last = std::numeric_limits<double>::max();
                continue;
            }
            bool const enough = last - loss < 1e-9 * loss;
            last = loss;
            auto gradient = learn::transposed_product(features, odds);
            for (std::size_t j = 0; j < gradient.values.size(); ++j) gradient.values[j] += penalty * ahead.values[j];
            auto const step = learn::product(inverse, gradient);
            double const next = (1 + std::sqrt(1 + 4 * momentum * momentum)) / 2, share = (momentum - 1) / next;
            for (std::size_t j = 0; j < step.values.size(); ++j) {
                double const before = weights_.values[j];
                weights_.values[j] = ahead.values[j] - step.values[j];
                ahead.values[j] = weights_.values[j] + share * (weights_.values[j] - before);
            }
            momentum = next;
            if (enough) break;
        }
    }
    /// The likeliest class of each vector.
    auto operator()(learn::points x) const -> std::vector<std::uint8_t> {
        auto const odds = learn::product(prepared(x), weights_);
        std::vector<std::uint8_t> labels;
        for (std::size_t r = 0; r < odds.rows; ++r)
            labels.push_back(
                static_cast<std::uint8_t>(std::max_element(odds.row(r), odds.row(r) + classes_) - odds.row(r)));
        return labels;
    }

private:
    /// Scaled, and a 1 behind each vector for the bias.
    auto prepared(learn::points x) const -> learn::matrix {
        learn::matrix m(x.count, x.dimension + 1);
        for (std::size_t i = 0; i < x.count; ++i) {
            for (std::size_t t = 0; t < x.dimension; ++t) m(i, t) = (double{x.row(i)[t]} - mean_[t]) * scale_[t];
            m(i, x.dimension) = 1;
        }
        return m;
    }
    /// Turns scores into odds less what they should be; returns log p(label).
    auto softmax(double *row, std::size_t label) const -> double {
        double const most = *std::max_element(row, row + classes_);
        double sum = 0, wanted = row[label] - most;
        for (std::size_t c = 0; c < classes_; ++c) sum += row[c] = std::exp(row[c] - most);
        for (std::size_t c = 0; c < classes_; ++c) row[c] /= sum;
        row[label] -= 1;
        return wanted - std::log(sum);
    }

    std::size_t classes_;
    std::vector<double> mean_, scale_;
    learn::matrix weights_; // (features + 1) × classes
};

} // namespace experiments
