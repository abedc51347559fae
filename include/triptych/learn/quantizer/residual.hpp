// triptych/learn/quantizer/residual.hpp: learns quantizer::residual, stage after stage by k-means.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <new>
#include <vector>

#include <triptych/learn/learnable.hpp>
#include <triptych/learn/quantizer/entries.hpp>
#include <triptych/learn/quantizer/vector_learner.hpp>
#include <triptych/learn/vectors/nearest.hpp>
#include <triptych/quantizer/residual.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI {

/// Entries are rounded before a stage learns from what is left over, so only the last stage's rounding remains. Stages after one that left nothing
/// over are left out, and those that have fewer entries than others end with copies of the last.
template <std::size_t Stages, std::size_t K, std::size_t Beam>
struct learner<quantizer::residual<Stages, K, Beam>> : learn::vector_learner<quantizer::residual<Stages, K, Beam>> {
    using policy = quantizer::residual<Stages, K, Beam>;

    /// Throws std::invalid_argument if nothing was seen.
    auto finish() -> policy {
        auto const m = this->elements();
        auto rest = this->vectors();
        if (rest.empty()) return this->without_entries();
        std::vector<std::uint32_t> labels(rest.size() / m);
        std::vector<std::vector<std::int32_t>> books;
        std::size_t k = 0;
        for (std::size_t j = 0; j < Stages; ++j) {
            if (j > 0 && std::all_of(rest.begin(), rest.end(), [](float v) { return v == 0; })) break;
            books.push_back(learn::find_entries<quantizer::entries_by::k_means>(rest, m, K, this->seed + j));
            k = std::max(k, books[j].size());
            std::vector<float> const rounded(books[j].begin(), books[j].end());
            learn::assign({rest, m}, {rounded, m}, labels.data());
            for (std::size_t i = 0; i < rest.size(); ++i) rest[i] -= rounded[labels[i / m] * m + i % m];
        }
        std::vector<std::int32_t> rows;
        for (auto const &book : books) {
            rows.insert(rows.end(), book.begin(), book.end());
            for (auto missing = (k - book.size()) / m; missing > 0; --missing)
                rows.insert(rows.end(), book.end() - static_cast<std::ptrdiff_t>(m), book.end());
        }
        policy p;
        p.entries =
            frozen<std::int32_t>::owned(rows, dims{static_cast<std::uint32_t>(books.size()),
                                                   static_cast<std::uint32_t>(k / m), static_cast<std::uint32_t>(m)});
        if (p.entries.empty()) throw std::bad_alloc();
        return p;
    }
};

static_assert(learnable<quantizer::residual<2>>);

} // namespace triptych::inline TRIPTYCH_ABI
