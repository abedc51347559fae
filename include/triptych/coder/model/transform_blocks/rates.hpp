// triptych/coder/model/transform_blocks/rates.hpp: rates of the levels of transform blocks, and decisions by them.
//
// There are two estimates. `optimise` decides whole pictures by the entropies of a few static contexts, counted in
// one pass over a first quantisation. It knows the coder's order, so each level sees the contexts that the ones
// before it made. It chooses the last diagonal of a block with all its levels in view (the last-position decision of
// H.264's trellis; Karczewicz, Ye, Chong 2008). `bits` gives the mean cost of a single symbol under the coder itself;
// it runs the coder once, when first asked.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <new>
#include <optional>
#include <stdexcept>
#include <utility>

#include <triptych/coder/engine/metering_engine.hpp>
#include <triptych/coder/engine/order.hpp>
#include <triptych/coder/model/transform_blocks/contexts.hpp>
#include <triptych/detail/memory.hpp>
#include <triptych/stream/error.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI::model::detail {

inline constexpr std::size_t priced_levels = 4; ///< 0, 1, 2, and all above

/// Bits of a level above 2 beside the decisions that it is one.
inline auto escape_bits(std::uint32_t magnitude) -> float {
    return 2 * std::log2(static_cast<float>(magnitude - 2)) + 1;
}

/// Entropies of levels and last diagonals in static contexts.
class level_entropies {
public:
    using levels = std::array<float, priced_levels>;
    auto level(std::size_t c, std::size_t size, std::size_t zone, std::size_t t) const noexcept -> levels const & {
        return levels_[c][size][zone][t];
    }
    auto last(std::size_t c, std::size_t size, std::size_t d) const noexcept -> float { return last_[c][size][d]; }

    template <class T>
    void count(std::size_t c, std::size_t size, T const *q, std::size_t stride) noexcept {
        auto const n = std::size_t{8} << size, last = last_diagonal(q, stride, n);
        last_[c][size][last] += 1;
        if (last == 0) return;
        local_magnitudes local(std::min(last + 1, n));
        auto const &band = frequency_bands[size];
        for (auto s = last; s > 0; --s)
            along_diagonal(s, n, [&](std::size_t u, std::size_t v) {
                auto *const m = local.at(u, v);
                auto const magnitude = absolute(q[u * stride + v]);
                auto &seen = levels_[c][size][(band[u] + band[v]) / 2u][local_magnitudes::template_class(m)];
                seen[std::min(magnitude, 3u)] += 1;
                *m = static_cast<std::uint8_t>(std::min(magnitude, 255u));
            });
    }
    /// Turns counts into bits. They are topped up with those of the same context in all sizes and zones, so that rare ones are sane.
    void finish() {
        for (auto &component : levels_)
            for (std::size_t t = 0; t < templates; ++t) {
                levels all{4, 2, 1, 1};
                for (auto const &size : component)
                    for (auto const &zone : size)
                        for (std::size_t k = 0; k < priced_levels; ++k) all[k] += zone[t][k];
                auto const total = all[0] + all[1] + all[2] + all[3];
                for (auto &size : component)
                    for (auto &zone : size) {
                        auto &n = zone[t];
                        for (std::size_t k = 0; k < priced_levels; ++k) n[k] += 8 * all[k] / total;
                        auto const sum = n[0] + n[1] + n[2] + n[3];
                        for (std::size_t k = 0; k < priced_levels; ++k)
                            n[k] = std::log2(sum / n[k]) + (k > 0 ? 1.0F : 0.0F);
                    }
            }
        for (auto &component : last_)
            for (std::size_t size = 0; size < 3; ++size) {
                auto const diagonals = (std::size_t{16} << size) - 1;
                float sum = 0;
                for (std::size_t d = 0; d < diagonals; ++d) sum += component[size][d] += 0.3F;
                // Blocks around tell the last diagonal in part: a fifth, by measurement.
                for (std::size_t d = 0; d < diagonals; ++d)
                    component[size][d] = 0.8F * std::log2(sum / component[size][d]);
            }
    }

private:
    // Counts, until `finish`. A float counts exactly to 2^24, a context of a larger picture saturates there, which does no harm.
    std::array<std::array<std::array<std::array<levels, templates>, zones>, 3>, 3> levels_{};
    std::array<std::array<std::array<float, 2 * superblock>, 3>, 3> last_{};
};

