// triptych/learn/transform/classified_klt.hpp: learns transform::classified_klt: which blocks belong together, and a basis for each class of them.
//
// As k-means does, with bases in the place of centroids: each block goes to the class whose basis makes it cheapest at the step that is
// aimed at, then each class learns its basis anew. This is done twice. Once every basis is the Karhunen-Loève transform of its blocks, which begin
// in classes of orientations (Dony and Haykin 1995); and once classes begin as the cosine transform, one remains it, and the others
// turn to where fewer coefficients are left: the rotation nearest to the blocks from those that do not become zero (orthogonal Procrustes; Sezer,
// Guleryuz and Altunbasak 2015). The set is kept that costs least on blocks that were held out, and that may be the cosine transform alone.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <new>
#include <numeric>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <triptych/learn/learnable.hpp>
#include <triptych/learn/numeric/gram.hpp>
#include <triptych/learn/numeric/linear_algebra.hpp>
#include <triptych/learn/vectors/thinned.hpp>
#include <triptych/quality.hpp>
#include <triptych/transform/classified_klt.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI {

/// Learns from the bands that the transform will be given. Bands of another number of components than the first, or of unequal
/// shapes, are std::invalid_argument, and so are fewer than 16 blocks a class.
template <std::size_t N, std::size_t Classes>
struct learner<transform::classified_klt<N, Classes>> {
    using policy = transform::classified_klt<N, Classes>;
    static constexpr std::size_t most_components = 4;                ///< a basis has (N² · components)² numbers
    static constexpr std::size_t most_blocks = std::size_t{1} << 15; ///< that are kept, see learn::thinned

    /// Classes and bases are learned for this step. Of several components, vectors are kept while the standard deviation along them is above
    /// a quarter of it in some class; of one, all are.
    target aim{8.0F, 0.1F};
    unsigned rounds = 8; ///< of each kind

    template <class B>
    void observe(B const &x) {
        if (x.count() == 0 || volume(x.info(0).shape) == 0) return;
        auto const &first = x.info(0);
        for (auto const &b : x.layout())
            if (b.shape != first.shape || b.frac != first.frac)
                throw std::invalid_argument("classified_klt: the bands of a picture differ in shape or scale");
        reserve(N * N * x.count());
        auto const scale = std::ldexp(1.0F, -first.frac);
        std::vector<typename B::value_type> patch(dimension());
        triptych::detail::for_each_patch<N, N>(x, patch, [&] {
            blocks_.add([&](float *to) {
                for (auto const v : patch) *to++ = scale * static_cast<float>(v);
            });
        });
    }
    void merge(learner const &other) {
        if (other.dimension() == 0) return;
        reserve(other.dimension());
        blocks_.merge(other.blocks_);
    }
    auto finish() -> policy {
        if (blocks_.count() < 16 * Classes)
            throw std::invalid_argument("classified_klt: " + std::to_string(blocks_.count()) +
                                        " blocks are too few to learn " + std::to_string(Classes) +
                                        " bases; 16 for each are needed");
        set best, now;
        auto labels = orientations();
        for (unsigned round = 0; round < rounds; ++round) {
            for (std::size_t c = 0; c < Classes; ++c) principal(now, members(now, labels, c), c);
            assign(now, labels);
            keep(best, now, labels);
        }
        auto const turned = orientations();
        for (std::size_t c = 0; c < Classes; ++c) now[c] = {cosines(), std::vector<double>(dimension()), 1.0 / Classes};
        assign(now, labels); // all alike: each takes the first
        keep(best, now, labels);
        labels = turned;
        for (unsigned round = 0; round < rounds; ++round) {
            members(now, labels, 0);
            for (std::size_t c = 1; c < Classes; ++c) rotate(now, members(now, labels, c), c);
            assign(now, labels);
            keep(best, now, labels);
        }
        return made(best);
    }

private:
    using indices = std::vector<std::size_t>;
    struct member {
        learn::matrix basis; ///< rows are vectors, in the order of the bands
        std::vector<double> mean;
        double share = 0; ///< of the blocks
    };
    struct set : std::array<member, Classes> {
        double cost = std::numeric_limits<double>::infinity();
    };
    static constexpr std::size_t batch = 512; ///< blocks that are transformed in one matrix product

