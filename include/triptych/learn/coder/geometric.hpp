// triptych/learn/coder/geometric.hpp: learns the odds of model::geometric by counting.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <stdexcept>
#include <vector>

#include <triptych/coder/model/geometric.hpp>
#include <triptych/coder/range.hpp>
#include <triptych/learn/learnable.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI {

/// Learns from symbols. Counts are integers, so neither order nor threads matter. All symbols must have the same number of bands.
template <>
struct learner<coder::range<model::geometric>> {
    using model_type = model::geometric;
    using policy = coder::range<model_type>;

    template <class B>
    void observe(B const &symbols) {
        if (counts_.empty()) counts_.resize(symbols.count());
        if (counts_.size() != symbols.count())
            throw std::invalid_argument("geometric: pictures with different numbers of bands");
        for (auto const &g : symbols.layout().groups())
            for (std::size_t i = 0; i < g.samples * g.count; ++i) {
                auto &c = counts_[g.first + i % g.count];
                auto const magnitude = std::abs(static_cast<std::int64_t>(symbols.data()[g.offset + i]));
                auto const steps = std::min<std::uint64_t>(static_cast<std::uint64_t>(magnitude), model_type::longest);
                ++c.seen, c.zeros += steps == 0, c.steps += steps, c.stops += steps != 0 && steps < model_type::longest;
            }
    }
    void merge(learner const &other) {
        if (other.counts_.empty()) return;
        if (counts_.empty()) counts_.resize(other.counts_.size());
        if (counts_.size() != other.counts_.size())
            throw std::invalid_argument("geometric: pictures with different numbers of bands");
        for (std::size_t b = 0; b < counts_.size(); ++b) {
            counts_[b].seen += other.counts_[b].seen, counts_[b].zeros += other.counts_[b].zeros;
            counts_[b].steps += other.counts_[b].steps, counts_[b].stops += other.counts_[b].stops;
        }
    }
    /// Without any symbols the odds stay even.
    auto finish() -> policy {
        policy p;
        if (counts_.empty()) return p;
        std::vector<std::uint16_t> odds;
        for (auto const &c : counts_) {
            // Of `steps` decisions to grow, the first is given by the symbol not being zero. One of each kind is added.
            auto const nonzero = c.seen - c.zeros;
            odds.push_back(ratio(c.zeros, c.seen)),
                odds.push_back(ratio(c.steps - nonzero, c.steps - nonzero + c.stops));
        }
        p.model.odds = frozen<std::uint16_t>::owned(odds, dims{static_cast<std::uint32_t>(counts_.size()), 2u});
        return p;
    }

private:
    struct count {
        std::uint64_t seen = 0, zeros = 0, steps = 0, stops = 0;
    };
    static auto ratio(std::uint64_t part, std::uint64_t all) -> std::uint16_t {
        auto const p = (static_cast<double>(part) + 1) / (static_cast<double>(all) + 2);
        return static_cast<std::uint16_t>(std::clamp(std::lround(65536 * p), 32L, 65504L));
    }

    std::vector<count> counts_;
};

static_assert(learnable<coder::range<model::geometric>>);

} // namespace triptych::inline TRIPTYCH_ABI
