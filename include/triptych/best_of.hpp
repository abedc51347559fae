// triptych/best_of.hpp: a codec that chooses between codecs, by trying them.
//
//     using mine = triptych::best_of<triptych::photo, triptych::lossless>;
//
// The stream is the winner's own, so it costs nothing to have been chosen, and whatever decodes the winner's streams decodes these.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <stdexcept>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include <triptych/codec.hpp>
#include <triptych/describe.hpp>
#include <triptych/picture.hpp>
#include <triptych/quality.hpp>
#include <triptych/schedule/workers.hpp>
#include <triptych/state.hpp>
#include <triptych/stream/error.hpp>
#include <triptych/stream/framing.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI {

/// Encodes with each codec that can aim at the goal, or be exact in its place, and keeps the smallest stream of those that meet it; of none that
/// does, the one that comes nearest. An exact stream meets every goal but a rate below its own. File framing only, for it names the codec.
template <class... Codecs>
class best_of {
    static_assert(sizeof...(Codecs) >= 1 && sizeof...(Codecs) <= 64, "best_of: 1 to 64 codecs");

public:
    constexpr best_of() = default;
    explicit constexpr best_of(Codecs... codecs) : codecs_(std::move(codecs)...) {}

    static constexpr void describe(auto &d) { d("best_of", part<Codecs>{}...); }
    template <std::size_t I>
    constexpr auto get() const noexcept -> auto const & {
        return std::get<I>(codecs_);
    }
    template <class Self, class V>
    static constexpr void state(Self &self, V &&v) requires((stateful<Codecs> || ...)) {
        [&]<std::size_t... I>(std::index_sequence<I...>) {
            (nested(I, std::get<I>(self.codecs_), v), ...);
        }
        (std::index_sequence_for<Codecs...>{});
    }

    static constexpr auto exact_only() -> bool { return (Codecs::exact_only() && ...); }
    static constexpr auto can_be_exact() -> bool { return (Codecs::can_be_exact() || ...); }

    template <class X>
    auto encode(X const &x, quality const &goal, workers const &crew = {}) const -> std::vector<std::byte> {
        return meet(x, goal, crew).bytes;
    }
    template <class X>
    auto encode(X const &x) const -> std::vector<std::byte> {
        return encode(x, exact_only() ? exact : scale(75));
    }
    /// Throws std::invalid_argument if no codec can aim at the goal.
    template <class X>
    auto meet(X const &x, quality const &goal, workers const &crew = {}) const -> outcome {
        picture_source<X> const source{x};
        auto const view = source.view();
        std::optional<outcome> best;
        auto const better = [&](outcome const &o) {
            if (!best || o.met != best->met) return !best || o.met;
            return o.met || goal.what == quality::kind::bits_per_pixel ? o.bytes.size() < best->bytes.size()
                                                                       : o.reached > best->reached;
        };
        auto const try_one = [&](auto const &codec) {
            using C = std::remove_cvref_t<decltype(codec)>;
            if (goal.what != quality::kind::exact && !C::exact_only()) {
                auto o = codec.meet(view, goal, framing::file, crew);
                if (better(o)) best = std::move(o);
            }
            if (C::can_be_exact() && (goal.what == quality::kind::exact || C::exact_only())) {
                auto o = codec.meet(view, exact.at_effort(goal.effort), framing::file, crew);
                auto const pixels = static_cast<double>(std::max<std::uint64_t>(volume(view.shape), 1));
                if (goal.what == quality::kind::bits_per_pixel) {
                    o.reached = 8 * static_cast<double>(o.bytes.size()) / pixels;
                    o.met = o.reached <= 1.01 * goal.value;
                } else if (goal.what == quality::kind::psnr) {
                    o.reached = 1000;
                }
                if (better(o)) best = std::move(o);
            }
        };
        std::apply([&](auto const &...codec) { (try_one(codec), ...); }, codecs_);
        if (!best) detail::raise<std::invalid_argument>("best_of: none of the codecs can aim at this goal");
        return std::move(*best);
    }

    /// Decodes a stream of any of the codecs.
    template <sample S = std::uint8_t, std::size_t R = 2>
    auto try_decode(std::span<std::byte const> bytes, limits const &most = {}, workers const &crew = {}) const noexcept
        -> result<picture<S, R>> {
        auto const info = peek(bytes, most);
        if (info.error) return {{}, info.error};
        result<picture<S, R>> out{{}, {errc::codec, 6}};
        auto const try_one = [&](auto const &codec) {
            if (std::remove_cvref_t<decltype(codec)>::id != info.value.codec) return false;
            out = codec.template try_decode<S, R>(bytes, most, crew);
            return out.error.code != errc::model; // two codecs may differ in their models alone
        };
        (void)std::apply([&](auto const &...codec) { return (try_one(codec) || ...); }, codecs_);
        return out;
    }
#if TRIPTYCH_EXCEPTIONS
    template <sample S = std::uint8_t, std::size_t R = 2>
    auto decode(std::span<std::byte const> bytes, limits const &most = {}, workers const &crew = {}) const
        -> picture<S, R> {
        auto decoded = try_decode<S, R>(bytes, most, crew);
        if (decoded.error) throw format_error(decoded.error);
        return std::move(decoded.value);
    }
#endif

private:
    [[no_unique_address]] std::tuple<Codecs...> codecs_;
};

} // namespace triptych::inline TRIPTYCH_ABI
