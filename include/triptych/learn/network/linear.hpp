// triptych/learn/network/linear.hpp: float twins of dense layers, convolutions and transposed convolutions, forward and backward.
//
// All are matrix products of what positions see with the weights (network/lowering.hpp), a few hundred positions at a time so that they
// stay in the cache, and small pictures several at a time so that the products are not too small.
#pragma once

#include <algorithm>
#include <cstddef>
#include <new>
#include <vector>

#include <triptych/learn/numeric/gemm.hpp>
#include <triptych/network/lowering.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI::learn::network {

using triptych::network::extents;
using triptych::network::kind;
using triptych::network::layer;

/// Memory that layers work in, reused from one to the next; one for each thread.
struct scratch {
    std::vector<float> patches, weights, across, part, rows;

    static auto room(std::vector<float> &v, std::size_t n) -> float * {
        if (v.size() < n) v.resize(n);
        return v.data();
    }
};

/// The weights of a group are a matrix of `layer.inner()` rows (kernel row, kernel column, channel) by out / groups columns.
class linear {
public:
    linear(layer const &l, extents const &in, extents const &out) : layer_(l), in_(in), out_(out), how_(l, in, out) {
        if (!how_.ok()) throw std::bad_alloc();
        channels_ = (l.op == kind::dense ? in.values() : in.channels) / groups();
    }

    /// y = w · x + b, for pictures one after the other.
    void forward(float const *x, std::size_t pictures, float const *w, float const *b, float *y, scratch &s) const {
        for (std::size_t i = 0; i < pictures * out_.height * out_.width; ++i)
            std::copy_n(b, out_.channels, y + i * out_.channels);
        each_piece(pictures, [&](piece const &p) {
            auto const seen = patches(p, x, s);
            auto const product = [&](float *to) {
                gemm(p.count, columns(), p.inner, seen, {weights(p, w, s), columns()}, to, out_.channels, false);
            };
            if (how_.step() == 1) return product(y + p.first * out_.channels + p.group * columns());
            auto *const rows = scratch::room(s.rows, p.count * out_.channels);
            gemm(p.count, columns(), p.inner, seen, {weights(p, w, s), columns()}, rows, columns(), true);
            each_output(p, [&](std::size_t n, std::size_t at) {
                for (std::size_t c = 0; c < columns(); ++c) y[at + c] += rows[n * columns() + c];
            });
        });
    }
    /// Adds the derivatives by the weights and biases to dw and db, and puts those by the input into dx unless that is null.
    void backward(float const *x, float const *dy, std::size_t pictures, float const *w, float *dw, float *db,
                  float *dx, scratch &s) const {
        for (std::size_t i = 0; i < pictures * out_.height * out_.width; ++i)
            for (std::size_t c = 0; c < out_.channels; ++c) db[c] += dy[i * out_.channels + c];
        if (dx && !direct()) std::fill_n(dx, pictures * in_.values(), 0.0F);
        each_piece(pictures, [&](piece const &p) {
            strided by{dy + p.first * out_.channels + p.group * columns(), out_.channels};
            if (how_.step() != 1) {
                auto *const rows = scratch::room(s.rows, p.count * out_.channels);
                each_output(
                    p, [&](std::size_t n, std::size_t at) { std::copy_n(dy + at, columns(), rows + n * columns()); });
                by = {rows, columns()};
            }
            auto const seen = patches(p, x, s);
            strided const across{seen.values, 1, seen.row};
            if (!reordered()) {
                gemm(p.inner, columns(), p.count, across, by, dw + p.group * layer_.inner() * columns(), columns(),
                     false);
            } else {
                auto *const part = scratch::room(s.part, p.inner * columns());
                gemm(p.inner, columns(), p.count, across, by, part, columns(), true);
                each_weight_row(p, [&](std::size_t row, std::size_t at) {
                    for (std::size_t c = 0; c < columns(); ++c) dw[at + c] += part[row * columns() + c];
                });
            }
            if (!dx) return;
            auto const transposed = across_weights(p, w, s);
            if (direct())
                return gemm(p.count, p.inner, columns(), by, transposed, dx + p.first * p.inner, p.inner, true);
            auto *const back = scratch::room(s.patches, p.count * p.inner);
            gemm(p.count, p.inner, columns(), by, transposed, back, p.inner, true);
            each_picture(p, [&](std::size_t picture, std::size_t first, std::size_t count, std::size_t row) {
                how_.visit(*p.at, dx + picture * in_.values(), p.group * channels_, groups() == 1, first, count,
                           [&](std::size_t n, std::size_t t, std::size_t run, float *to) {
                               auto const *const from = back + (row + n) * p.inner + t * channels_;
                               for (std::size_t i = 0; to && i < run * channels_; ++i) to[i] += from[i];
                           });
            });
        });
    }

private:
    /// Floats that the positions of a piece see: they stay in the cache, and are many enough that weights are packed seldom.
    static constexpr std::size_t most_seen = 98304;
    static constexpr std::size_t lines = 16; ///< of the cache that a transposition touches at a time

