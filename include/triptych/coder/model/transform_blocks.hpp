// triptych/coder/model/transform_blocks.hpp: the coefficients of cosine blocks of several sizes, as
// `transform::adaptive_dct` lays them out.
//
// Every decision is the logistic mix (PAQ's) of three to five adaptive contexts: the coefficient's neighbours in its
// block, its exact frequency, the same frequency of the blocks to the left and above, and of the components coded
// before, with a running regression on their levels.
//
// The surprise is in signs and the DC, which most coders send almost as they are. The model keeps the lines of
// reconstructed samples along the left and upper border of a block. The image is likely to continue across the
// border. So each sign is predicted from what the lines still lack, and the DC, coded last, from the rest (sign
// prediction, tried for VVC and its successor). This saves 6 % of the bits; the estimator's joint decisions save
// another 4 %.
//
// Bands in any other layout are coded as by `model::neighbourhood`, so any symbols of any layout can be coded.
#pragma once

#include <cstddef>
#include <cstdint>
#include <new>
#include <optional>
#include <type_traits>

#include <triptych/bands.hpp>
#include <triptych/coder/engine/order.hpp>
#include <triptych/coder/model/neighbourhood.hpp>
#include <triptych/coder/model/transform_blocks/coding.hpp>
#include <triptych/coder/model/transform_blocks/contexts.hpp>
#include <triptych/coder/model/transform_blocks/rates.hpp>
#include <triptych/coder/model/transform_blocks/statistics.hpp>
#include <triptych/detail/memory.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI::model {

namespace detail {

/// What adapts during one stream.
class transform_blocks_state {
public:
    using others = neighbourhood::statistics;

    transform_blocks_state() noexcept : learned_(1) {
        if (learned_.ok()) ::new (static_cast<void *>(learned_.data())) block_statistics;
    }
    auto ok() const noexcept -> bool { return learned_.ok() && ok_; }

    /// Codes all symbols: runs of planes by blocks, everything else like `model::neighbourhood`.
    template <class E, class B>
    void code(E &engine, B &symbols) noexcept(E::decoding) {
        auto const &groups = symbols.layout().groups();
        for (std::size_t g = 0; g < groups.size();) {
            auto const run = run_at(symbols.layout(), g);
            auto const end = g + 1 + run.planes;
            if (run.planes > 0 &&
                simple(engine, learned().blocks, !E::decoding && canonical(symbols.data() + groups[g].offset, run))) {
                if (!code_run(engine, symbols, run)) return zero_rest(symbols, g);
                g = end;
            }
            for (; g < end; ++g) {
                if (!others_ && !others_.emplace().ok()) ok_ = false;
                if (!ok_ || !others_->code_group(engine, symbols, g)) return zero_rest(symbols, g);
            }
        }
    }

    /// Codes a run whose side band is canonical; false if the stream ended early or memory ran out.
    template <class E, class B>
    auto code_run(E &engine, B &symbols, block_run const &run) noexcept(E::decoding) -> bool {
        using T = typename std::remove_const_t<B>::value_type;
        using V = std::conditional_t<E::decoding, T, T const>;
        block_memory memory(run);
        if (!memory.ok()) return ok_ = false;
        V *const first = symbols.data() + symbols.layout().groups()[run.first].offset;
        block_coding<E, V> job(learned(), engine, memory, run, first);
        for (std::size_t p = 0; p < run.planes; ++p)
            memory[p].bits = width_of<T>(symbols.info(symbols.layout().groups()[run.first + 1 + p].first));
        if constexpr (E::decoding) {
            auto const n = run.rows * run.cols + run.planes * run.height() * run.width();
            for (std::size_t i = 0; i < n; ++i) first[i] = 0; // what lies behind the last diagonals is not visited
        }
        for (std::size_t y = 0; y < run.height(); y += superblock)
            for (std::size_t x = 0; x < run.width(); x += superblock) {
                if constexpr (requires { engine.exhausted(); })
                    if (engine.exhausted()) return false;
                job.code_sizes(y, x, triptych::detail::largest_log2);
                auto const visit = [&](std::size_t by, std::size_t bx, int log2) {
                    for (std::size_t p = 0; p < run.planes; ++p) job.code_block(p, by, bx, log2);
                };
                auto const size = [&](std::size_t r, std::size_t c) { return job.size_at(r, c); };
                triptych::detail::for_each_block_within(size, y, x, triptych::detail::largest_log2, visit);
            }
        return true;
    }

private:
    auto learned() noexcept -> block_statistics & { return *learned_.data(); }

    triptych::detail::buffer<block_statistics> learned_;
    std::optional<others> others_;
    bool ok_ = true;
};

} // namespace detail

/// Adaptive contexts for blocks of a cosine transform, for `coder::range`: about 50 ns a decision, borders included; 95 kB and 1.3
/// bytes a sample.
struct transform_blocks {
    static constexpr bool looks_back = true;
    static constexpr void describe(auto &d) { d("transform_blocks"); }

    using statistics = detail::transform_blocks_state;
    using estimator = detail::transform_blocks_estimator<statistics>;
};

} // namespace triptych::inline TRIPTYCH_ABI::model
