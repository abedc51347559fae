// triptych/learn/quantizer/vector_learner.hpp: what learners of vector quantizers share: which vectors they see, and how many they keep.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <vector>

#include <triptych/bands.hpp>
#include <triptych/learn/learnable.hpp>
#include <triptych/learn/vectors/thinned.hpp>
#include <triptych/quantizer/detail/code_book.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI::learn {

/// Sees the signal bands that the quantizer will be given, which must have one shape. A learner adds `finish`.
///
/// Up to `most` vectors are kept, see `thinned`.
template <class Policy>
class vector_learner {
public:
    using policy = Policy;
    static constexpr std::size_t most = std::size_t{1} << 20;

    /// True: nothing to learn from is no error, `finish` then gives the policy without entries.
    bool lenient = false;
    std::uint64_t seed = 0;

    static auto for_one_picture() -> learner<Policy> {
        learner<Policy> l;
        l.lenient = true;
        return l;
    }

    template <class B>
    void observe(B const &x) {
        std::vector<std::size_t> signal;
        for (std::size_t b = 0; b < x.count(); ++b)
            if (x.info(b).at.kind == role::signal) signal.push_back(b);
        bool same = !signal.empty() && signal.size() <= triptych::detail::code_book<>::max_elements;
        for (auto const b : signal) same = same && x.info(b).shape == x.info(signal[0]).shape;
        if (!same || (elements() != 0 && elements() != signal.size())) {
            if (lenient) return;
            throw std::invalid_argument("codebook: bands of unequal shapes, or of another number than before");
        }
        if (elements() == 0) vectors_ = thinned(signal.size(), most);
        for (std::size_t p = 0; p < volume(x.info(signal[0]).shape); ++p)
            vectors_.add([&](float *to) {
                for (auto const b : signal) {
                    auto const &info = x.info(b);
                    *to++ = static_cast<float>(
                        std::ldexp(static_cast<double>(x.data()[info.offset + p * info.stride.back()]), -info.frac));
                }
            });
    }
    void merge(vector_learner const &other) {
        if (other.elements() == 0) return;
        if (elements() != 0 && elements() != other.elements())
            throw std::invalid_argument("codebook: bands of another number than before");
        if (elements() == 0) vectors_ = thinned(other.elements(), most);
        vectors_.merge(other.vectors_);
    }

protected:
    auto elements() const noexcept -> std::size_t { return vectors_.dimension(); }
    /// What was seen, in samples.
    auto vectors() const noexcept -> std::vector<float> const & { return vectors_.values(); }
    /// The policy without entries, or throws std::invalid_argument.
    auto without_entries() const -> policy {
        if (lenient) return {};
        throw std::invalid_argument("codebook: nothing was seen to learn from");
    }

private:
    thinned vectors_;
};

} // namespace triptych::inline TRIPTYCH_ABI::learn
