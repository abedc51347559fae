// triptych/goal/meet.hpp: meets a quality goal, by trials at chosen steps.
//
// A trial for a distortion is symbols and the picture that they give back; one for a rate is bytes. What is met is met by the bytes that are
// written. A bound on the error needs no search where transform and quantizer say how large the step may be. Lossy floats carry a list of
// samples that travel verbatim: those that have no integer, and those that would miss a bound; their bound holds at any step, and where it
// is not known which step is best, the search is for the smallest payload.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <span>
#include <stdexcept>
#include <type_traits>
#include <utility>
#include <vector>

#include <triptych/detail/function_ref.hpp>
#include <triptych/detail/memory.hpp>
#include <triptych/goal/original.hpp>
#include <triptych/goal/search.hpp>
#include <triptych/picture.hpp>
#include <triptych/quality.hpp>
#include <triptych/schedule/attempt.hpp>
#include <triptych/schedule/samples.hpp>
#include <triptych/stream/error.hpp>
#include <triptych/stream/writer.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI {

/// What became of a goal.
struct outcome {
    std::vector<std::byte> bytes;
    /// Was the goal met? PSNR: no more than 0.1 dB below. Rate: no more than 1 % above. All others: always, or the encoder throws.
    bool met = true;
    /// PSNR in dB or bits a pixel, of a goal of that kind.
    double reached = 0;
};

/// What a codec can do, as far as goals are concerned.
struct abilities {
    bool exact = false;      ///< it can lose nothing
    bool only_exact = false; ///< it can do nothing else
    bool reversible = false; ///< its transform loses nothing, so integers need no headroom
    /// The step that keeps a bound on the error of integers, if it is known.
    float (*step_within)(std::int64_t) = nullptr;
};

namespace detail {

/// `start(map)` begins an encoding; `around(payload size)` is the number of bytes that the framing adds.
class goal_search {
public:
    using starter = function_ref<std::unique_ptr<encoding>(sample_map const &)>;
    using framer = function_ref<std::size_t(std::size_t)>;

    /// `foreign`: the payload is another format's, which knows no sample maps.
    goal_search(original const &picture, abilities const &can, starter start, framer around, bool foreign = false)
        : original_(picture), can_(can), start_(start), around_(around), foreign_(foreign) {}

    /// The payload that meets the goal. Throws std::invalid_argument for a goal that this codec can't aim at.
    auto payload(quality const &goal) -> outcome {
        using kind = quality::kind;
        if (!is_finite(static_cast<float>(goal.value)) || goal.value < 0 || goal.value > 1e30)
            raise<std::invalid_argument>("a quality is a number that is not negative");
        if (goal.effort < 1 || goal.effort > 9) raise<std::invalid_argument>("an effort goes from 1 to 9");
        if (!(original_.given_peak >= 0 && original_.given_peak <= 1e30))
            raise<std::invalid_argument>("the peak of a picture is a number that is not negative");
        if (goal.what == kind::scale && goal.value > 100)
            raise<std::invalid_argument>("a quality scale goes from 0 to 100");
        effort_ = goal.effort;
        if (goal.what == kind::exact || (goal.what == kind::max_error && goal.value == 0)) {
            if (!can_.exact) raise<std::invalid_argument>("this codec cannot be exact");
            return {exactly()};
        }
        if (can_.only_exact) raise<std::invalid_argument>("this codec can only be exact");
        if (goal.what == kind::max_error) return {within_bound(goal.value)};

        turn_to(map_for(false));
        peak_ = original_.peak();
        // The step that is 1 for 8-bit samples, as a logarithm, in integers.
        unit_ = std::log2(peak_ / 255 / grain());
        if (goal.what == kind::scale) return {at(std::exp2(unit_ + std::log2(3.0) + 7.5 * (100 - goal.value) / 100))};
        if (goal.what == kind::step) return {at(goal.value / grain())};
        return goal.what == kind::psnr ? meet_psnr(goal.value) : meet_rate(goal.value);
    }

private:
    static constexpr double unbounded = std::numeric_limits<double>::max();
    static constexpr float usual_lambda = target{}.lambda;