    auto dimension() const noexcept -> std::size_t { return blocks_.dimension(); }
    auto one_component() const noexcept -> bool { return dimension() == N * N; }
    void reserve(std::size_t wanted) {
        if (wanted > N * N * most_components)
            throw std::invalid_argument("classified_klt: pictures of more than 4 components");
        if (dimension() != 0 && dimension() != wanted)
            throw std::invalid_argument("classified_klt: pictures with different numbers of components");
        if (dimension() == 0) blocks_ = learn::thinned(wanted, most_blocks);
    }
    /// Every fourth of 32 stretches of the corpus judges and is not learned from.
    auto held_out(std::size_t i) const noexcept -> bool { return i * 32 / blocks_.count() % 4 == 3; }

    /// The class that a block begins in: the direction of its gradients (axis of the structure tensor), 0 for those that have hardly one.
    auto orientations() const -> indices {
        auto const n = blocks_.count(), components = dimension() / (N * N);
        std::vector<double> coherence(n), angle(n);
        for (std::size_t i = 0; i < n; ++i) {
            double along = 0, across = 0, all = 1e-9;
            for (std::size_t y = 0; y + 1 < N; ++y)
                for (std::size_t x = 0; x + 1 < N; ++x)
                    for (std::size_t k = 0; k < components; ++k) {
                        auto const at = [&](std::size_t r, std::size_t j) {
                            return static_cast<double>(blocks_.row(i)[(r * N + j) * components + k]);
                        };
                        double const a = at(y, x + 1) + at(y + 1, x + 1) - at(y, x) - at(y + 1, x);
                        double const b = at(y + 1, x) + at(y + 1, x + 1) - at(y, x) - at(y, x + 1);
                        along += a * a - b * b, across += 2 * a * b, all += a * a + b * b;
                    }
            coherence[i] = std::sqrt(along * along + across * across) / all;
            angle[i] = std::atan2(across, along);
        }
        auto sorted = coherence;
        auto const enough = sorted.begin() + static_cast<std::ptrdiff_t>(n / Classes);
        std::nth_element(sorted.begin(), enough, sorted.end());
        indices labels(n);
        for (std::size_t i = 0; i < n; ++i) {
            double const turn = (angle[i] / triptych::detail::pi + 1) / 2 * (Classes - 1);
            labels[i] = coherence[i] < *enough ? 0 : 1 + static_cast<std::size_t>(std::lround(turn)) % (Classes - 1);
        }
        return labels;
    }

    /// The blocks of a class to learn from; notes its share.
    auto members(set &s, indices const &labels, std::size_t c) const -> indices {
        indices found;
        std::size_t all = 0;
        for (std::size_t i = 0; i < labels.size(); ++i) {
            if (held_out(i)) continue;
            if (++all; labels[i] == c) found.push_back(i);
        }
        s[c].share = static_cast<double>(found.size()) / static_cast<double>(all);
        return found;
    }
    /// Calls `each(blocks less the mean, coefficients, first)` with a row for each of `which` from `first` on, batch by batch.
    template <class F>
    void transformed(member const &m, indices const &which, F &&each) const {
        auto const basis = learn::transposed(m.basis);
        for (std::size_t first = 0; first < which.size(); first += batch) {
            learn::matrix x(std::min(batch, which.size() - first), dimension());
            for (std::size_t r = 0; r < x.rows; ++r)
                for (std::size_t d = 0; d < dimension(); ++d)
                    x(r, d) = static_cast<double>(blocks_.row(which[first + r])[d]) - m.mean[d];
            each(x, learn::product(x, basis), first);
        }
    }

