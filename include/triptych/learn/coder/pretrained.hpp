// triptych/learn/coder/pretrained.hpp: learns model::pretrained from a corpus.
//
// Three readings of the pictures: which contexts occur in many of them (a sketch of counters, as there are far more contexts than
// memory); what those meant; and how far each may be trusted. The third codes the pictures with the first two's results, always without what the
// picture and its neighbours in the corpus have told (*folds*): weights that were fitted to a memory of the very picture would believe it blindly. Siblings
// usually follow each other, which is why folds are runs of the corpus.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <stdexcept>
#include <utility>
#include <vector>

#include <triptych/coder/model/pretrained.hpp>
#include <triptych/coder/range.hpp>
#include <triptych/learn/learnable.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI {

namespace detail {

/// Symbols of one picture, kept until all have been seen.
struct kept_picture {
    std::vector<std::int16_t> values; ///< sample by sample
    std::size_t n = 0, h = 0, w = 0;
    std::array<unsigned, 4> width{};

    auto planes() const noexcept -> model::detail::planes<std::int16_t const> {
        model::detail::planes<std::int16_t const> p;
        p.n = n, p.h = h, p.w = w, p.width = width;
        for (std::size_t c = 0; c < n; ++c) p.data[c] = values.data() + c, p.stride[c] = n;
        return p;
    }
};

/// What is known of the contexts that are kept, fold by fold.
struct context_counts {
    static constexpr std::size_t folds = 4;
    std::array<std::array<std::uint16_t, 2>, folds> seen{};
    std::uint32_t hash = 0, last_picture = 0; ///< number of the picture seen last, from 1
    std::uint16_t pictures = 0;
    std::uint8_t here = 0; ///< times in that picture

    /// Zeros and ones outside a fold (none: `folds`).
    auto outside(std::size_t fold) const noexcept -> std::array<std::uint32_t, 2> {
        std::array<std::uint32_t, 2> n{};
        for (std::size_t f = 0; f < folds; ++f)
            if (f != fold) n[0] += seen[f][0], n[1] += seen[f][1];
        return n;
    }
};

/// The summary of counts: exact up to four, then classes of n with ever finer odds.
inline auto summary_of(std::array<std::uint32_t, 2> n) -> std::size_t {
    using model::detail::summary;
    auto const total = n[0] + n[1];
    if (total == 0) return 0;
    if (total <= 4) return summary::first[total - 1] + n[1];
    auto const size_class = total <= 8 ? 4u : total <= 16 ? 5u : total <= 40 ? 6u : total <= 150 ? 7u : 8u;
    auto const odds = std::log((n[1] + 0.4) / (n[0] + 0.4));
    auto const most = std::min(std::log((total + 0.4) / 0.4), 8.0);
    auto const steps = summary::first[size_class + 1] - summary::first[size_class] - 1;
    auto const step = std::lround((std::clamp(odds / most, -1.0, 1.0) + 1) / 2 * steps);
    return summary::first[size_class] + static_cast<std::size_t>(step);
}

/// Where the contexts of a corpus live while it is learned from.
class context_table {
public:
    /// The contexts of these hashes, none twice.
    explicit context_table(std::size_t most) : index_(std::bit_ceil(2 * most + 2), 0) {}
    auto find(std::uint32_t hash) -> context_counts * {
        for (auto i = at(hash);; i = (i + 1) & (index_.size() - 1)) {
            if (index_[i] == 0) return nullptr;
            if (all[index_[i] - 1].hash == hash) return &all[index_[i] - 1];
        }
    }
    auto add(std::uint32_t hash) -> context_counts & {
        if (auto *const known = find(hash)) return *known;
        if (2 * (all.size() + 1) >= index_.size()) {
            std::vector<std::uint32_t> wider(index_.size() * 2, 0);
            index_.swap(wider);
            for (std::size_t j = 0; j < all.size(); ++j) enter(all[j].hash, j);
        }
        all.emplace_back().hash = hash;
        enter(hash, all.size() - 1);
        return all.back();
    }
    std::vector<context_counts> all;

private:
    auto at(std::uint32_t hash) const noexcept -> std::size_t { return (hash * 0x9e3779b1u) & (index_.size() - 1); }
    void enter(std::uint32_t hash, std::size_t j) {
        auto i = at(hash);
        while (index_[i] != 0) i = (i + 1) & (index_.size() - 1);
        index_[i] = static_cast<std::uint32_t>(j + 1);
    }
    std::vector<std::uint32_t> index_;
};

/// What all three readings code by: the decisions as they are, handed to f(decision, b).
template <class F>
struct reading {
    static constexpr bool decoding = false;
    F f;
    auto bit(model::detail::decision const &d, bool b) -> bool { return f(d, b), b; }
    auto likely(bool b) -> bool { return b; }
    auto direct(std::uint32_t v, unsigned) -> std::uint32_t { return v; }
    auto stop() const noexcept -> bool { return false; }
};
template <class F>
void read_decisions(kept_picture const &p, F &&f) {
    reading<F &> r{f};
    auto const planes = p.planes();
    bool const ok = planes.n > 1 ? [&] {
        model::detail::colour_walk<std::int16_t const> w(planes);
        return w.ok() && (w.code(r), true);
    }() : [&] {
        model::detail::value_walk<std::int16_t const> w(planes);
        return w.ok() && (w.code(r), true);
    }();
    if (!ok) throw std::length_error("pretrained: a picture is too large for memory");
}
} // namespace detail

