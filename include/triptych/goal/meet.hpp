// triptych/goal/meet.hpp: meets a quality goal, by trial encodes at chosen steps.
//
// Each trial is a complete payload, and where the goal is a distortion it is decoded again, so what is met is met by the bytes
// that are written. Lossy floats carry a list of samples that travel verbatim: those that are not finite, and those that would miss a
// bound; their bound holds at any step, and the search is for the smallest payload instead.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <stdexcept>
#include <type_traits>
#include <utility>
#include <vector>

#include <triptych/goal/fidelity.hpp>
#include <triptych/goal/search.hpp>
#include <triptych/picture.hpp>
#include <triptych/quality.hpp>
#include <triptych/schedule/samples.hpp>
#include <triptych/schedule/verbatim.hpp>
#include <triptych/stream/error.hpp>
#include <triptych/stream/writer.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI::detail {

/// What a codec can do, as far as goals are concerned.
struct abilities {
    bool exact = false;      ///< it can lose nothing
    bool only_exact = false; ///< it can do nothing else
    bool reversible = false; ///< its transform loses nothing, so integers need no headroom
};

/// `encode(map, target) -> bytes` runs the panels, `decode(bytes, map) -> picture` runs them back, `around(payload size)` is the number of
/// bytes that the framing adds.
template <sample S, std::size_t R, class Encode, class Decode, class Around>
class goal_search {
public:
    goal_search(picture_view<S, R> const &view, abilities can, Encode encode, Decode decode, Around around)
        : view_(view), can_(can), encode_(std::move(encode)), decode_(std::move(decode)), around_(std::move(around)) {}

    /// The payload that meets the goal. Throws std::invalid_argument for a goal that this codec can't aim at.
    auto payload(quality const &goal) const -> std::vector<std::byte> {
        using kind = quality::kind;
        if (!is_finite(static_cast<float>(goal.value)) || goal.value < 0 || goal.value > 1e30)
            raise<std::invalid_argument>("a quality is a number that is not negative");
        if (!(view_.peak >= 0 && view_.peak <= 1e30))
            raise<std::invalid_argument>("the peak of a picture is a number that is not negative");
        if (goal.what == kind::scale && goal.value > 100)
            raise<std::invalid_argument>("a quality scale goes from 0 to 100");
        if (goal.what == kind::exact || (goal.what == kind::max_error && goal.value == 0)) {
            if (!can_.exact) raise<std::invalid_argument>("this codec cannot be exact");
            return exactly();
        }
        if (can_.only_exact) raise<std::invalid_argument>("this codec can only be exact");
        if (goal.what == kind::max_error) return within_bound(goal.value);

        auto const map = choose_map(view_.data, view_.size(), false);
        double const grain = std::ldexp(1.0, map.exponent);
        double const peak = peak_of(view_);
        double const unit =
            std::log2(peak / 255 / grain); // the step that is 1 for 8-bit samples, as a logarithm, in integers
        if (goal.what == kind::scale)
            return at(map, unit + std::log2(3.0) + 7.5 * (100 - goal.value) / 100, false).payload;
        if (goal.what == kind::step)
            return attempt(map, {static_cast<float>(goal.value / grain)}, unbounded, false).payload;

        return meeting(goal, map, unit, peak);
    }

private:
    struct trial {
        std::vector<std::byte> payload;
        picture<S, R> decoded; // only where asked for
    };
    static constexpr double unbounded = std::numeric_limits<double>::max();