    /// One target: what the attempt and the list of verbatim samples amount to.
    class trial {
    public:
        trial(goal_search const &s, target const &aim, double bound)
            : search_(s), attempt_(s.encoding_->attempt_at(aim)) {
            if (s.lists()) s.original_.list_verbatim(s.map_, decoded(), bound, verbatim_);
        }
        auto decoded() -> void * {
            if (there_) return decoded_.data();
            auto const bytes = search_.original_.size * bytes_of(search_.original_.type);
            decoded_ = buffer<std::byte>(bytes);
            if (!decoded_.ok()) raise<std::length_error>("the picture is too large for memory");
            attempt_->decode(decoded_.data());
            there_ = true;
            return decoded_.data();
        }
        /// Returns the memory of the decoded picture.
        void forget() { decoded_ = {}, there_ = false; }
        auto payload() -> std::vector<std::byte> {
            byte_writer w = search_.opened();
            w.bytes(verbatim_.view());
            w.bytes(attempt_->bytes());
            return std::move(w).take();
        }
        auto psnr() -> double { return search_.original_.psnr(decoded(), search_.peak_); }
        auto within(double bound) -> bool { return search_.original_.all_within(decoded(), bound); }

    private:
        goal_search const &search_;
        std::unique_ptr<attempt> attempt_;
        buffer<std::byte> decoded_;
        bool there_ = false;
        byte_writer verbatim_;
    };

    auto map_for(bool exactly, double bound = 0) const -> sample_map {
        return foreign_ ? sample_map{} : original_.map(exactly, exactly ? 0 : bound);
    }
    /// What a payload begins with.
    auto opened() const -> byte_writer {
        byte_writer w;
        if (!foreign_) write_map(original_.type, map_, w);
        return w;
    }
    void turn_to(sample_map const &map) {
        encoding_.reset();
        map_ = map, encoding_ = start_(map_);
    }
    /// Lossy floats have a list of samples that travel verbatim.
    auto lists() const noexcept -> bool { return is_float() && map_.how == mapping::scaled; }
    auto is_float() const noexcept -> bool { return original_.type == sample_type::float32; }
    auto grain() const noexcept -> double { return std::ldexp(1.0, map_.exponent); }
    auto aim_at(double step, float lambda = usual_lambda) const noexcept -> target {
        return {static_cast<float>(step), lambda, effort_};
    }
    /// At one step, in integers.
    auto at(double step) -> std::vector<std::byte> {
        if (lists()) return trial(*this, aim_at(step), unbounded).payload();
        byte_writer w = opened();
        w.bytes(encoding_->once(aim_at(step)));
        return std::move(w).take();
    }
    auto exactly() -> std::vector<std::byte> {
        turn_to(map_for(true));
        byte_writer w = opened();
        w.bytes(encoding_->once(aim_at(0, 0)));
        return std::move(w).take();
    }

    struct candidate {
        double miss = unbounded; ///< positive is better than asked for
        std::vector<std::byte> payload;
    };
    /// Searches for the log2 of a step at which `miss(log_step, lambda)` is nearest to zero; it rises as the step does.
    template <class Miss>
    void search(double guess, double slope, double enough, double promised, double lambda_slope, Miss &&miss) {
        struct side {
            double miss = unbounded, log_step = 0;
        };
        std::array<side, 2> beside; // where the result is too large or good, and too small or bad
        double nearest = unbounded;
        auto const note = [&](double log_step, float lambda) {
            double const y = miss(log_step, lambda);
            auto &of = beside[y > 0];
            if (std::abs(y) < std::abs(of.miss)) of = {y, log_step};
            nearest = std::min(nearest, std::abs(y));
            return y;
        };
        auto const at_usual = [&](double log_step) { return note(log_step, usual_lambda); };
        find_root(unit_ - 7, unit_ + 10, guess, slope, enough, 24, at_usual);
        if (nearest <= promised) return;
        // Between two steps there may be a jump. The weight of the rate moves in smaller ones, for a quantizer that asks for it: on either side.
        auto const jump = beside;
        for (auto const &from : jump) {
            if (nearest <= promised || std::abs(from.miss) > 16 * lambda_slope) continue;
            find_root(-4, 4, -from.miss / lambda_slope, lambda_slope, enough, 8, [&](double octaves) {
                auto const y = note(from.log_step, usual_lambda * static_cast<float>(std::exp2(octaves)));
                return y == from.miss ? 0 : y; // nothing moves: stop
            });
        }
        // And what neither rises nor falls may come nearer beyond the jump.
        for (int k = 1; k <= 4 && nearest > promised; ++k)
            for (auto const sign : {-1, 1}) at_usual(jump[jump[1].miss < -jump[0].miss].log_step + 0.04 * k * sign);
    }

