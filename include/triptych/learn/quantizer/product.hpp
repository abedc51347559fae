// triptych/learn/quantizer/product.hpp: learns quantizer::product, a book for each piece by k-means.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <new>
#include <vector>

#include <triptych/learn/learnable.hpp>
#include <triptych/learn/quantizer/entries.hpp>
#include <triptych/learn/quantizer/vector_learner.hpp>
#include <triptych/quantizer/product.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI {

/// Pieces that have fewer entries than others, because no more of their vectors are distinct, end with copies of the last.
template <std::size_t Pieces, std::size_t K>
struct learner<quantizer::product<Pieces, K>> : learn::vector_learner<quantizer::product<Pieces, K>> {
    using policy = quantizer::product<Pieces, K>;

    /// Throws std::invalid_argument if nothing was seen.
    auto finish() -> policy {
        auto const m = this->elements();
        if (this->vectors().empty()) return this->without_entries();
        auto const n = policy::pieces(m);
        std::vector<std::vector<std::int32_t>> books(n);
        std::vector<std::size_t> length(n);
        std::size_t k = 0;
        for (std::size_t j = 0; j < n; ++j) {
            std::vector<float> part;
            for (std::size_t i = 0; i < this->vectors().size(); i += m)
                for (auto e = j; e < m; e += n) part.push_back(this->vectors()[i + e]);
            length[j] = (m - j + n - 1) / n;
            books[j] = learn::find_entries<quantizer::entries_by::k_means>(part, length[j], K, this->seed + j);
            k = std::max(k, books[j].size() / length[j]);
        }
        std::vector<std::int32_t> rows;
        for (std::size_t i = 0; i < k; ++i)
            for (std::size_t e = 0; e < m; ++e) {
                auto const j = e % n, row = std::min(i, books[j].size() / length[j] - 1);
                rows.push_back(books[j][row * length[j] + e / n]);
            }
        policy p;
        p.entries =
            frozen<std::int32_t>::owned(rows, dims{static_cast<std::uint32_t>(k), static_cast<std::uint32_t>(m)});
        if (p.entries.empty()) throw std::bad_alloc();
        return p;
    }
};

static_assert(learnable<quantizer::product<4>>);

} // namespace triptych::inline TRIPTYCH_ABI
