// triptych/per_image.hpp: learned state whose home is the stream.
//
// `per_image<transform::pca<8, 8, 16>>` learns its basis from each picture and sends it ahead of the symbols: worth it for large
// pictures of one texture, for arrays of a kind that nobody trained a model for, and for decoders that are fitted to one picture.
// The state is a cost that does not shrink with the quality, so small pictures are better served by a model in a header.
//
// Decoders need this header only. Encoders must include the learner (for instance <triptych/learn/transform/pca.hpp>) as well, before they
// encode; the compiler says so where it is missing.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <stdexcept>
#include <type_traits>
#include <utility>

#include <triptych/coder/engine/binary_engine.hpp>
#include <triptych/coder/parts/number_coder.hpp>
#include <triptych/concepts.hpp>
#include <triptych/describe.hpp>
#include <triptych/refinement.hpp>
#include <triptych/state.hpp>
#include <triptych/stream/error.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI {

namespace detail {
/// Bits that all values of an array end in zeros with.
template <class A>
auto common_zeros(A const &array) -> unsigned {
    std::uint32_t any = 0;
    for (std::size_t i = 0; i < array.size(); ++i) any |= static_cast<std::uint32_t>(array[i]);
    return any == 0 ? 0 : static_cast<unsigned>(std::countr_zero(any));
}
} // namespace detail

/// The panel P, learned from each picture; its state travels in the stream, P's values are as P's.
template <class P>
class per_image : public P {
public:
    /// Elements of one learned array that a decoder accepts.
    static constexpr std::uint64_t max_elements = std::uint64_t{1} << 22;
    static_assert(stateful<P>, "per_image: the policy has no learned state (`state(self, visitor)`)");

    constexpr per_image() = default;
    /// With a state that was fitted to a picture by other means than its learner, see learn/joint.hpp.
    explicit constexpr per_image(P policy) : P(std::move(policy)) {}

    static constexpr void describe(auto &d) { d("per_image", part<P>{}); }
    static constexpr std::array refuses{refusal{refinement::stateful, "what is learned is the stream's"},
                                        refusal{refinement::learnable, "what is learned is the stream's"}};
    /// The state is not the codec's: it counts neither for its fingerprint nor for its parameters.
    static void state() = delete;
    constexpr auto policy() const noexcept -> P const & { return *this; }

    /// Learns the policy from what it will be given.
    template <class B>
    auto prepare(B const &x) const -> per_image {
        static_assert(
            requires { sizeof(learner<P>); },
            "per_image: include the learner of the policy, <triptych/learn/...>, to encode");
        auto l = [] {
            if constexpr (requires { learner<P>::for_one_picture(); })
                return learner<P>::for_one_picture();
            else
                return learner<P>{};
        }();
        l.observe(x);
        if constexpr (requires { l.next_pass(); })
            while (l.next_pass()) l.observe(x);
        return per_image(l.finish());
    }

    /// Throws std::invalid_argument for a learned array that decoders would refuse.
    template <class W>
    void write(W &w) const {
        P::state(policy(), [&](std::string_view, auto const &array) {
            if (array.size() > max_elements)
                detail::raise<std::invalid_argument>("per_image: more learned numbers than a stream may hold");
            w.u8(static_cast<std::uint8_t>(array.shape().rank));
            for (std::uint32_t i = 0; i < array.shape().rank; ++i) w.varint(array.shape().extent[i]);
            if (array.size() == 0) return;
            auto const zeros = detail::common_zeros(array);
            w.u8(static_cast<std::uint8_t>(zeros));
            coder::binary_encoder engine;
            coder::detail::number_coder code(engine);
            for (std::size_t i = 0; i < array.size(); ++i) (void)code(array[i] >> zeros);
            engine.finish(w);
        });
    }

    /// A quantizer's setting, which is another thing than its state.
    template <class S, class W>
    requires requires(P const &p, S const &s, W &w) { p.write(s, w); }
    void write(S const &s, W &w) const { P::write(s, w); }

    auto restore(byte_reader &r) const -> per_image {
        per_image restored;
        P::state(static_cast<P &>(restored), [&](std::string_view, auto &array) {
            using value = typename std::remove_cvref_t<decltype(array)>::value_type;
            dims shape;
            shape.rank = r.u8();
            if (shape.rank > shape.extent.size()) r.fail(errc::corrupt);
            std::uint64_t n = shape.rank != 0 && r.ok();
            for (std::uint32_t i = 0; r.ok() && i < shape.rank; ++i) {
                shape.extent[i] = static_cast<std::uint32_t>(r.varint(max_elements, errc::limit));
                n *= shape.extent[i];
                if (n > max_elements || n * sizeof(value) > r.limits().max_bytes) r.fail(errc::limit);
            }
            if (!r.ok() || n == 0) return;
            auto const zeros = r.u8();
            if (zeros > 31) r.fail(errc::corrupt);
            detail::buffer<value> values(static_cast<std::size_t>(n));
            if (!values.ok()) r.fail(errc::memory);
            if (!r.ok()) return;
            coder::binary_decoder engine(r);
            coder::detail::number_coder code(engine);
            for (auto &v : values) {
                auto const wide = static_cast<std::int64_t>(code(0)) * (std::int64_t{1} << zeros);
                if (wide < std::numeric_limits<value>::min() || wide > std::numeric_limits<value>::max())
                    return r.fail(errc::corrupt);
                v = static_cast<value>(wide);
                if (engine.exhausted()) return r.fail(errc::truncated);
            }
            engine.finish(r);
            array = frozen<value>::owned({values.data(), values.size()}, shape);
            if (array.empty()) r.fail(errc::memory);
        });
        if (!valid_state(restored.policy())) r.fail(errc::corrupt);
        return restored;
    }
};

} // namespace triptych::inline TRIPTYCH_ABI
