// triptych/learn/vector_learner.hpp: what learners of vector quantizers share: which vectors they see, and how many they keep.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <vector>

#include <triptych/bands.hpp>
#include <triptych/detail/code_book.hpp>
#include <triptych/learn/learnable.hpp>
#include <triptych/learn/points.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI::learn {

/// Sees the signal bands that the quantizer will be given, which must have one shape. A learner adds `finish`.
///
/// Up to `most` vectors are kept; of more, every second one, and so on, which depends on their order, not on threads.
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
        if (!same || (elements_ != 0 && elements_ != signal.size())) {
            if (lenient) return;
            throw std::invalid_argument("codebook: bands of unequal shapes, or of another number than before");
        }
        elements_ = signal.size();
        for (std::size_t p = 0; p < volume(x.info(signal[0]).shape); ++p, ++seen_) {
            if (seen_ % every_ != 0) continue;
            for (auto const b : signal) {
                auto const &info = x.info(b);
                vectors_.push_back(static_cast<float>(
                    std::ldexp(static_cast<double>(x.data()[info.offset + p * info.stride.back()]), -info.frac)));
            }
            thin();
        }
    }
    void merge(vector_learner const &other) {
        if (other.elements_ == 0) return;
        if (elements_ != 0 && elements_ != other.elements_)
            throw std::invalid_argument("codebook: bands of another number than before");
        elements_ = other.elements_;
        auto rest = other;
        while (every_ < rest.every_) halve();
        while (rest.every_ < every_) rest.halve();
        vectors_.insert(vectors_.end(), rest.vectors_.begin(), rest.vectors_.end());
        seen_ += rest.seen_;
        thin();
    }

protected:
    auto elements() const noexcept -> std::size_t { return elements_; }
    /// What was seen, in samples.
    auto vectors() const noexcept -> std::vector<float> const & { return vectors_; }
    /// The policy without entries, or throws std::invalid_argument.
    auto without_entries() const -> policy {
        if (lenient) return {};
        throw std::invalid_argument("codebook: nothing was seen to learn from");
    }

private:
    void thin() {
        while (vectors_.size() > most * elements_) halve();
    }
    void halve() {
        std::size_t to = 0;
        for (std::size_t i = 0; i < vectors_.size(); i += 2 * elements_)
            for (std::size_t t = 0; t < elements_; ++t) vectors_[to++] = vectors_[i + t];
        vectors_.resize(to), every_ *= 2;
    }

    std::size_t elements_ = 0, seen_ = 0, every_ = 1;
    std::vector<float> vectors_;
};

} // namespace triptych::inline TRIPTYCH_ABI::learn