/// Keeps the pictures (two bytes a sample) until `finish`, which takes some 50 ms for each of 72 × 72 × 4 samples, in one thread.
template <>
struct learner<coder::range<model::pretrained>> {
    using policy = coder::range<model::pretrained>;

    /// How large the model may become; the part that does not grow takes 20 to 80 KB.
    void limit(std::uint64_t bytes) {
        slots_ = static_cast<std::size_t>(
                     std::clamp<std::uint64_t>((bytes - std::min<std::uint64_t>(bytes, overhead)) / 8, 1, 1 << 23)) *
                 4;
    }

    template <class B>
    void observe(B const &symbols) {
        using T = typename B::value_type const;
        model::detail::for_pictures<T>(symbols, [&](model::detail::planes<T> const &p) {
            detail::kept_picture k;
            k.n = p.n, k.h = p.h, k.w = p.w, k.width = p.width;
            for (std::size_t c = 0; c < p.n; ++c)
                if (p.width[c] > 16) throw std::invalid_argument("pretrained: learns from symbols of at most 16 bits");
            k.values.reserve(p.n * p.h * p.w);
            for (std::size_t i = 0; i < p.h * p.w; ++i)
                for (std::size_t c = 0; c < p.n; ++c)
                    k.values.push_back(static_cast<std::int16_t>(p.data[c][i * p.stride[c]]));
            pictures_.push_back(std::move(k));
        });
    }
    void merge(learner const &other) {
        pictures_.insert(pictures_.end(), other.pictures_.begin(), other.pictures_.end());
    }

    /// Without any pictures the model stays as it is without state.
    auto finish() -> policy {
        policy p;
        if (pictures_.empty()) return p;
        auto counts = meanings(frequent());
        auto const [slots, of_slot] = placed(counts);
        trust(p.model, slots, of_slot);
        std::vector<std::uint16_t> frozen_slots(slots.size(), 0);
        for (std::size_t i = 0; i < slots.size(); ++i)
            if (slots[i] != empty)
                frozen_slots[i] = static_cast<std::uint16_t>(
                    model::detail::slot_table::check(static_cast<std::uint32_t>(slots[i])) << 7 |
                    detail::summary_of(of_slot[i].outside(detail::context_counts::folds)));
        p.model.slots =
            frozen<std::uint16_t>::owned(frozen_slots, dims{static_cast<std::uint32_t>(frozen_slots.size())});
        return p;
    }

private:
    static constexpr std::size_t overhead = 50'000;
    static constexpr std::uint8_t most_here = 4;      ///< times that a context counts in one picture
    static constexpr std::size_t most_trusted = 1500; ///< pictures of the third reading
    static constexpr std::uint64_t empty = ~std::uint64_t{0};

    auto fold(std::size_t picture) const noexcept -> std::size_t {
        return picture * detail::context_counts::folds / pictures_.size();
    }

