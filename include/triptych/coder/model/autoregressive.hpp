// triptych/coder/model/autoregressive.hpp: small registered pictures without loss: each place has prediction weights
// of its own.
//
// Where all pictures show the same thing at the same place (scans of one device, aligned faces, tiles of a grid), the
// best prediction of a pixel is a linear regression on those before it, learned for that very place: the chain rule
// of a Gaussian over whole pictures, cut to a causal neighbourhood. (An autoregressive model that is not stationary;
// Jain, "Advances in mathematical models for image processing", 1981. The weights are those of least squares, as in
// Wu, Barthel and Zhang, "Piecewise 2D autoregression", 1998. They are fitted over the corpus at one place, not over
// the neighbourhood in one picture.)
//
// Residuals follow a logistic law. Its scale is the typical scale of the place, times what the errors around it in
// this picture say. How much they say is learned as well. Nothing else adapts, so the first pixel costs no more than
// one in the middle of a long stream. Pictures of other extents are predicted by the median-edge detector. They are
// coded exactly as well, but take more bytes.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <type_traits>

#include <triptych/coder/engine/order.hpp>
#include <triptych/coder/parts/logistic_law.hpp>
#include <triptych/coder/parts/powers.hpp>
#include <triptych/coder/parts/recent_rows.hpp>
#include <triptych/coder/parts/neighbours.hpp>
#include <triptych/detail/memory.hpp>
#include <triptych/state.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI::model {

namespace detail {
/// Places before a pixel, the nearest first: by distance, then by rows up, then from the left.
struct causal_place {
    int up, right;

    constexpr auto square() const noexcept -> int { return up * up + right * right; }
};
template <int MostSquare, std::size_t N>
inline constexpr auto causal_places = [] {
    std::array<causal_place, N> list{};
    std::size_t n = 0;
    for (int square = 1; square <= MostSquare; ++square)
        for (int up = 0; up * up <= square; ++up)
            for (int right = -square; right <= (up ? square : -1); ++right)
                if (causal_place const p{up, right}; p.square() == square) list[n++] = p;
    return list;
}();

/// How errors around a pixel bear on its own: each is put in relation to what its place is used to, in 256ths.
struct error_field {
    static constexpr std::uint32_t usual = 256;
    /// Relative errors end here: where a model knows the usual ones, and where none does.
    static constexpr std::uint32_t most = 16 * usual, most_foreign = 1 << 20;
    static constexpr std::size_t responses = 32;
    /// Those within three and a half pixels, by one over the distance.
    static constexpr auto places = causal_places<13, 22>;
    static constexpr std::array<std::uint32_t, 14> weight_of_square{0, 16, 11, 0, 8, 7, 0, 0, 6, 5, 5, 0, 0, 4};

    /// |error| in 16ths of a symbol, at a place with that spread.
    static constexpr auto relative(std::uint64_t error, std::uint32_t spread) noexcept -> std::uint64_t {
        return error * usual * sixteenths[spread & 15] >> (16 + (spread >> 4));
    }
    /// `at(place)` is the relative error there, and `usual` outside. 172 times their mean, with a little of the usual.
    template <class At>
    static constexpr auto sum(At &&at) noexcept -> std::uint32_t {
        std::uint32_t s = 16 * usual;
        for (auto const &p : places) s += weight_of_square[static_cast<std::size_t>(p.square())] * at(p);
        return s;
    }
    /// The logarithm of the mean, in 16ths of an octave.
    static constexpr auto level(std::uint32_t sum) noexcept -> std::int32_t {
        return static_cast<std::int32_t>(log2_16(sum)) - static_cast<std::int32_t>(log2_16(172 * usual));
    }
    /// Of a quarter of an octave each.
    static constexpr auto response_class(std::uint32_t sum) noexcept -> std::size_t {
        return std::min<std::size_t>((log2_16(sum) - log2_16(16 * usual)) / 4, responses - 1);
    }
};
} // namespace detail

/// For `coder::range`, behind no transform. Learned by learn/coder/autoregressive.hpp from pictures of one component and of the same extents.
struct autoregressive {
    /// Pixels that a prediction may look at, all within a distance of about six.
    static constexpr std::size_t most_taps = 60, reach = 6;
    static constexpr auto taps = detail::causal_places<37, most_taps>;
    static constexpr int weight_frac = 13;

    frozen<std::int32_t> bias;    ///< h × w: in 2^-13 symbols
    frozen<std::int16_t> weight;  ///< h × w × taps: of `taps`, in 8192ths; pixels outside are 0
    frozen<std::uint8_t> spread;  ///< h × w: 16 · log2(16 · mean absolute error)
    frozen<std::int8_t> response; ///< what a class of the errors around adds to that

    static constexpr bool looks_back = true;
    static constexpr void describe(auto &d) { d("autoregressive"); }
    template <class V>
    static constexpr void state(auto &self, V &&v) {
        v("bias", self.bias), v("weight", self.weight), v("spread", self.spread), v("response", self.response);
    }
    /// Do the arrays fit each other? Where they do not, they are not used.
    constexpr auto valid() const noexcept -> bool {
        auto const &shape = weight.shape();
        dims const plane{shape.extent[0], shape.extent[1]};
        return !weight.empty() && shape.rank == 3 && shape.extent[2] <= most_taps && bias.shape() == plane &&
               spread.shape() == plane && response.shape() == dims{std::uint32_t{detail::error_field::responses}};
    }

    class statistics;
};

