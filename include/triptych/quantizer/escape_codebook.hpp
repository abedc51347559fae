// triptych/quantizer/escape_codebook.hpp: a vector quantizer that keeps an error bound. A vector that no entry is
// near to is an escape: it is sent itself.
//
// A vector becomes the index of its entry, or an escape code and its elements, quantised as by `uniform`. So a goal
// decides on the quality, not the number of entries: `max_error` and `exact` hold, and `psnr` may be as high as one
// likes. This suits books that leave out rare vectors, such as DBSCAN's, whose noise belongs to no cluster.
//
// There are two rules for escapes. With lambda 0, which `max_error` asks for, a vector escapes if each entry is off
// by more than half a step in some element; that is the bound of `uniform`. Otherwise it escapes where that saves
// more squared error than lambda · step² · bits. The bits are estimated by a normal density with the picture's
// variances. Entries are learned, <triptych/learn/quantizer/codebook.hpp>; where none fit the bands, this is
// `uniform`.
#pragma once

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include <triptych/concepts.hpp>
#include <triptych/detail/step.hpp>
#include <triptych/quantizer/codebook.hpp>
#include <triptych/quantizer/detail/code_book.hpp>
#include <triptych/quantizer/detail/nearest_entry.hpp>
#include <triptych/quantizer/uniform.hpp>
#include <triptych/stream/writer.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI::quantizer {

/// At most K entries are learned. Symbols are side bands, one band of indices in the place of the signal bands, where 0 escapes and i + 1 is
/// entry i, and the elements of the vectors that escape, in the order of their places.
template <std::size_t K = 256, entries_by By = entries_by::k_means>
struct escape_codebook : detail::code_book<> {
    static_assert(K >= 1 && K <= max_entries, "escape_codebook: 1 to 32768 entries");

    struct setting {
        std::uint64_t step = 0;    ///< in units of the integer samples, Q8; 0 for no loss
        std::uint64_t escapes = 0; ///< vectors that are sent themselves
    };
    static constexpr bool can_be_exact = true;
    static constexpr void describe(auto &d) { d("escape_codebook", K); }

    template <class B>
    auto plan(B const &x, target const &aim) const -> setting {
        setting s{detail::stream_step(aim), 0};
        if (!x.ok() || !fits(x.layout())) return s;
        auto const indices = choose(x, s, aim);
        s.escapes = static_cast<std::uint64_t>(std::count(indices.begin(), indices.end(), 0));
        return s;
    }
    /// Not ok if the setting has more escapes than there are vectors.
    template <std::size_t R>
    auto arrange(layout<R> const &in, setting const &s) const -> layout<R> {
        if (!in.ok()) return in;
        layout<R> out;
        if (!fits(in)) {
            if (s.escapes == 0) return detail::symbol_layout(in, s.step);
            out.fail();
            return out;
        }
        out = index_layout(in, std::bit_width(count()) + 1);
        std::uint64_t vectors = 0;
        for (auto const &band : in)
            if (band.at.kind == role::signal) vectors = volume(band.shape);
        if (s.escapes > vectors) out.fail();
        if (s.escapes == 0 || !out.ok()) return out;
        // As the signal bands lie in groups, so do their escaped elements.
        extents<R> row;
        row.fill(1), row.back() = static_cast<std::size_t>(s.escapes);
        auto const narrow = detail::symbol_layout(in, s.step);
        for (auto const &g : in.groups()) {
            detail::list<std::size_t> of;
            for (std::size_t k = 0; k < g.count; ++k)
                if (in[g.first + k].at.kind == role::signal) of.push_back(g.first + k);
            if (!of.ok() || !narrow.ok()) out.fail();
            if (of.size() != 0 && out.ok()) out.add_group(row, of.size(), [&](std::size_t k) { return narrow[of[k]]; });
        }
        return out;
    }
    template <class B>
    auto quantize(B x, setting const &s, target const &aim) const -> B {
        if (!x.ok()) return x;
        if (!fits(x.layout())) return uniform{}.quantize(std::move(x), {s.step});
        B out(arrange(x.layout(), s));
        if (!out.ok()) return out;
        auto indices = choose(x, s, aim);
        std::vector<std::size_t> sent;
        for (std::size_t p = 0; p < indices.size(); ++p) {
            if (indices[p] == 0 && sent.size() == s.escapes) indices[p] = 1; // of another picture's setting
            if (indices[p] == 0) sent.push_back(p);
        }
        write_indices(x, out, 1, [&](std::size_t p, std::size_t *to) { *to = static_cast<std::size_t>(indices[p]); });
        std::size_t to = out.count() - (s.escapes != 0 ? elements() : 0);
        for (std::size_t b = 0; s.escapes != 0 && b < x.count(); ++b) {
            auto const &from = x.info(b);
            if (from.at.kind == role::side) continue;
            auto const &info = out.info(to++);
            detail::grid<typename B::value_type> const grid(s.step, from);
            for (std::size_t j = 0; j < s.escapes; ++j)
                out.data()[info.offset + j * info.stride.back()] = static_cast<typename B::value_type>(
                    j < sent.size() ? grid.symbol(x.data()[from.offset + sent[j] * from.stride.back()], 128) : 0);
        }
        return out;
    }
    /// Indices that there are not are taken for the nearest that there is, and escapes beyond those that were sent for the first entry.
    template <class B>
    auto dequantize(B x, setting const &s, layout<B::rank> const &in) const -> B {
        using value_type = typename B::value_type;
        if (!in.ok() || !fits(in)) return uniform{}.dequantize(std::move(x), {s.step}, in);
        // Symbols that are not laid out as they should be have no memory to read.
        if (!x.ok() || x.size() != arrange(in, s).size()) return detail::no_memory<B>();
        detail::grid_in_turn<value_type> grids(s.step);
        auto const first = x.count() - (s.escapes != 0 ? elements() : 0);
        return from_indices(x, in, 1, [&](std::size_t b, std::size_t element) {
            auto const grid = grids.of(in[b]);
            return [=, this, &x, &s, &band = in[b], taken = std::size_t{0}](auto const &symbol) mutable {
                if (symbol(0) <= 0 && taken < s.escapes) {
                    auto const &from = x.info(first + element);
                    auto const q = x.data()[from.offset + taken++ * from.stride.back()];
                    return static_cast<value_type>(grid.value(q));
                }
                return value<value_type>(entries[entry(symbol(0) - 1) * elements() + element], band);
            };
        });
    }
    auto step(setting const &s) const -> fixed_step { return {s.step}; }
    void write(setting const &s, byte_writer &w) const {
        w.varint(s.step);
        w.varint(s.escapes);
    }
    auto read(byte_reader &r) const -> setting {
        setting s;
        s.step = r.varint(detail::max_step);
        s.escapes = r.varint(most_escapes, errc::limit);
        return s;
    }

private:
    static constexpr std::uint64_t most_escapes = std::uint64_t{1} << 48; ///< what any layout may hold

