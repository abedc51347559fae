// triptych/learn/fit.hpp: a codec learned from a corpus, panel after panel.
//
// The transform learns from the planes, the quantizer from the coefficients that the learned transform gives, the coder from the
// symbols that both give; a panel without a learner is used as it is. Pictures are read again for each panel and never
// kept, so the corpus may be a range that loads them one by one.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <iterator>
#include <stdexcept>
#include <string_view>
#include <thread>
#include <type_traits>
#include <utility>
#include <vector>

#include <triptych/codec.hpp>
#include <triptych/learn/learnable.hpp>
#include <triptych/learn/progress.hpp>
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
template <class P>
concept has_learner = requires {
    sizeof(learner<P>);
};

/// One learner a block of pictures, merged in order of the blocks, whatever the number of threads.
template <class P, class Corpus, class Prepare>
auto learned(std::string_view panel, Corpus &&corpus, Prepare const &prepare, fit_options const &options) -> P {
    constexpr std::size_t block = 4;
    auto const total = static_cast<std::size_t>(std::distance(std::begin(corpus), std::end(corpus)));
    auto next = std::begin(corpus);
    auto const fresh = [&] {
        learner<P> l;
        if constexpr (requires { l.aim = options.aim; }) l.aim = options.aim;
        return l;
    };
    auto all = fresh();
    if constexpr (requires { all.limit(options.model_size); }) all.limit(options.model_size);
    for (std::size_t done = 0; done < total;) {
        std::size_t const waves = std::max(1U, options.threads);
        std::vector<learner<P>> parts;
        for (auto n = std::min(waves, (total - done + block - 1) / block); n > 0; --n) parts.push_back(fresh());
        std::vector<std::exception_ptr> failures(parts.size());
        std::vector<std::thread> threads;
        for (std::size_t t = 0; t < parts.size(); ++t) {
            auto const first = next;
            auto const n = std::min(block, total - done);
            std::advance(next, n), done += n;
            auto const work = [&, t, first, n] {
                try {
                    auto at = first;
                    for (std::size_t i = 0; i < n; ++i, ++at) parts[t].observe(prepare(*at));
                } catch (...) {
                    failures[t] = std::current_exception();
                }
            };
            if (parts.size() == 1)
                work();
            else
                threads.emplace_back(work);
        }
        for (auto &t : threads) t.join();
        for (auto const &f : failures)
            if (f) std::rethrow_exception(f);
        for (auto const &p : parts) all.merge(p);
        learn::report(options.progress, {panel, done, total});
    }
    return all.finish();
}
} // namespace detail

/// Learns all panels of `Codec` that have a learner from `corpus`, a forward range of pictures (whatever `encode` takes).
/// Throws std::invalid_argument for too few or unequal pictures and for samples that are not finite, learn::cancelled when stopped.
template <class Codec, class Corpus>
auto fit(Corpus &&corpus, fit_options const &options = {}) -> Codec {
    using T = typename Codec::transform_type;
    using Q = typename Codec::quantizer_type;
    using C = typename Codec::coder_type;
    static_assert(detail::has_learner<T> || detail::has_learner<Q> || detail::has_learner<C>,
                  "fit: no panel of this codec has a learner; is its header, <triptych/learn/...>, included?");
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

    T transform{};
    Q quantizer{};
    C coder{};
    if constexpr (detail::has_learner<T>)
        transform = detail::learned<T>(
            "transform", corpus, [&](item const &x) { return load(x).planes; }, options);
    if constexpr (detail::has_learner<Q> && !closed_loop_for<T, B>)
        quantizer = detail::learned<Q>(
            "quantizer", corpus,
            [&](item const &x) {
                auto l = load(x);
                return detail::analyse(transform, std::move(l.planes), l.aim);
            },
            options);
    if constexpr (detail::has_learner<C>)
        coder = detail::learned<C>(
            "coder", corpus,
            [&](item const &x) {
                auto l = load(x);
                if constexpr (closed_loop_for<T, B>) {
                    return detail::analyse_in_loop(transform, quantizer, std::move(l.planes), l.aim).symbols;
                } else {
                    auto y = detail::analyse(transform, std::move(l.planes), l.aim);
                    return detail::plan_and_quantise(quantizer, coder, std::move(y), l.aim).symbols;
                }
            },
            options);
    return Codec(std::move(transform), std::move(quantizer), std::move(coder));
}

} // namespace triptych::inline TRIPTYCH_ABI