    /// The payload that comes nearest to a rate or a signal-to-noise ratio.
    auto meeting(quality const &goal, sample_map const &map, double unit, double peak) const -> std::vector<std::byte> {
        bool const by_rate = goal.what == quality::kind::bits_per_pixel;
        auto const pixels = static_cast<double>(std::max<std::uint64_t>(volume(view_.shape), 1));
        double const wanted = std::log2(std::max(goal.value, 1e-6) * pixels / 8);
        std::vector<std::byte> best;
        double nearest = std::numeric_limits<double>::max();
        struct side {
            double miss = std::numeric_limits<double>::max(), log_step = 0;
        };
        std::array<side, 2> nearest_beside; // where the result is too large or good, and too small or bad
        auto const miss = [&](double log_step, float lambda) {
            auto t = attempt(map, {static_cast<float>(std::exp2(log_step)), lambda}, unbounded, !by_rate);
            double const y = by_rate
                                 ? wanted - std::log2(static_cast<double>(t.payload.size() + around_(t.payload.size())))
                                 : std::clamp(goal.value - psnr_of(view_, t.decoded.data(), peak), -60.0, 60.0);
            auto &beside = nearest_beside[y > 0];
            if (std::abs(y) < std::abs(beside.miss)) beside = {y, log_step};
            if (std::abs(y) < nearest) nearest = std::abs(y), best = std::move(t.payload);
            return y;
        };
        constexpr float usual = target{}.lambda;
        double const enough = by_rate ? 0.003 : 0.02, promised = by_rate ? 0.01 : 0.08;
        auto const at_usual = [&](double log_step) { return miss(log_step, usual); };
        // At high rates the error is step² / 12, 59 dB for a step of 1; below that it falls behind, by the slopes given here.
        if (by_rate)
            find_root(unit - 7, unit + 10, unit + 3, 0.7, enough, 24, at_usual);
        else
            find_root(unit - 7, unit + 10, unit + (59 - goal.value) / 5, 4.5, enough, 24, at_usual);
        if (nearest <= promised) return best;

        // Between two steps there may be a jump. The price of bits moves in smaller ones, for a quantizer that asks for it: on either side.
        double const slope = by_rate ? 0.1 : 0.4;
        auto const jump = nearest_beside;
        for (auto const &from : jump) {
            if (nearest <= promised || std::abs(from.miss) > 16 * slope) continue;
            find_root(-4, 4, -from.miss / slope, slope, enough, 8, [&](double octaves) {
                auto const y = miss(from.log_step, usual * static_cast<float>(std::exp2(octaves)));
                return y == from.miss ? 0 : y; // nothing moves: stop
            });
        }
        // And what neither rises nor falls may come nearer beyond the jump.
        for (int k = 1; k <= 4 && nearest > promised; ++k)
            for (auto const sign : {-1, 1}) at_usual(jump[jump[1].miss < -jump[0].miss].log_step + 0.04 * k * sign);
        return best;
    }

    auto exactly() const -> std::vector<std::byte> {
        return attempt(choose_map(view_.data, view_.size(), true), {0, 0}, 0, false).payload;
    }
    auto at(sample_map const &map, double log_step, bool reconstruct) const -> trial {
        return attempt(map, {static_cast<float>(std::exp2(log_step))}, unbounded, reconstruct);
    }

    auto attempt(sample_map const &map, target const &aim, double bound, bool reconstruct) const -> trial {
        trial t;
        auto const panels = encode_(map, aim);
        byte_writer w;
        write_map<S>(map, w);
        bool const lists = std::is_same_v<S, float> && map.how == mapping::scaled;
        if (lists || reconstruct) t.decoded = decode_(panels, map);
        if constexpr (std::is_same_v<S, float>)
            if (lists) write_verbatim(view_, map, t.decoded, bound, w);
        w.bytes(panels);
        t.payload = std::move(w).take();
        return t;
    }

    /// The smallest payload found whose error keeps the bound. The price of bits is zero: who saves bits here spends the bound.
    auto within_bound(double bound) const -> std::vector<std::byte> {
        constexpr bool lists = std::is_same_v<S, float>;
        auto const map = lists || !can_.reversible ? choose_map(view_.data, view_.size(), false, bound)
                                                   : choose_map(view_.data, view_.size(), true);
        // A quantizer of integers without a transform needs a step of twice the bound and one; where samples were rounded to integers,
        // half a unit of the bound is gone.
        double const reach = bound / std::ldexp(1.0, map.exponent) - (map.exponent != 0 ? 0.5 : 0);
        auto const natural = std::log2(2 * std::max(std::floor(reach), 0.0) + 1);
        std::vector<std::byte> best;
        bool met = false;
        auto const offer = [&](std::vector<std::byte> &&payload) {
            if (!met || payload.size() < best.size()) best = std::move(payload);
            met = true;
        };
        auto const size_at = [&](double log_step) {
            auto t = attempt(map, {static_cast<float>(std::exp2(log_step)), 0}, bound, true);
            auto const size = t.payload.size();
            bool good = true;
            for (std::size_t i = 0; good && i < view_.size(); ++i)
                good = within<S>(view_.data[i], t.decoded.data()[i], bound);
            if (good) offer(std::move(t.payload));
            return std::pair{good, static_cast<double>(size)};
        };
        if (lists)
            find_least(natural - 4, natural + 2, natural, 10, [&](double x) { return size_at(x).second; });
        else
            find_largest(natural - 8, natural + 4, natural, 10, [&](double x) { return size_at(x).first; });
        if (can_.exact && (!met || lists)) offer(exactly());
        if (!met) raise<std::invalid_argument>("this codec cannot keep so small an error");
        return best;
    }

    picture_view<S, R> view_;
    abilities can_;
    Encode encode_;
    Decode decode_;
    Around around_;
};

} // namespace triptych::inline TRIPTYCH_ABI::detail