    /// Within 0.1 dB where the codec can; else the nearest that is not worse; else the best there is.
    auto meet_psnr(double dB) -> outcome {
        constexpr double enough = 0.02, promised = 0.08;
        std::unique_ptr<trial> nearest, above;
        double miss_nearest = unbounded, miss_above = unbounded;
        // At high rates the error is step² / 12, 59 dB for a step of 1; below that it falls behind.
        search(unit_ + (59 - dB) / 5, 4.5, enough, promised, 0.4, [&](double log_step, float lambda) {
            auto t = std::make_unique<trial>(*this, aim_at(std::exp2(log_step), lambda), unbounded);
            double const better = std::clamp(t->psnr() - dB, -60.0, 60.0);
            t->forget();
            if (better >= 0 && better < miss_above && better > promised)
                miss_above = better, above = std::move(t);
            else if (std::abs(better) < std::abs(miss_nearest))
                miss_nearest = better, nearest = std::move(t);
            return -better;
        });
        auto const give = [&](trial &t, double better) { return outcome{t.payload(), better >= -0.1, dB + better}; };
        if (nearest && std::abs(miss_nearest) <= 0.1) return give(*nearest, miss_nearest);
        if (above) return give(*above, miss_above);
        if (can_.exact) {
            auto lossless = exactly();
            return {std::move(lossless), true, 1000};
        }
        return give(*nearest, miss_nearest);
    }

    /// Within 1 % where the codec can; else the nearest that is not larger; else the smallest there is.
    auto meet_rate(double bits) -> outcome {
        constexpr double enough = 0.003, promised = 0.01;
        auto const pixels = static_cast<double>(std::max<std::uint64_t>(original_.pixels, 1));
        double const wanted = std::log2(std::max(bits, 1e-6) * pixels / 8);
        candidate nearest, below;
        search(unit_ + 3, 0.7, enough, promised, 0.1, [&](double log_step, float lambda) {
            auto payload = trial(*this, aim_at(std::exp2(log_step), lambda), unbounded).payload();
            auto const size = static_cast<double>(payload.size() + around_(payload.size()));
            double const smaller = wanted - std::log2(size);
            if (smaller > promised && smaller < below.miss)
                below = {smaller, std::move(payload)};
            else if (std::abs(smaller) < std::abs(nearest.miss))
                nearest = {smaller, std::move(payload)};
            return smaller;
        });
        auto &chosen = std::abs(nearest.miss) <= 0.015 || below.payload.empty() ? nearest : below;
        auto const size = static_cast<double>(chosen.payload.size() + around_(chosen.payload.size()));
        return {std::move(chosen.payload), chosen.miss >= -0.015, 8 * size / pixels};
    }