    /// First reading: in about how many pictures each context occurs, 255 for more.
    auto frequent() const -> std::vector<std::uint8_t> {
        std::uint64_t samples = 0;
        for (auto const &p : pictures_) samples += p.values.size();
        std::vector<std::uint8_t> sketch(std::bit_ceil(std::clamp<std::uint64_t>(samples * 8, 1 << 16, 1 << 28)), 0);
        std::vector<std::uint32_t> recent(1 << 20, 0); // counted in this picture already
        for (std::size_t i = 0; i < pictures_.size(); ++i) {
            auto const mark = static_cast<std::uint32_t>(i + 1) * 0x9e3779b1u;
            detail::read_decisions(pictures_[i], [&](model::detail::decision const &d, bool) {
                for (auto const h : d.context) {
                    auto &r = recent[(h >> 7) & (recent.size() - 1)];
                    if (r == (h ^ mark)) continue;
                    r = h ^ mark;
                    if (auto &n = sketch[h & (sketch.size() - 1)]; n < 255) ++n;
                }
            });
        }
        return sketch;
    }

    /// Second reading: what contexts meant that may be frequent enough to be kept.
    auto meanings(std::vector<std::uint8_t> const &sketch) const -> std::vector<detail::context_counts> {
        std::array<std::size_t, 256> cells{};
        for (auto const n : sketch) ++cells[n];
        std::size_t least = 255, more = cells[255];
        while (least > 2 && more + cells[least - 1] <= slots_ * 3 / 2) more += cells[--least];
        detail::context_table table(more);
        for (std::size_t i = 0; i < pictures_.size(); ++i)
            detail::read_decisions(pictures_[i], [&](model::detail::decision const &d, bool b) {
                for (auto const h : d.context) {
                    if (sketch[h & (sketch.size() - 1)] < least) continue;
                    auto &c = table.add(h);
                    if (c.last_picture != i + 1)
                        c.last_picture = static_cast<std::uint32_t>(i + 1), c.here = 0,
                        c.pictures = static_cast<std::uint16_t>(c.pictures + (c.pictures < 65535));
                    if (c.here == most_here) continue;
                    ++c.here;
                    if (auto &n = c.seen[fold(i)][b]; n < 65535) ++n;
                }
            });
        return std::move(table.all);
    }

    /// The most frequent contexts in buckets of four: hashes (or `empty`) and counts, slot by slot.
    auto placed(std::vector<detail::context_counts> &counts) const
        -> std::pair<std::vector<std::uint64_t>, std::vector<detail::context_counts>> {
        std::erase_if(counts, [](auto const &c) { return c.pictures < 2; });
        std::sort(counts.begin(), counts.end(), [](auto const &a, auto const &b) {
            return a.pictures != b.pictures ? a.pictures > b.pictures : a.hash < b.hash;
        });
        auto const size = std::max<std::size_t>(4, std::min(slots_, (counts.size() * 5 / 4 + 3) / 4 * 4));
        std::vector<std::uint64_t> slots(size, empty);
        std::vector<detail::context_counts> of_slot(size);
        for (auto const &c : counts) {
            auto const first = 4 * model::detail::slot_table::bucket(c.hash, size / 4);
            for (auto i = first; i < first + 4; ++i) {
                // The same check in the same bucket would be taken for the other one.
                if (slots[i] != empty && model::detail::slot_table::check(static_cast<std::uint32_t>(slots[i])) ==
                                             model::detail::slot_table::check(c.hash))
                    break;
                if (slots[i] != empty) continue;
                slots[i] = c.hash, of_slot[i] = c;
                break;
            }
        }
        return {std::move(slots), std::move(of_slot)};
    }

