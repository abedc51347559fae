// triptych/learn/fit.hpp: a codec learned from a corpus, panel after panel.
//
// The transform learns from the planes, the quantizer from the coefficients that the learned transform gives, the coder from the
// symbols that both give. Every panel with learned state is learned, or the user says `keep`. Pictures are read again for each
// panel and each pass, so the corpus may be a range that loads them one by one; what a learner remembers of them is its own affair.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <stdexcept>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <triptych/codec.hpp>
#include <triptych/learn/learnable.hpp>
#include <triptych/learn/numeric/parallel.hpp>
#include <triptych/learn/progress.hpp>
#include <triptych/schedule/stages.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI {

struct fit_options {
    /// What quantizer and coder are learned for; the step in units of the samples. Codecs that can only be exact ignore it.
    target aim{8.0F, 0.1F};
    /// Pictures are learned from in this many threads; the result does not depend on it.
    unsigned threads = 1;
    /// Bytes that the learned state of a panel may take, for learners that can use any amount (`limit`); others ignore it.
    std::uint64_t model_size = 1'000'000;
    /// Called between blocks of pictures, in the calling thread; false stops.
    learn::progress_callback progress;
};

namespace detail {
/// Calls f with what a panel will be given when the codec encodes: bands, or of symbols also the step if f takes it.
template <class F, class B>
void give(F const &f, B const &x) {
    f(x);
}
template <class F, class B>
void give(F const &f, stepped<B> const &x) {
    if constexpr (requires { f(x.symbols, x.step); })
        f(x.symbols, x.step);
    else
        f(x.symbols);
}

template <class L>
struct shown_to {
    L &learner;
    template <class... X>
    requires requires(L &l, X const &...x) { l.observe(x...); }
    void operator()(X const &...x) const { learner.observe(x...); }
};
template <class L>
struct held_out_to {
    L &learner;
    template <class... X>
    requires requires(L &l, X const &...x) { l.validate(x...); }
    void operator()(X const &...x) const { learner.validate(x...); }
};

template <class L>
concept holds_out = requires {
    requires L::held_out > 0;
};

/// One pass: a branch for each block of pictures, merged in order of the blocks, whatever the number of threads.
template <class L, class Corpus, class Load, class Fresh>
void read_once(L &all, Fresh const &fresh, learn::progress where, Corpus &corpus, Load const &load,
               fit_options const &options) {
    constexpr std::size_t block = 4;
    using branch = decltype(fresh());
    struct part {
        branch learned;
        decltype(std::begin(corpus)) first;
        std::size_t from, until;
    };
    where.total = static_cast<std::size_t>(std::distance(std::begin(corpus), std::end(corpus)));
    for (auto next = std::begin(corpus); where.done < where.total;) {
        std::vector<part> parts;
        while (where.done < where.total && parts.size() < std::max(1U, options.threads)) {
            auto const n = std::min(block, where.total - where.done);
            parts.push_back({fresh(), next, where.done, where.done + n});
            std::advance(next, n), where.done += n;
        }
        learn::for_parts(parts.size(), options.threads, [&](std::size_t p) {
            auto at = parts[p].first;
            for (auto i = parts[p].from; i < parts[p].until; ++i, ++at) {
                auto &l = parts[p].learned;
                if constexpr (holds_out<branch>)
                    if (i % branch::held_out == branch::held_out - 1) {
                        give(held_out_to<branch>{l}, load(*at));
                        continue;
                    }
                give(shown_to<branch>{l}, load(*at));
            }
        });
        for (auto const &p : parts) all.merge(p.learned);
        learn::report(options.progress, where);
    }
}

/// The policy that `load(picture)` teaches, in as many passes as its learner wants; `start` is what it was before.
template <class Kept, class P, class Corpus, class Load>
auto learned(std::string_view panel, P const &start, Corpus &corpus, Load const &load, fit_options const &options)
    -> P {
    using L = typename learner_keeping<P, Kept>::type;
    auto const fresh = [&] {
        L l;
        if constexpr (requires { l.aim = options.aim; }) l.aim = options.aim;
        if constexpr (requires { l.limit(options.model_size); }) l.limit(options.model_size);
        if constexpr (requires { l.begin(start); }) l.begin(start);
        return l;
    };
    auto all = fresh();
    if constexpr (multi_pass<L>) {
        auto const branch = [&] { return all.branch(); };
        std::size_t pass = 0;
        do read_once(all, branch, {panel, 0, 0, pass++}, corpus, load, options);
        while (all.next_pass());
    } else {
        read_once(all, fresh, {panel}, corpus, load, options);
    }
    return all.finish();
}
} // namespace detail