    /// Gives each block the class in which it is cheapest, as the transform will.
    void assign(set const &s, indices &labels) const {
        triptych::detail::coefficient_rate const rate(0.8F * aim.lambda);
        indices all(blocks_.count());
        std::iota(all.begin(), all.end(), std::size_t{0});
        std::vector<double> least(all.size(), std::numeric_limits<double>::infinity());
        for (std::size_t c = 0; c < Classes; ++c) {
            double const name = 256 * 0.8 * double{aim.lambda} * -std::log2(std::max(s[c].share, 1e-6));
            transformed(s[c], all, [&](auto const &, learn::matrix const &y, std::size_t first) {
                for (std::size_t r = 0; r < y.rows; ++r) {
                    double const cost = name + static_cast<double>(rate.runs(y.row(r), dimension(), 8 / aim.step));
                    if (cost < least[first + r]) least[first + r] = cost, labels[first + r] = c;
                }
            });
        }
    }
    /// Mean and principal components. A class of few blocks takes in some from all over the corpus.
    void principal(set &s, indices which, std::size_t c) const {
        auto const d = dimension();
        for (std::size_t k = 0; which.size() < 4 * d && k < 8 * d; ++k) {
            auto const i = k * 7919 % blocks_.count();
            if (!held_out(i)) which.push_back(i);
        }
        learn::gram_sum sums(d);
        for (auto const i : which) std::copy_n(blocks_.row(i), d, sums.next());
        sums.settle();
        s[c].mean.resize(d);
        for (std::size_t i = 0; i < d; ++i) s[c].mean[i] = sums.mean(i);
        s[c].basis = learn::symmetric_eigen(sums.covariance()).vectors;
        if (one_component()) s[c].basis = as_frequencies(s[c].basis);
    }
    /// The rotation nearest to the blocks of a class from those of their coefficients that survive.
    void rotate(set &s, indices const &which, std::size_t c) const {
        auto const d = dimension();
        if (which.size() < d) return;
        learn::matrix sum(d, d);
        double energy = 0;
        transformed(s[c], which, [&](learn::matrix const &x, learn::matrix y, std::size_t) {
            for (auto const v : x.values) energy += v * v;
            for (auto &v : y.values)
                if (std::abs(v) < 0.65 * double{aim.step}) v = 0;
            auto const part = learn::transposed_product(y, x);
            for (std::size_t i = 0; i < d * d; ++i) sum.values[i] += part.values[i];
        });
        // Vectors that nothing needs stay where they are.
        double const inertia = 1e-4 * energy / static_cast<double>(d) + 1e-9;
        for (std::size_t i = 0; i < d * d; ++i) sum.values[i] += inertia * s[c].basis.values[i];
        s[c].basis = learn::nearest_rotation(sum);
    }

    /// The vectors of a block of one component in the order of the frequencies that they resemble, row by row: coders expect those.
    auto as_frequencies(learn::matrix const &vectors) const -> learn::matrix {
        auto const d = dimension();
        auto const match = learn::product(vectors, learn::transposed(cosines()));
        indices pairs(d * d);
        std::iota(pairs.begin(), pairs.end(), std::size_t{0});
        std::stable_sort(pairs.begin(), pairs.end(), [&](std::size_t a, std::size_t b) {
            return std::abs(match.values[a]) > std::abs(match.values[b]);
        });
        learn::matrix sorted(d, d);
        std::vector<bool> placed(d), taken(d);
        for (auto const p : pairs) {
            if (placed[p / d] || taken[p % d]) continue;
            placed[p / d] = taken[p % d] = true;
            std::copy_n(vectors.row(p / d), d, sorted.row(p % d));
        }
        return sorted;
    }
    /// Rows are the cosine transform's vectors, frequencies row by row, components in turn.
    auto cosines() const -> learn::matrix {
        auto const n = dimension() / (N * N);
        learn::matrix m(dimension(), dimension());
        for (std::size_t f = 0; f < N * N; ++f)
            for (std::size_t p = 0; p < N * N; ++p)
                for (std::size_t c = 0; c < n; ++c)
                    m(f * n + c, p * n + c) =
                        std::ldexp(static_cast<double>(triptych::detail::dct_element<N>(f / N, p / N)) *
                                       static_cast<double>(triptych::detail::dct_element<N>(f % N, p % N)),
                                   -48);
        return m;
    }