    /// Of each vector one more than the number of its entry, or 0.
    template <class B>
    auto choose(B const &x, setting const &s, target const &aim) const -> std::vector<std::int32_t> {
        auto const grids = detail::grids<typename B::value_type>(x.layout(), s.step);
        bool const strict = s.step == 0 || !(aim.lambda > 0);
        auto const step_in = [&](std::size_t b) { return static_cast<double>(grids[b].step) / 256; };
        std::vector<double> reach;
        for (std::size_t b = 0; strict && b < x.count(); ++b)
            if (x.info(b).at.kind == role::signal) reach.push_back(std::floor(step_in(b) / 2));
        detail::nearest_entry const nearest(*this, x, std::move(reach));
        auto const &bands = nearest.bands();
        auto const vectors = static_cast<std::size_t>(volume(x.info(bands[0]).shape));

        // What an escape is worth, in squared steps.
        double escape = 0;
        for (std::size_t e = 0; !strict && e < bands.size(); ++e) {
            double sum = 0, squares = 0;
            for (std::size_t p = 0; p < vectors; ++p) {
                double const v = nearest.element(x, p, e) / step_in(bands[e]);
                sum += v, squares += v * v;
            }
            auto const n = static_cast<double>(std::max<std::size_t>(vectors, 1));
            double const variance = std::max(0.0, squares / n - sum / n * sum / n);
            constexpr double normal = 17.079468445; // 2πe
            escape += 1.0 / 12 + static_cast<double>(aim.lambda) / 2 * std::log2(1 + normal * variance);
        }
        std::vector<std::int32_t> indices(vectors);
        for (std::size_t p = 0; p < vectors; ++p) {
            auto const i = nearest(x, p);
            bool sent = i == count();
            if (!strict) {
                double error = 0;
                for (std::size_t e = 0; e < bands.size(); ++e) {
                    double const d = (nearest.element(x, p, e) - nearest.value(i, e)) / step_in(bands[e]);
                    error += d * d;
                }
                sent = error > escape;
            }
            indices[p] = sent ? 0 : static_cast<std::int32_t>(i) + 1;
        }
        return indices;
    }
};

static_assert(quantizer_for<escape_codebook<>, bands<std::int16_t, 2>> && stateful<escape_codebook<>>);

} // namespace triptych::inline TRIPTYCH_ABI::quantizer
