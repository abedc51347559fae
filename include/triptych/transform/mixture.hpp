// triptych/transform/mixture.hpp: one of several learned transforms of a kind for each picture, the one that suits it best.
//
// Pictures of one kind often fall into clusters, each near a plane of its own: a mixture of principal component analysers (Tipping and
// Bishop 1999; for compression Dony and Haykin 1995, optimally adaptive transform coding). The decoder reads which member it was and
// runs that alone. The surprise: it pays at low rates only, for the finer the step, the more axes each member needs,
// and each has but its share of the corpus to learn them from.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <stdexcept>
#include <utility>

#include <triptych/concepts.hpp>
#include <triptych/describe.hpp>
#include <triptych/detail/call.hpp>
#include <triptych/detail/step.hpp>
#include <triptych/quality.hpp>
#include <triptych/refinement.hpp>
#include <triptych/state.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI::transform {

/// A side band of one sample, which says the member, and then the bands of the member. All members must arrange bands alike; a stream whose member
/// does not arrange them as the first one does is refused. A model may have fewer members than M. Learned by
/// <triptych/learn/transform/mixture.hpp>.
template <class T, std::size_t M>
struct mixture {
    static_assert(stateful<T>, "mixture: the members must be learned, or all would be alike");
    static_assert(M >= 2 && M <= 64, "mixture: 2 to 64 members");

    std::array<T, M> members; ///< those behind one without state are not used

    static constexpr void describe(auto &d) { d("mixture", part<T>{}, M); }
    static constexpr std::array refuses{
        refusal{refinement::reversible, "the member is chosen by what it loses"},
        refusal{refinement::tileable, "the member is chosen for a whole picture"},
        refusal{refinement::closed_loop, "members are compared by coefficients that nothing has quantised"},
        refusal{refinement::per_picture, "members are learned from a corpus, to be told apart"}};
    /// Arrays are named by the member's number: `3.basis`.
    template <class V>
    static constexpr void state(auto &self, V &&v) {
        for (std::size_t m = 0; m < M; ++m) nested(m, self.members[m], v);
    }

    /// Members that are used, the first one always.
    auto count() const noexcept -> std::size_t {
        std::size_t n = 0;
        while (n < M && parameter_count(members[n]) != 0) ++n;
        return std::max<std::size_t>(n, 1);
    }
    /// Width of the member's number, which travels less half of what that width can say.
    auto number_bits() const noexcept -> unsigned {
        return std::max(static_cast<unsigned>(std::bit_width(count() - 1)), 1u);
    }

    template <std::size_t R>
    requires requires(T const &t, layout<R> const &in) { t.arrange(in); }
    auto arrange(layout<R> const &in) const -> layout<R> {
        auto const inner = members[0].arrange(in);
        layout<R> out;
        band_info<R> number;
        number.at.kind = role::side, number.bits = static_cast<std::uint8_t>(number_bits());
        extents<R> one;
        one.fill(1);
        out.add(one, number);
        for (auto const &g : inner.groups())
            out.add_group(g.count != 0 ? inner[g.first].shape : extents<R>{}, g.count,
                          [&](std::size_t k) { return inner[g.first + k]; });
        if (!inner.ok()) out.fail();
        return out;
    }

    /// Tries all members.
    template <class B>
    requires(transform_for<T, B> && !closed_loop_for<T, B>) auto forward(B x, target const &aim) const -> B {
        B y(arrange(x.layout()));
        double least = std::numeric_limits<double>::max();
        for (std::size_t m = 0; m < count(); ++m) {
            auto candidate = detail::analyse(members[m], x.clone(), aim);
            if (!y.ok() || !candidate.ok())
                detail::raise<std::length_error>("mixture: the picture is too large for memory");
            if (candidate.size() + 1 != y.size())
                detail::raise<std::invalid_argument>("mixture: the members arrange bands differently");
            auto const cost = expected_bits(x, candidate, members[m], aim);
            if (m != 0 && !(cost < least)) continue;
            least = cost;
            y.data()[0] = static_cast<typename B::value_type>(static_cast<int>(m) - (1 << (number_bits() - 1)));
            std::copy_n(candidate.data(), candidate.size(), y.data() + 1);
        }
        return y;
    }

    template <class B>
    requires(detail::has_inverse<T, B> && !closed_loop_for<T, B>) auto inverse(B y, layout<B::rank> const &in) const
        -> B {
        return undone(std::move(y), in, fixed_step{});
    }
    template <class B>
    requires step_aware<T, B>
    auto inverse(B y, layout<B::rank> const &in, fixed_step step) const -> B { return undone(std::move(y), in, step); }

    /// What a squared error that a member can't express is worth in the proxy for the length of a code: bits.
    static auto lost_bits(double squares, double step) -> double { return squares / (0.12 * step * step); }

private:
    template <class B>
    auto undone(B y, layout<B::rank> const &in, fixed_step step) const -> B {
        if (!y.ok() || y.size() == 0) return detail::no_memory<B>();
        auto const said = std::int64_t{y.data()[0]} + (1 << (number_bits() - 1));
        auto const last = static_cast<std::int64_t>(count()) - 1;
        auto const &member = members[static_cast<std::size_t>(std::clamp<std::int64_t>(said, 0, last))];
        auto inner = member.arrange(in);
        if (inner.size() + 1 != y.size()) inner.fail();
        B coefficients(std::move(inner));
        if (!coefficients.ok()) return detail::no_memory<B>();
        std::copy_n(y.data() + 1, coefficients.size(), coefficients.data());
        return detail::synthesise(member, std::move(coefficients), in, step);
    }

    /// Without a step, of a goal that asks for no loss.
    static constexpr float usual_step = 1;

    /// A proxy for the length of the code: 2 · log2(1 + |y| / step) for each coefficient, and what the member can't express.
    template <class B>
    static auto expected_bits(B const &x, B const &y, T const &member, target const &aim) -> double {
        using V = typename B::value_type;
        auto const wanted = detail::stream_step({aim.step > 0 ? aim.step : usual_step, aim.lambda});
        double bits = 0, lost = 0;
        detail::grid_in_turn<V> turn(wanted);
        for_each_value(y, [&](std::size_t, std::size_t b, std::int32_t v) {
            auto const &info = y.info(b);
            if (info.at.kind == role::side) return;
            bits += 2 * std::log2(1 + std::abs(static_cast<double>(v)) * 256 / static_cast<double>(turn.of(info).step));
        });
        auto const back = detail::synthesise(member, y.clone(), x.layout(), {wanted});
        if (!back.ok()) return std::numeric_limits<double>::max();
        for (std::size_t i = 0; i < x.size(); ++i) {
            auto const d = std::int64_t{x.data()[i]} - back.data()[i];
            lost += static_cast<double>(d) * static_cast<double>(d);
        }
        auto const scale = x.count() != 0 ? std::ldexp(static_cast<double>(wanted) / 256, x.info(0).frac) : 1;
        return bits + lost_bits(lost, scale);
    }
};

} // namespace triptych::inline TRIPTYCH_ABI::transform