    /// Third reading: what summaries and histories are worth, and the weights.
    void trust(model::pretrained &m, std::vector<std::uint64_t> const &slots,
               std::vector<detail::context_counts> const &of_slot) const {
        using namespace model::detail;
        struct without_fold {
            std::vector<std::uint64_t> const &slots;
            std::vector<triptych::detail::context_counts> const &of_slot;
            std::size_t fold;
            auto state(std::uint32_t h) const -> std::size_t {
                auto const first = 4 * slot_table::bucket(h, slots.size() / 4);
                for (auto i = first; i < first + 4; ++i)
                    if (slots[i] != empty &&
                        slot_table::check(static_cast<std::uint32_t>(slots[i])) == slot_table::check(h))
                        return triptych::detail::summary_of(of_slot[i].outside(fold));
                return 0;
            }
        };
        /// Mean of what followed a state, starting from a guess that counts as much as `weight` observations.
        struct worth {
            double ones = 0, all = 0;
            void start(std::int16_t guess, double weight) {
                all = weight, ones = weight / (1 + std::exp(-guess / 256.0));
            }
            void learn(bool b, std::int16_t &value) {
                ++all, ones += b;
                auto const n = static_cast<std::uint64_t>(all);
                // Logarithms are dear, and a long mean moves slowly.
                if (n > 32 && n % (std::bit_floor(n) / 16) != 0) return;
                value = static_cast<std::int16_t>(
                    std::lround(256 * std::clamp(std::log(ones / (all - ones)), -11.0, 11.0)));
            }
        };
        mixture mix;
        mix.start(m.mixing(), std::max_element(pictures_.begin(), pictures_.end(), [](auto const &a, auto const &b) {
                                  return a.values.size() < b.values.size();
                              })->values.size());
        if (!mix.ok()) throw std::length_error("pretrained: there is no memory to learn with");
        std::array<std::vector<worth>, rulings> corpus, picture;
        std::array<bool, rulings> used{};
        for (std::size_t k = 0; k < rulings; ++k) {
            auto &t = mix.of(static_cast<decision_kind>(k));
            t.pace = mixture::training;
            corpus[k].resize(t.corpus.size()), picture[k].resize(t.picture.size());
            for (std::size_t i = 0; i < corpus[k].size(); ++i) corpus[k][i].start(0, 2);
            for (std::size_t i = 0; i < picture[k].size(); ++i) picture[k][i].start(t.picture[i], 2);
        }
        auto const n = std::min(most_trusted, pictures_.size());
        // A stride that has no factor in common visits them all, far from each other.
        std::size_t stride = n * 5 / 8 | 1;
        while (std::gcd(stride, n) != 1) stride += 2;
        for (std::size_t i = 0; i < n; ++i) {
            auto const which = (i * stride % n) * pictures_.size() / n;
            without_fold const known{slots, of_slot, fold(which)};
            mix.forget();
            triptych::detail::read_decisions(pictures_[which], [&](decision const &d, bool b) {
                auto const k = static_cast<std::size_t>(d.kind);
                used[k] = true;
                mix.bit(d, known, [b](std::uint32_t) { return b; });
                auto &t = mix.of(d.kind);
                for (std::size_t c = 0; c < context_count; ++c) {
                    if (auto const s = mix.summaries[c]; s != 0)
                        corpus[k][c * summary::count + s].learn(b, t.corpus[c * summary::count + s]);
                    if (auto const s = mix.states[c]; s != 0)
                        picture[k][c * history::count + s].learn(b, t.picture[c * history::count + s]);
                }
            });
        }
        std::array<model::pretrained::arrays *, rulings> const to{&m.flags, &m.colours, &m.values};
        for (std::size_t k = 0; k < rulings; ++k) {
            if (!used[k]) continue;
            auto &t = mix.of(static_cast<decision_kind>(k));
            std::vector<std::int16_t> weights;
            for (auto const w : t.weights)
                weights.push_back(static_cast<std::int16_t>(std::clamp((w + 8) >> 4, -32768, 32767)));
            auto const extents = [](std::size_t rows, std::size_t columns) {
                return dims{static_cast<std::uint32_t>(rows), static_cast<std::uint32_t>(columns)};
            };
            to[k]->corpus =
                frozen<std::int16_t>::owned({t.corpus.data(), t.corpus.size()}, extents(context_count, summary::count));
            to[k]->picture = frozen<std::int16_t>::owned({t.picture.data(), t.picture.size()},
                                                         extents(context_count, history::count));
            to[k]->weights = frozen<std::int16_t>::owned(weights, extents(mixers[k], mixer_inputs));
        }
    }

    std::vector<detail::kept_picture> pictures_;
    std::size_t slots_ = 4 * ((1'000'000 - overhead) / 8);
};

static_assert(learnable<coder::range<model::pretrained>>);

} // namespace triptych::inline TRIPTYCH_ABI