/// An engine that writes nothing and notes what levels, and the rest of blocks, would have cost.
class block_meter {
public:
    static constexpr bool decoding = false;

    auto bit(std::uint32_t p1, bool b) noexcept -> bool {
        bits_.bit(p1, b);
        spent_ += bits_.last();
        return b;
    }
    auto direct(std::uint32_t v, unsigned n) noexcept -> std::uint32_t { return spent_ += static_cast<float>(n), v; }

    void pay_level(std::size_t c, std::size_t size, std::size_t zone, std::size_t t, std::uint32_t magnitude,
                   bool done) noexcept {
        levels_[c][size][zone][t][std::min(magnitude, 3u)].add(std::exchange(spent_, 0.0F), done);
    }
    void pay_escape(std::uint32_t magnitude) noexcept {
        escapes_ += std::exchange(spent_, 0.0F), expected_ += escape_bits(magnitude);
    }
    void pay_block(std::size_t c, std::size_t size, bool done) noexcept {
        blocks_[c][size].add(std::exchange(spent_, 0.0F), done);
    }

    auto level(std::size_t c, std::size_t size, std::size_t zone, std::size_t t, std::uint32_t magnitude) const
        -> float {
        auto const &outcomes = levels_[c][size][zone][t];
        auto const &paid = outcomes[std::min(magnitude, 3u)];
        float others = 0;
        for (auto const &o : outcomes) others += o.seen;
        // A level that was never seen is dear, the more so the oftener others were.
        float const bits = paid.seen > 0 ? paid.bits / paid.seen : 1.5F + std::log2(1 + others);
        if (magnitude < 3) return bits;
        return bits + escape_bits(magnitude) * (expected_ > 0 ? static_cast<float>(escapes_ / expected_) : 1.0F);
    }
    /// Of size, last diagonal and DC.
    auto block(std::size_t c, std::size_t size) const noexcept -> float {
        auto const &paid = blocks_[c][size];
        return paid.seen > 0 ? paid.bits / paid.seen : 8.0F;
    }

private:
    struct tally {
        float bits = 0, seen = 0;
        void add(float v, bool done) noexcept { bits += v, seen += done; }
    };
    struct nothing {};
    nothing none_;
    coder::detail::metering_engine<nothing> bits_{none_};
    float spent_ = 0;
    double escapes_ = 0, expected_ = 0;
    std::array<std::array<std::array<std::array<std::array<tally, priced_levels>, templates>, zones>, 3>, 3> levels_{};
    std::array<std::array<tally, 3>, 3> blocks_{};
};

/// Rate estimates for `model::transform_blocks`, whose state is `State`. Made from a first quantisation; for one thread.
template <class State>
class transform_blocks_estimator {
public:
    template <class B>
    explicit transform_blocks_estimator(B const &symbols) : store_(1) {
        if (!store_.ok()) no_memory();
        ::new (static_cast<void *>(store_.data())) level_entropies;
        for_each_run(symbols, [&](std::size_t c, std::size_t size, std::size_t, std::size_t at, std::size_t stride) {
            store_[0].count(c, size, symbols.data() + at, stride);
        });
        store_[0].finish();
    }

    /// Refinement `optimising_rates`: the levels of blocks of least distortion + lambda · bits, in units of the step²; DCs are rounded, bands
    /// that are not blocks stay as they are. `coefficients` lie like `symbols`, a first quantisation of them, and `unit(band)` is
    /// 1 / step in stored units. Greedy inside a block: a level knows those before it, not what it does to those behind.
    template <class B, class Unit>
    void optimise(B &symbols, B const &coefficients, Unit &&unit, float lambda) const {
        for_each_run(symbols, [&](std::size_t c, std::size_t size, std::size_t band, std::size_t at,
                                  std::size_t stride) {
            auto const most = (std::uint32_t{1} << (width_of<typename B::value_type>(symbols.info(band)) - 1)) - 1;
            optimise_block(c, size, coefficients.data() + at, symbols.data() + at, stride, unit(band), lambda, most);
        });
    }