    /// What the blocks that are held out cost: squared error in steps², and bits at the slope of fine quantisation, ln 2 / 6 step² each. Bits
    /// are the entropy of the symbols of each band, of all classes together as coders see them, and that of the classes.
    auto judged(set const &s, indices const &labels) const -> double {
        std::vector<std::map<long, double>> seen(dimension());
        double error = 0, all = 0, bits = 0;
        auto const entropy = [&](double n) { return n > 0 ? n * std::log2(all / n) : 0.0; };
        std::array<double, Classes> used{};
        for (std::size_t c = 0; c < Classes; ++c) {
            indices which;
            for (std::size_t i = 0; i < labels.size(); ++i)
                if (held_out(i) && labels[i] == c) which.push_back(i);
            used[c] = static_cast<double>(which.size()), all += used[c];
            transformed(s[c], which, [&](auto const &, learn::matrix const &y, std::size_t) {
                for (std::size_t i = 0; i < y.values.size(); ++i) {
                    double const v = y.values[i] / double{aim.step};
                    auto const q = static_cast<long>(std::abs(v) + 0.4);
                    error += (std::abs(v) - static_cast<double>(q)) * (std::abs(v) - static_cast<double>(q));
                    seen[i % dimension()][v < 0 ? -q : q] += 1;
                }
            });
        }
        for (auto const &band : seen)
            for (auto const &[symbol, n] : band) bits += entropy(n);
        for (auto const n : used) bits += entropy(n);
        return (error + std::log(2.0) / 6 * bits) / std::max(all, 1.0);
    }
    void keep(set &best, set &now, indices const &labels) const {
        now.cost = judged(now, labels);
        if (now.cost < best.cost) best = now;
    }

    /// In fixed point.
    auto made(set const &s) const -> policy {
        auto const d = dimension();
        std::vector<std::int32_t> mean;
        std::vector<std::int16_t> basis;
        auto const vectors = one_component() ? d : worthwhile(s);
        for (auto const &m : s) {
            for (auto const v : m.mean)
                mean.push_back(static_cast<std::int32_t>(std::lround(std::ldexp(v, triptych::detail::mean_frac))));
            for (std::size_t i = 0; i < vectors * d; ++i)
                basis.push_back(static_cast<std::int16_t>(std::clamp(
                    std::lround(std::ldexp(m.basis.values[i], triptych::detail::basis_frac)), -32767L, 32767L)));
        }
        auto const u = [](std::size_t v) { return static_cast<std::uint32_t>(v); };
        policy p;
        p.mean = frozen<std::int32_t>::owned(mean, dims{u(Classes), u(d)});
        p.basis = frozen<std::int16_t>::owned(basis, dims{u(Classes), u(vectors), u(d)});
        if (p.mean.empty() || p.basis.empty()) throw std::bad_alloc();
        return p;
    }
    /// Vectors up to the last one along which some class varies by more than a quarter of the step.
    auto worthwhile(set const &s) const -> std::size_t {
        indices labels(blocks_.count());
        assign(s, labels);
        std::size_t vectors = 1;
        for (std::size_t c = 0; c < Classes; ++c) {
            indices which;
            for (std::size_t i = 0; i < labels.size(); ++i)
                if (labels[i] == c) which.push_back(i);
            std::vector<double> energy(dimension());
            transformed(s[c], which, [&](auto const &, learn::matrix const &y, std::size_t) {
                for (std::size_t i = 0; i < y.values.size(); ++i) energy[i % dimension()] += y.values[i] * y.values[i];
            });
            auto const enough = double{aim.step} * double{aim.step} / 16 * static_cast<double>(which.size());
            for (std::size_t i = vectors; i < dimension(); ++i)
                if (energy[i] > enough) vectors = i + 1;
        }
        return vectors;
    }

    learn::thinned blocks_;
};

static_assert(learnable<transform::classified_klt<8, 8>>);

} // namespace triptych::inline TRIPTYCH_ABI
