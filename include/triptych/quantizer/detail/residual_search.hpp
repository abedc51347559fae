// triptych/quantizer/detail/residual_search.hpp: finds entries, one of each of several books, whose sum is near to a
// vector. For encoders and learners.
//
// Only trying all sums would find the nearest for certain. A beam search keeps the best sums of the first books and
// tries each of them with each entry of the next.
#pragma once

#include <algorithm>
#include <cstddef>
#include <tuple>
#include <utility>
#include <vector>

#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI::detail {

/// Books of k entries of m elements each; `beam` sums are kept, 1 takes the nearest entry at once. Holds memory between the searches of one thread.
template <class T>
class residual_search {
public:
    residual_search(std::size_t books, std::size_t k, std::size_t m, std::size_t beam)
        : books_(books), k_(k), m_(m), beam_(beam), distances_(k) {}

    /// An entry of each book into `to`. distances(book, rest, out) writes the squared distances of what is left over from all k entries, and
    /// subtract(book, entry, rest) takes an entry away from it. Of equal sums, those of lower indices, the first books' first.
    template <class Distances, class Subtract, class Index>
    void operator()(T const *x, Distances const &distances, Subtract const &subtract, Index *to) {
        rest_.assign(x, x + m_), taken_.assign(books_, 0);
        std::size_t kept = 1;
        for (std::size_t b = 0; b < books_; ++b) {
            paths_.clear();
            for (std::size_t r = 0; r < kept; ++r) {
                distances(b, rest_.data() + r * m_, distances_.data());
                for (std::size_t i = 0; i < k_; ++i) offer({distances_[i], r, i});
            }
            std::sort_heap(paths_.begin(), paths_.end(), before);
            kept = paths_.size();
            next_.resize(kept * m_), extended_.resize(kept * books_);
            for (std::size_t r = 0; r < kept; ++r) {
                auto const &best = paths_[r];
                std::copy_n(rest_.data() + best.parent * m_, m_, next_.data() + r * m_);
                std::copy_n(taken_.data() + best.parent * books_, books_, extended_.data() + r * books_);
                subtract(b, best.entry, next_.data() + r * m_), extended_[r * books_ + b] = best.entry;
            }
            rest_.swap(next_), taken_.swap(extended_);
        }
        for (std::size_t b = 0; b < books_; ++b) to[b] = static_cast<Index>(taken_[b]);
    }

private:
    struct path {
        T square;
        std::size_t parent, entry;
    };
    static auto before(path const &u, path const &v) -> bool {
        return std::tie(u.square, u.parent, u.entry) < std::tie(v.square, v.parent, v.entry);
    }
    /// Paths are a heap of the best so far, the worst of them in front.
    void offer(path const &p) {
        if (paths_.size() == beam_) {
            if (!before(p, paths_.front())) return;
            std::pop_heap(paths_.begin(), paths_.end(), before), paths_.pop_back();
        }
        paths_.push_back(p), std::push_heap(paths_.begin(), paths_.end(), before);
    }

    std::size_t books_, k_, m_, beam_;
    std::vector<T> distances_, rest_, next_;
    std::vector<std::size_t> taken_, extended_;
    std::vector<path> paths_;
};

} // namespace triptych::inline TRIPTYCH_ABI::detail