    /// The smallest payload found whose error keeps the bound. The weight of the rate is zero: whatever saves bits here spends the bound.
    auto within_bound(double bound) -> std::vector<std::byte> {
        turn_to(map_for(!is_float() && can_.reversible, bound));
        // Where samples were rounded to integers, half a unit of the bound is gone.
        double const reach = std::max(std::floor(bound / grain() - (map_.exponent != 0 ? 0.5 : 0)), 0.0);
        auto const natural = std::log2(2 * reach + 1);
        std::vector<std::byte> best;
        bool met = false;
        auto const offer = [&](std::vector<std::byte> &&payload) {
            if (!met || payload.size() < best.size()) best = std::move(payload);
            met = true;
        };
        auto const size_at = [&](double step) {
            trial t(*this, aim_at(step, 0), bound);
            bool const good = t.within(bound);
            auto payload = good || lists() ? t.payload() : std::vector<std::byte>{};
            auto const size = static_cast<double>(payload.size());
            if (good) offer(std::move(payload));
            return std::pair{good, size};
        };
        bool const lossy_floats = lists();
        if (can_.step_within && reach < 1e9)
            size_at(static_cast<double>(can_.step_within(static_cast<std::int64_t>(reach))));
        if (!met && lossy_floats)
            find_least(natural - 4, natural + 2, natural, 10, [&](double x) { return size_at(std::exp2(x)).second; });
        else if (!met)
            find_largest(natural - 8, natural + 4, natural, 10, [&](double x) { return size_at(std::exp2(x)).first; });
        // What keeps a bound takes less than what loses nothing, but for samples that mostly travel verbatim.
        if (can_.exact && (!met || (lossy_floats && 2 * best.size() > original_.size * bytes_of(original_.type)))) offer(exactly());
        if (!met) raise<std::invalid_argument>("this codec cannot keep so small an error");
        return best;
    }

    original const &original_;
    abilities can_;
    starter start_;
    framer around_;
    bool foreign_;
    int effort_ = target::usual_effort;
    double peak_ = 0, unit_ = 0;
    sample_map map_;
    std::unique_ptr<encoding> encoding_;
};

/// Of codecs that are known by two functions.
template <sample S, std::size_t R>
class foreign_encoding : public encoding {
public:
    using encoder = function_ref<std::vector<std::byte>(target const &)>;
    using decoder = function_ref<picture<S, R>(std::span<std::byte const>)>;

    foreign_encoding(encoder encode, decoder decode, std::size_t size) : encode_(encode), decode_(decode), size_(size) {}
    auto once(target const &aim) -> std::vector<std::byte> override { return encode_(aim); }
    auto attempt_at(target const &aim) -> std::unique_ptr<attempt> override {
        return std::make_unique<made>(encode_(aim), decode_, size_);
    }

private:
    struct made : attempt {
        made(std::vector<std::byte> stream, decoder d, std::size_t n) : stream_(std::move(stream)), decode_(d), size_(n) {}
        auto bytes() -> std::vector<std::byte> override { return stream_; }
        void decode(void *samples) override {
            auto const x = decode_(stream_);
            if (x.size() != size_) raise<std::logic_error>("a codec gave back a picture of another size");
            std::copy_n(x.data(), size_, static_cast<S *>(samples));
        }
        std::vector<std::byte> stream_;
        decoder decode_;
        std::size_t size_;
    };
    encoder encode_;
    decoder decode_;
    std::size_t size_;
};

} // namespace detail

/// Meets a goal with any encoder that has a step: `encode(target)` gives a stream, `decode(bytes)` the picture back. For codecs that write a
/// foreign format. Integer samples only, for the maps of floats are part of this library's streams. `exact` asks for the step 0.
template <sample S, std::size_t R>
requires(!std::is_same_v<S, float>) auto meet(picture_view<S, R> const &view, quality const &goal,
                                              typename detail::foreign_encoding<S, R>::encoder encode,
                                              typename detail::foreign_encoding<S, R>::decoder decode,
                                              abilities const &can = {}) -> outcome {
    auto const start = [&](detail::sample_map const &) -> std::unique_ptr<encoding> {
        return std::make_unique<detail::foreign_encoding<S, R>>(encode, decode, view.size());
    };
    auto const around = [](std::size_t) { return std::size_t{0}; };
    return detail::goal_search(detail::original_of<S>(view), can, start, around, true).payload(goal);
}

} // namespace triptych::inline TRIPTYCH_ABI