/// Refers to the model. Only the errors of the rows above are remembered.
class autoregressive::statistics {
public:
    static constexpr std::size_t rate_rows = (detail::logistic_law::most_spread + 1) / 4; ///< see rate table.hpp

    explicit statistics(autoregressive const &m) noexcept : model_(m.valid() ? &m : nullptr) {
        if (model_) weights_ = triptych::detail::loaded(m.weight);
    }
    auto ok() const noexcept -> bool { return ok_ && weights_.ok(); }

    /// Codes all symbols, band after band. `E` is an engine for bits; when it decodes, the symbols are written.
    template <class E, class B>
    void code(E &engine, B &symbols) noexcept(E::decoding) {
        using T = typename std::remove_const_t<B>::value_type;
        using V = std::conditional_t<E::decoding, T, T const>;
        for (std::size_t g = 0; g < symbols.layout().groups().size(); ++g) {
            auto const view = detail::view_of<V>(symbols, g);
            if (!view.ok()) continue;
            for (std::size_t k = 0; k < view.n && ok(); ++k)
                plane(engine, view, k, width_of<T>(symbols.info(view.first + k)),
                      static_cast<std::size_t>(view.data - symbols.data()));
        }
    }

private:
    using field = detail::error_field;
    using samples = detail::recent_rows<std::int32_t, reach, reach>;
    using errors = detail::recent_rows<std::uint32_t, 3, 3>;

    template <class E, class V>
    void plane(E &engine, detail::group_view<V> const &view, std::size_t k, unsigned width,
               [[maybe_unused]] std::size_t origin) noexcept(E::decoding) {
        samples seen(view.w);
        errors missed(view.w, field::usual);
        if (!seen.ok() || !missed.ok()) {
            ok_ = false;
            return;
        }
        bool const known =
            model_ && model_->bias.shape().extent[0] == view.h && model_->bias.shape().extent[1] == view.w;
        // A mean error of 2^(width - 9), from which the errors around lead anywhere.
        auto const foreign = 16 * std::max<std::uint32_t>(width, 5) - 80;
        detail::logistic_law law{.width = width};
        auto *at = view.data + k;
        for (std::size_t row = 0; row < view.batch * view.h; ++row) {
            if constexpr (requires { engine.exhausted(); })
                if (engine.exhausted()) return;
            auto const y = row % view.h;
            if (y == 0)
                seen.clear(), missed.clear();
            else
                seen.next(), missed.next();
            for (std::size_t x = 0; x < view.w; ++x, at += view.n) {
                auto const place = y * view.w + x;
                auto const most = std::int64_t{16} << (width - 1);
                law.centre = std::clamp(known ? regression(seen, place, x) : median_edge(seen, y, x), -most, most);
                std::uint32_t const expected = known ? model_->spread[place] : foreign;
                auto const around =
                    field::sum([&](detail::causal_place const &p) { return missed[up(p)][column(x, p)]; });
                auto const shift = known ? model_->response[field::response_class(around)] : field::level(around);
                law.spread = static_cast<std::uint32_t>(std::clamp<std::int32_t>(
                    static_cast<std::int32_t>(expected) + shift, 0, detail::logistic_law::most_spread));
                auto const v =
                    law.code(static_cast<std::int32_t>(*at), [&](std::uint32_t p, bool b) { return engine.bit(p, b); });
                if constexpr (E::decoding) *at = static_cast<std::remove_const_t<V>>(v);
                if constexpr (requires { engine.note(0, 0, 0, v); }) {
                    auto const middle = static_cast<std::int32_t>((law.centre + 8) >> 4);
                    engine.note(origin + static_cast<std::size_t>(at - view.data), law.spread / 4, middle,
                                sign_extend(static_cast<std::uint32_t>(v) - static_cast<std::uint32_t>(middle), width));
                }
                seen[0][x] = v;
                auto const error = std::int64_t{16} * v - law.centre;
                missed[0][x] = static_cast<std::uint32_t>(std::min<std::uint64_t>(
                    field::relative(static_cast<std::uint64_t>(error < 0 ? -error : error), expected),
                    known ? field::most : field::most_foreign));
            }
        }
    }

    static auto up(detail::causal_place const &p) noexcept -> std::size_t { return static_cast<std::size_t>(p.up); }
    static auto column(std::size_t x, detail::causal_place const &p) noexcept -> std::ptrdiff_t {
        return static_cast<std::ptrdiff_t>(x) + p.right;
    }
    /// In 16ths. 60 products of 15 and 31 bits and the bias are below 2^53.
    auto regression(samples const &seen, std::size_t place, std::size_t x) const noexcept -> std::int64_t {
        auto const n = model_->weight.shape().extent[2];
        auto const *const w = weights_.data() + place * n;
        std::int64_t sum = model_->bias[place];
        for (std::size_t i = 0; i < n; ++i)
            sum += static_cast<std::int64_t>(w[i]) * seen[up(taps[i])][column(x, taps[i])];
        return sum >> (weight_frac - 4);
    }
    static auto median_edge(samples const &seen, std::size_t y, std::size_t x) noexcept -> std::int64_t {
        auto const *const row = seen[0] + x, *const above = seen[1] + x;
        std::int64_t const w = row[-1], n = above[0], corner = above[-1];
        if (y == 0) return 16 * w;
        if (x == 0) return 16 * n;
        return 16 * std::clamp(w + n - corner, std::min(w, n), std::max(w, n));
    }

    autoregressive const *model_;
    triptych::detail::loaded<std::int16_t> weights_;
    bool ok_ = true;
};

} // namespace triptych::inline TRIPTYCH_ABI::model
