// triptych/learn/transform/chain.hpp: learns the members of a transform::chain, each from what the members before it give.
//
// A member can't begin before those in front of it have ended, so the corpus is read anew for each of them.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <tuple>
#include <type_traits>
#include <utility>

#include <triptych/learn/learnable.hpp>
#include <triptych/quality.hpp>
#include <triptych/schedule/stages.hpp>
#include <triptych/transform/chain.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI {

namespace learn {
/// Of a chain of P..., all members with learned state but those of `Kept`.
template <class Kept, class... P>
class chain_learner {
    template <class M>
    static constexpr bool learns = triptych::detail::to_be_learned<M, Kept>;
    static_assert(
        (!triptych::detail::lacks_learner<P, Kept> && ...),
        "learner of a chain: a member has learned state: include the header of its name below "
        "<triptych/learn/transform/>, or <triptych/learn.hpp>, or leave it as it is: fit<Codec, keep<its type>>");
    template <std::size_t I>
    using member_type = std::tuple_element_t<I, std::tuple<P...>>;
    struct nothing {};
    template <class M>
    static constexpr auto learner_of() {
        if constexpr (learns<M> && !triptych::detail::lacks_learner<M, Kept>)
            return std::type_identity<typename triptych::detail::learner_keeping<M, Kept>::type>{};
        else
            return std::type_identity<nothing>{};
    }

    template <class M>
    static constexpr auto share_of() -> std::size_t {
        using L = typename decltype(learner_of<M>())::type;
        if constexpr (requires { L::held_out; })
            return L::held_out;
        else
            return 0;
    }

public:
    using policy = transform::chain<P...>;
    static constexpr std::size_t held_out = std::max({share_of<P>()...});
    static_assert(((share_of<P>() == 0 || share_of<P>() == held_out) && ...),
                  "learner of a chain: members hold out different parts of the corpus");
    target aim{8.0F, 0.1F}; ///< that members are learned for, and transform for

    void limit(std::uint64_t bytes) {
        most_bytes_ = bytes;
        std::apply([&](auto &...l) { (limit_one(l), ...); }, learners_);
    }
    /// What members that are not learned are.
    void begin(policy const &start) {
        [&]<std::size_t... I>(std::index_sequence<I...>) {
            known_ = std::tuple<P...>(start.template get<I>()...);
            (begin_one(std::get<I>(learners_), start.template get<I>()), ...);
        }
        (std::index_sequence_for<P...>{});
    }

    template <class B>
    void observe(B const &x) {
        show<0, false>(x.clone());
    }
    /// Members that hold nothing out observe these, too.
    template <class B>
    requires(held_out != 0) void validate(B const &x) { show<0, true>(x.clone()); }
    void merge(chain_learner const &other) {
        at_place([&](auto number) { learner_at<number>().merge(std::get<number>(other.learners_)); });
    }
    /// True while a member wants another pass, or there are more members.
    auto next_pass() -> bool {
        bool again = false;
        at_place([&](auto number) {
            auto &l = learner_at<number>();
            if constexpr (multi_pass<std::remove_reference_t<decltype(l)>>) again = l.next_pass();
            if (!again) std::get<number>(known_) = l.finish();
        });
        if (!again) place_ = next_after(place_);
        return place_ < sizeof...(P);
    }
    auto branch() const -> chain_learner {
        chain_learner b;
        b.aim = aim, b.known_ = known_, b.place_ = place_;
        b.limit(most_bytes_);
        b.at_place([&](auto number) {
            auto const &l = std::get<number>(learners_);
            if constexpr (multi_pass<std::remove_cvref_t<decltype(l)>>) std::get<number>(b.learners_) = l.branch();
        });
        return b;
    }
    /// The last member of several needs a pass of its own.
    auto finish() -> policy {
        if (place_ < sizeof...(P) && next_pass())
            throw std::invalid_argument("chain: its learned members need a pass over the corpus each");
        return std::apply([](auto const &...p) { return policy(p...); }, known_);
    }
    /// The learner of the I-th member, for its figures.
    template <std::size_t I>
    auto member() const noexcept -> auto const & {
        return std::get<I>(learners_);
    }

private:
    static constexpr auto next_after(std::size_t place) -> std::size_t {
        constexpr bool learned[] = {learns<P>...};
        do ++place;
        while (place < sizeof...(P) && !learned[place]);
        return place;
    }
    static void begin_one(auto &l, auto const &start) {
        if constexpr (requires { l.begin(start); }) l.begin(start);
    }
    void limit_one(auto &l) {
        if constexpr (requires { l.limit(most_bytes_); }) l.limit(most_bytes_);
    }
    /// The learner of a member, which learns for what is aimed at.
    template <std::size_t I>
    auto learner_at() -> auto & {
        auto &l = std::get<I>(learners_);
        if constexpr (requires { l.aim = aim; }) l.aim = aim;
        return l;
    }
    /// Calls f with the number of the member that is being learned, as a type.
    template <class F>
    void at_place(F &&f) {
        [&]<std::size_t... I>(std::index_sequence<I...>) {
            auto const maybe = [&](auto number) {
                if constexpr (learns<member_type<number>>)
                    if (number == place_) f(number);
            };
            (maybe(std::integral_constant<std::size_t, I>{}), ...);
        }
        (std::index_sequence_for<P...>{});
    }
    template <std::size_t I, bool HeldOut, class B>
    void show(B x) {
        if constexpr (learns<member_type<I>>)
            if (I == place_) {
                auto &l = learner_at<I>();
                if constexpr (HeldOut && validating<std::remove_reference_t<decltype(l)>, B>)
                    return l.validate(x);
                else
                    return l.observe(x);
            }
        if constexpr (I + 1 < sizeof...(P))
            show<I + 1, HeldOut>(triptych::detail::transformed(std::get<I>(known_), std::move(x), aim));
    }

    std::uint64_t most_bytes_ = 1'000'000;
    std::tuple<P...> known_{};
    std::tuple<typename decltype(learner_of<P>())::type...> learners_{};
    std::size_t place_ = next_after(std::size_t(-1));
};
} // namespace learn

template <class... P>
requires(stateful<P> || ...) struct learner<transform::chain<P...>> : learn::chain_learner<keep<>, P...> {
};

template <class Kept, class... P>
inline constexpr bool detail::to_be_learned<transform::chain<P...>, Kept> =
    !Kept::template holds<transform::chain<P...>> && (detail::to_be_learned<P, Kept> || ...);
template <class Kept, class... P>
struct detail::learner_keeping<transform::chain<P...>, Kept> {
    using type = learn::chain_learner<Kept, P...>;
};

} // namespace triptych::inline TRIPTYCH_ABI