/// Learns all panels of `Codec` that have learned state, but those of a `keep`, from `corpus`, a forward range of pictures (whatever `encode`
/// takes). What is kept is as in `start`. Throws std::invalid_argument for too few or unequal pictures and for samples that are not
/// finite, learn::cancelled when stopped.
template <class Codec, class Kept = keep<>, class Corpus>
auto fit(Corpus &&corpus, fit_options const &options = {}, Codec const &start = {}) -> Codec {
    using T = typename Codec::transform_type;
    using Q = typename Codec::quantizer_type;
    using C = typename Codec::coder_type;
    constexpr bool learns_t = detail::to_be_learned<T, Kept>, learns_q = detail::to_be_learned<Q, Kept>,
                   learns_c = detail::to_be_learned<C, Kept>;
    static_assert(learns_t || learns_q || learns_c, "fit: this codec has no panel to learn");
    static_assert(
        !detail::lacks_learner<T, Kept>,
        "fit: the transform has learned state: include the header of its name below <triptych/learn/transform/>, "
        "or <triptych/learn.hpp>, or leave it as it is: fit<Codec, keep<its type>>");
    static_assert(
        !detail::lacks_learner<Q, Kept>,
        "fit: the quantizer has learned state: include the header of its name below <triptych/learn/quantizer/>, "
        "or <triptych/learn.hpp>, or leave it as it is: fit<Codec, keep<its type>>");
    static_assert(
        !detail::lacks_learner<C, Kept>,
        "fit: the coder has learned state: include the header of its model's name below <triptych/learn/coder/>, "
        "or <triptych/learn.hpp>, or leave it as it is: fit<Codec, keep<its type>>");
    using item = std::remove_cvref_t<decltype(*std::begin(corpus))>;
    using view_type = decltype(picture_source<item>{std::declval<item const &>()}.view());
    using S = std::remove_cv_t<std::remove_pointer_t<decltype(view_type::data)>>;
    constexpr std::size_t R = std::tuple_size_v<decltype(view_type::shape)>;
    using B = bands<detail::work_type<S>, R>;

    struct loaded {
        B planes;
        target aim;
    };
    auto const load = [&](item const &x) {
        picture_source<item> const source{x};
        auto const view = source.view();
        if constexpr (std::is_same_v<S, float>)
            for (std::size_t i = 0; i < view.size(); ++i)
                if (!detail::is_finite(view.data[i]))
                    throw std::invalid_argument("fit: a picture holds values that are not finite");
        constexpr bool exactly = Codec::exact_only();
        auto const map = detail::choose_map(view.data, view.size(), exactly);
        loaded l{B(detail::component_planes(view.shape, view.components, map.bits)), options.aim};
        if (!l.planes.ok()) throw std::length_error("fit: a picture is too large for memory");
        detail::samples_to_planes(view.data, map, l.planes);
        l.aim.step = exactly ? 0 : static_cast<float>(std::ldexp(options.aim.step, -map.exponent));
        return l;
    };

    T transform = start.transform();
    Q quantizer = start.quantizer();
    C coder = start.coder();
    if constexpr (learns_t && !detail::lacks_learner<T, Kept>) {
        auto const planes = [&](item const &x) { return load(x).planes; };
        transform = detail::learned<Kept>("transform", transform, corpus, planes, options);
    }
    if constexpr (learns_q && !detail::lacks_learner<Q, Kept>) {
        auto const coefficients = [&](item const &x) {
            auto l = load(x);
            return detail::coefficients_of(transform, quantizer, std::move(l.planes), l.aim);
        };
        quantizer = detail::learned<Kept>("quantizer", quantizer, corpus, coefficients, options);
    }
    if constexpr (learns_c && !detail::lacks_learner<C, Kept>) {
        auto const symbols = [&](item const &x) {
            auto l = load(x);
            return detail::symbols_of(transform, quantizer, coder, std::move(l.planes), l.aim);
        };
        coder = detail::learned<Kept>("coder", coder, corpus, symbols, options);
    }
    return Codec(std::move(transform), std::move(quantizer), std::move(coder));
}

} // namespace triptych::inline TRIPTYCH_ABI