    /// Positions of a phase and a group, numbered through all pictures.
    struct piece {
        triptych::network::phase const *at;
        std::size_t group, first, count, inner;
        bool only; ///< of its phase and group
    };

    auto groups() const -> std::size_t { return static_cast<std::size_t>(layer_.groups); }
    auto columns() const -> std::size_t { return out_.channels / groups(); }
    /// Do phases take weights in another order than they lie in?
    auto reordered() const -> bool { return layer_.op == kind::transposed_convolution; }
    /// Is what a position sees the input as it lies?
    auto direct() const -> bool {
        return layer_.op == kind::dense ||
               (layer_.op == kind::convolution && layer_.kernel == 1 && layer_.stride == 1 && groups() == 1);
    }

    template <class F>
    void each_piece(std::size_t pictures, F &&f) const {
        for (auto const &at : how_.phases()) {
            auto const all = at.rows * at.columns * pictures, inner = at.taps * channels_;
            auto const most =
                direct() ? all
                         : std::clamp<std::size_t>(most_seen / std::max<std::size_t>(inner, 1) / 48 * 48, 48, 1008);
            for (std::size_t g = 0; g < groups(); ++g)
                for (std::size_t first = 0; first < all; first += most)
                    f(piece{&at, g, first, std::min(most, all - first), inner, all <= most});
        }
    }
    /// f(picture, first position in it, how many, row of the piece).
    template <class F>
    void each_picture(piece const &p, F &&f) const {
        auto const positions = p.at->rows * p.at->columns;
        for (std::size_t row = 0; row < p.count;) {
            auto const picture = (p.first + row) / positions, first = (p.first + row) % positions;
            auto const count = std::min(positions - first, p.count - row);
            f(picture, first, count, row);
            row += count;
        }
    }
    /// f(row of the piece, where its output begins).
    template <class F>
    void each_output(piece const &p, F &&f) const {
        each_picture(p, [&](std::size_t picture, std::size_t first, std::size_t count, std::size_t row) {
            for (std::size_t n = 0; n < count; ++n)
                f(row + n, picture * out_.values() + how_.place(*p.at, first + n, out_.width) * out_.channels +
                               p.group * columns());
        });
    }
    /// f(row of the phase's weights, where it lies among all).
    template <class F>
    void each_weight_row(piece const &p, F &&f) const {
        for (std::size_t t = 0; t < p.at->taps; ++t)
            for (std::size_t c = 0; c < channels_; ++c)
                f(t * channels_ + c,
                  (p.group * layer_.inner() + how_.taps()[p.at->first + t].weight * channels_ + c) * columns());
    }
    auto weights(piece const &p, float const *w, scratch &s) const -> float const * {
        if (!reordered()) return w + p.group * layer_.inner() * columns();
        auto *const own = scratch::room(s.weights, p.inner * columns());
        if (p.first == 0)
            each_weight_row(
                p, [&](std::size_t row, std::size_t at) { std::copy_n(w + at, columns(), own + row * columns()); });
        return own;
    }
    /// The same, transposed: as a view if there is one piece, else copied once for all pieces of a phase and a group.
    auto across_weights(piece const &p, float const *w, scratch &s) const -> strided {
        auto const *const from = weights(p, w, s);
        if (p.only) return {from, 1, columns()};
        auto *const own = scratch::room(s.across, p.inner * columns());
        for (std::size_t first = 0; p.first == 0 && first < p.inner; first += lines)
            for (std::size_t c = 0; c < columns(); ++c)
                for (auto row = first; row < std::min(p.inner, first + lines); ++row)
                    own[c * p.inner + row] = from[row * columns() + c];
        return {own, p.inner};
    }
    auto patches(piece const &p, float const *x, scratch &s) const -> strided {
        if (direct()) return {x + p.first * p.inner, p.inner};
        auto *const to = scratch::room(s.patches, p.count * p.inner);
        each_picture(p, [&](std::size_t picture, std::size_t first, std::size_t count, std::size_t row) {
            how_.gather(*p.at, x + picture * in_.values(), p.group * channels_, channels_, first, count,
                        to + row * p.inner, p.inner);
        });
        return {to, p.inner};
    }

    layer layer_;
    extents in_, out_;
    triptych::network::lowering how_;
    std::size_t channels_ = 0; ///< of a group
};

} // namespace triptych::inline TRIPTYCH_ABI::learn::network