    /// Bits of the value v at an element of the buffer. Sizes, last diagonals and DCs are paid for by the DC, whatever its value.
    template <class B>
    auto bits(B const &symbols, std::size_t band, std::size_t element, std::int32_t v) const -> float {
        if (!metered_) metered_.emplace(symbols);
        auto const group = metered_->group[band], first = metered_->run[group];
        if (first == none) return State::others::rate(metered_->others, symbols, group, band, element, v);
        if (group == first) return 0;
        auto const stride = symbols.info(band).shape[B::rank - 1], p = element - symbols.info(band).offset;
        auto const y = p / stride, x = p % stride;
        auto const *const cells = symbols.data() + symbols.layout().groups()[first].offset;
        auto const size = static_cast<std::size_t>(cells[y / 8 * (stride / 8) + x / 8] - 3), n = std::size_t{8} << size;
        auto const u = y % n, w = x % n, c = std::min<std::size_t>(group - first - 1, 2);
        if (u + w == 0) return metered_->blocks[0].block(c, size);
        auto const *const q = symbols.data() + element;
        auto const at = [&](std::size_t du, std::size_t dv) {
            return u + du < n && w + dv < n ? std::min(absolute(q[du * stride + dv]), 255u) : 0;
        };
        auto const sum = 2 * (at(0, 1) + at(1, 0)) + at(1, 1) + at(0, 2) + at(2, 0);
        auto const &bands = frequency_bands[size];
        if (v == 0 && sum == 0 && beyond(q - u * stride - w, stride, n, u + w)) return 0;
        return metered_->blocks[0].level(c, size, (bands[u] + bands[w]) / 2u, class_of(template_classes, sum),
                                         absolute(v));
    }

private:
    static constexpr std::size_t none = ~std::size_t{0};

    struct metered {
        triptych::detail::buffer<std::size_t> group, run; ///< of a band; first group of a group's run
        triptych::detail::buffer<block_meter> blocks;     ///< one
        typename State::others::rates others;

        template <class B>
        explicit metered(B const &symbols)
            : group(symbols.count()), run(symbols.layout().groups().size(), none), blocks(1) {
            State state;
            typename State::others neighbours;
            if (!group.ok() || !run.ok() || !blocks.ok() || !others.ok() || !state.ok() || !neighbours.ok())
                no_memory();
            ::new (static_cast<void *>(blocks.data())) block_meter;
            coder::detail::metering_engine meter(others);
            auto const &groups = symbols.layout().groups();
            for (std::size_t g = 0; g < groups.size(); ++g)
                for (std::size_t k = 0; k < groups[g].count; ++k) group[groups[g].first + k] = g;
            for (std::size_t g = 0; g < groups.size();) {
                auto const end = g + 1 + block_planes(symbols, g).planes;
                if (end > g + 1) {
                    if (!state.code_run(blocks[0], symbols, run_at(symbols.layout(), g))) no_memory();
                    for (auto i = g; i < end; ++i) run[i] = g;
                } else {
                    neighbours.code_group(meter, symbols, g);
                }
                g = end;
            }
        }
    };

