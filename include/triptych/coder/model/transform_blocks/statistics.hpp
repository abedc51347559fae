// triptych/coder/model/transform_blocks/statistics.hpp: what `model::transform_blocks` adapts, and what it remembers
// of earlier blocks.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

#include <triptych/coder/model/transform_blocks/contexts.hpp>
#include <triptych/coder/parts/logistic.hpp>
#include <triptych/detail/memory.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI::model::detail {

/// A probability of 1: the mean of what was seen, later an average that forgets.
struct block_counter {
    std::uint16_t mean = 32768, seen = 0;

    auto p() const noexcept -> std::uint32_t { return mean; }
    void learn(bool b, unsigned most) noexcept {
        mean = static_cast<std::uint16_t>(mean + ((((b ? 65535 : 0) - mean) * (mean_steps[seen] >> 1)) >> 15));
        if (seen < most) ++seen;
    }
};
/// Of up to five contexts.
using block_weights = weights<5, 65536 * 3 / 10>;

/// One decision with one context.
template <class E>
auto simple(E &engine, block_counter &c, bool b) -> bool {
    b = engine.bit(std::clamp<std::uint32_t>(c.p(), 4, 65532), b);
    c.learn(b, 60);
    return b;
}
/// One decision with several contexts, mixed.
template <class E, std::size_t N>
auto mixed(E &engine, std::array<block_counter *, N> const &contexts, block_weights &mix, bool b) -> bool {
    blended<N> const said(contexts, mix);
    b = engine.bit(static_cast<std::uint32_t>(said.p), b);
    said.template correct<16, 10>(mix, b);
    for (auto *const c : contexts) c->learn(b, 255);
    return b;
}

/// All that adapts. First index: component of the run, the third standing for all later ones; sizes are 8, 16, 32.
struct block_statistics {
    static constexpr std::size_t C = 3, S = 3;

    struct decision { ///< not zero, above 1, above 2
        block_counter local[C][S][zones][templates], position[C][S][64][3], around[C][kinds_of_energy][templates];
        block_counter other[C][kinds_of_energy][templates], follow[C][kinds_of_border][templates];
        block_weights mix[C][S];
    };
    std::array<decision, 3> decisions;
    block_counter escape[templates][17], escape_mantissa[templates][17];
    block_counter sign_both[2][7][7], sign_size[S][kinds_of_border][4][4], sign_level[kinds_of_border][5][3];
    block_counter sign_follow[C][7][7][4];
    block_weights sign_mix[C];
    block_counter last_near[C][S][16][16], last_other[C][S][16][16], last_both[2][8][8][16], last_fine[2][S][4][4];
    block_weights last_mix[C][4];
    block_counter dc_near[C][S][12][18], dc_other[C][13][18], dc_disagree[C][9][18], dc_mantissa[C][18], dc_sign[3][4];
    block_weights dc_mix[C][4];
    block_counter split[2][3], blocks;
};

/// What is remembered of a plane of a run for the blocks to come.
struct block_plane {
    std::int16_t *top, *left;           ///< reconstructed lines above and left of what comes, Q6 of a level
    std::uint8_t *energy;               ///< magnitudes smoothed inside their blocks, in place
    std::uint8_t *last, *residual;      ///< a cell's class of last diagonal, and bits of its DC's residual
    std::array<regression *, 2> follow; ///< a cell's regression on the first two components
    unsigned bits;
};

class block_memory {
public:
    block_memory(block_run const &run) noexcept
        : lines_(run.planes * (run.height() + run.width())),
          bytes_(run.planes * (run.height() * run.width() + 2 * cells(run)), 0),
          follow_(run.planes > 1 ? run.planes * 2 * cells(run) : 0, {}), planes_(run.planes) {
        if (!ok()) return;
        auto *line = lines_.data();
        auto *byte = bytes_.data();
        auto *follow = follow_.data();
        for (auto &p : planes_) {
            p.top = line, p.left = line + run.width(), line += run.width() + run.height();
            p.energy = byte, byte += run.height() * run.width();
            p.last = byte, p.residual = byte + cells(run), byte += 2 * cells(run);
            if (follow) p.follow = {follow, follow + cells(run)}, follow += 2 * cells(run);
        }
    }
    auto ok() const noexcept -> bool { return lines_.ok() && bytes_.ok() && follow_.ok() && planes_.ok(); }
    auto operator[](std::size_t p) noexcept -> block_plane & { return planes_[p]; }

private:
    static auto cells(block_run const &run) noexcept -> std::size_t { return run.rows * run.cols; }

    triptych::detail::buffer<std::int16_t> lines_;
    triptych::detail::buffer<std::uint8_t> bytes_;
    triptych::detail::buffer<regression> follow_;
    triptych::detail::buffer<block_plane> planes_;
};

} // namespace triptych::inline TRIPTYCH_ABI::model::detail
