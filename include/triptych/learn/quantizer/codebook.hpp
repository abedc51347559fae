// triptych/learn/quantizer/codebook.hpp: learns quantizer::codebook and quantizer::escape_codebook, by k-means.
//
// Other ways to find entries stand in headers of their own, codebook_som.hpp and codebook_dbscan.hpp: what observes, merges and finishes is this.
#pragma once

#include <cstddef>
#include <cstdint>
#include <new>

#include <triptych/learn/learnable.hpp>
#include <triptych/learn/quantizer/entries.hpp>
#include <triptych/learn/quantizer/vector_learner.hpp>
#include <triptych/quantizer/codebook.hpp>
#include <triptych/quantizer/escape_codebook.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI {

namespace learn {
/// One book: see `vector_learner` for what it is learned from, `find_entries` for what is found.
template <class Policy, std::size_t K, entries_by By>
class book_learner : public vector_learner<Policy> {
public:
    /// Throws std::invalid_argument if nothing was seen, or no entry found in it.
    auto finish() -> Policy {
        auto const m = this->elements();
        auto const rows = find_entries<By>(this->vectors(), m, K, this->seed);
        if (rows.empty()) return this->without_entries();
        Policy p;
        p.entries = frozen<std::int32_t>::owned(
            rows, dims{static_cast<std::uint32_t>(rows.size() / m), static_cast<std::uint32_t>(m)});
        if (p.entries.empty()) throw std::bad_alloc();
        return p;
    }
};
} // namespace learn

template <std::size_t K, quantizer::entries_by By>
struct learner<quantizer::codebook<K, By>> : learn::book_learner<quantizer::codebook<K, By>, K, By> {};
template <std::size_t K, quantizer::entries_by By>
struct learner<quantizer::escape_codebook<K, By>> : learn::book_learner<quantizer::escape_codebook<K, By>, K, By> {};

static_assert(learnable<quantizer::codebook<>> && learnable<quantizer::escape_codebook<>>);

} // namespace triptych::inline TRIPTYCH_ABI