    [[noreturn]] static void no_memory() {
        triptych::detail::raise<std::length_error>("there is no memory for the coder's model");
    }
    /// The run that begins at a group, none if its side band is not canonical.
    template <class B>
    static auto block_planes(B const &symbols, std::size_t group) noexcept -> block_run {
        auto run = run_at(symbols.layout(), group);
        if (run.planes > 0 && !canonical(symbols.data() + symbols.layout().groups()[group].offset, run)) run.planes = 0;
        return run;
    }
    /// Calls `f(component, size, band, element, stride)` for each block of each plane of all runs.
    template <class B, class F>
    static void for_each_run(B const &symbols, F &&f) {
        auto const &groups = symbols.layout().groups();
        for (std::size_t g = 0; g < groups.size(); ++g) {
            auto const run = block_planes(symbols, g);
            if (run.planes == 0) continue;
            auto const *const cells = symbols.data() + groups[g].offset;
            auto const sizes = [&](std::size_t r, std::size_t c) { return cells[r * run.cols + c]; };
            for (std::size_t p = 0; p < run.planes; ++p) {
                auto const &plane = groups[g + 1 + p];
                triptych::detail::for_each_block(sizes, run.rows, run.cols,
                                                 [&](std::size_t y, std::size_t x, int log2) {
                                                     f(std::min<std::size_t>(p, 2), static_cast<std::size_t>(log2 - 3),
                                                       plane.first, plane.offset + y * run.width() + x, run.width());
                                                 });
            }
            g += run.planes;
        }
    }
    /// Whether the last non-zero diagonal of a block lies before s.
    template <class T>
    static auto beyond(T const *q, std::size_t stride, std::size_t n, std::size_t s) noexcept -> bool {
        return last_diagonal(q, stride, n) < s;
    }

    template <class T>
    void optimise_block(std::size_t c, std::size_t size, T const *x, T *q, std::size_t stride, float unit, float lambda,
                        std::uint32_t most) const {
        // Few bits would be saved by a dead zone of the DC, and all of its error is seen.
        auto const dc =
            std::min(static_cast<double>(absolute(x[0])) * static_cast<double>(unit) + 0.5, static_cast<double>(most));
        q[0] = static_cast<T>(x[0] < 0 ? -static_cast<std::int32_t>(dc) : static_cast<std::int32_t>(dc));
        auto const n = std::size_t{8} << size, last = last_diagonal(q, stride, n);
        if (last == 0) return;
        auto const used = std::min(last + 1, n);
        auto const &band = frequency_bands[size];
        local_magnitudes local(used);
        std::array<float, 2 * superblock> gain; // of coding a diagonal instead of zeroing it
        for (auto s = last; s > 0; --s) {
            gain[s] = 0;
            along_diagonal(s, n, [&](std::size_t u, std::size_t v) {
                auto *const m = local.at(u, v);
                auto const &bits =
                    entropies().level(c, size, (band[u] + band[v]) / 2u, local_magnitudes::template_class(m));
                auto const at = u * stride + v;
                auto const value = static_cast<float>(absolute(x[at])) * unit;
                auto const zero = value * value;
                auto cost = zero + lambda * bits[0];
                std::uint32_t best = 0;
                auto const high = value < 0.5F ? 0
                                  : value < static_cast<float>(most)
                                      ? std::min(static_cast<std::uint32_t>(value + 0.5F), most)
                                      : most;
                for (auto a = high > 1 ? high - 1 : 1; a <= high; ++a) {
                    auto const miss = value - static_cast<float>(a);
                    auto const j = miss * miss + lambda * (a < 3 ? bits[a] : bits[3] + escape_bits(a));
                    if (j < cost) cost = j, best = a;
                }
                *m = static_cast<std::uint8_t>(std::min(best, 255u));
                q[at] = static_cast<T>(x[at] < 0 ? 0u - best : best);
                gain[s] += cost - zero;
            });
        }
        std::size_t keep = 0;
        auto least = lambda * entropies().last(c, size, 0);
        float sum = 0;
        for (std::size_t s = 1; s <= last; ++s) {
            sum += gain[s];
            if (auto const j = sum + lambda * entropies().last(c, size, s); j < least) least = j, keep = s;
        }
        for (auto s = keep + 1; s <= last; ++s)
            along_diagonal(s, n, [&](std::size_t u, std::size_t v) { q[u * stride + v] = 0; });
    }

    auto entropies() const noexcept -> level_entropies const & { return store_[0]; }

    triptych::detail::buffer<level_entropies> store_; ///< one: too large for a stack
    mutable std::optional<metered> metered_;
};

} // namespace triptych::inline TRIPTYCH_ABI::model::detail
