// triptych/learn/wrappers.hpp: learns a policy inside another: its own learner, shown what it will be given there.
#pragma once

#include <triptych/coder/prefix.hpp>
#include <triptych/coder/run_length.hpp>
#include <triptych/learn/learnable.hpp>
#include <triptych/quantizer/matrix.hpp>
#include <triptych/state.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI {

namespace learn {
/// The learner of `Wrapper`, which is made from an `Inner` and gives it `Wrapper::given(bands)`.
template <class Wrapper, class Inner>
struct wrapper_learner : learner<Inner> {
    using policy = Wrapper;

    static auto for_one_picture() -> learner<Wrapper>
    requires requires { learner<Inner>::for_one_picture(); }
    {
        learner<Wrapper> l;
        static_cast<learner<Inner> &>(l) = learner<Inner>::for_one_picture();
        return l;
    }
    /// With the step of symbols, if the learner takes it.
    template <class B, class... Step>
    requires requires(learner<Inner> &l, B const &x, Step const &...step) { l.observe(Wrapper::given(x), step...); }
    void observe(B const &x, Step const &...step) {
        learner<Inner>::observe(Wrapper::given(x), step...);
    }
    auto finish() -> Wrapper { return Wrapper(learner<Inner>::finish()); }
};
} // namespace learn

// The learner of what is inside must be included as well.
template <stateful Inner>
struct learner<coder::run_length<Inner>> : learn::wrapper_learner<coder::run_length<Inner>, Inner> {};
template <stateful Inner>
struct learner<coder::prefix<Inner>> : learn::wrapper_learner<coder::prefix<Inner>, Inner> {};
template <class Table, stateful Inner>
struct learner<quantizer::matrix<Table, Inner>> : learn::wrapper_learner<quantizer::matrix<Table, Inner>, Inner> {};

} // namespace triptych::inline TRIPTYCH_ABI
