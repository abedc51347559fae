// triptych/coder/huffman.hpp: canonical Huffman codes of at most 11 bits.
//
// D. A. Huffman, 1952. It is the fastest of the coders: long sequences go to eight interleaved streams
// (prefix_lanes.hpp). Short sequences go to one, so they do not pay for the jump table. A table of one token spends
// no bits on it.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>

#include <triptych/coder/engine/order.hpp>
#include <triptych/coder/engine/prefix_code.hpp>
#include <triptych/coder/engine/prefix_lanes.hpp>
#include <triptych/coder/engine/static_coder.hpp>
#include <triptych/coder/model/table.hpp>
#include <triptych/coder/symbols.hpp>
#include <triptych/concepts.hpp>
#include <triptych/describe.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI::coder {

namespace detail {
/// The engine of `huffman`, see static_coder.hpp.
struct prefix_engine {
    using table = prefix_code;
    static constexpr std::size_t lanes = 8;

    class encoder {
    public:
        explicit encoder(std::size_t tables) : words_(tables * prefix_code::tokens), codes_(tables) {}
        auto ok() const noexcept -> bool { return words_.ok() && codes_.ok(); }
        void add(std::size_t i, prefix_code const &code, std::array<std::uint8_t, 256> const &coarse) {
            code.words(coarse, words_.data() + i * prefix_code::tokens);
            codes_[i] = code;
        }
        template <class E, class Histograms>
        void setting(E &head, Histograms const &counts) {
            std::uint64_t bits = 0;
            for (std::size_t i = 0; i < counts.size(); ++i)
                for (std::size_t t = 0; t < prefix_code::tokens; ++t)
                    bits += std::uint64_t{counts[i][t]} * codes_[i].length[t];
            several_ = bits >= worth_lanes;
            head.direct(several_, 1);
        }
        template <class M, class W>
        void write(analysis<M> const &a, W &w) const {
            if (several_)
                write_lanes<lanes>(a, w);
            else
                write_lanes<1>(a, w);
        }

    private:
        /// From so many bits on, the sizes of streams take less than a quarter of a percent.
        static constexpr std::uint64_t worth_lanes = 50000;

        template <std::size_t Lanes, class M, class W>
        void write_lanes(analysis<M> const &a, W &w) const {
            lane_encoder<Lanes> out(a.tokens.size());
            a.need(out.ok());
            chunks_forwards(a, [&](std::uint8_t const *tokens, std::uint8_t const *of, std::size_t n) {
                out.put(words_.data(), tokens, of, n);
            });
            out.finish(w);
        }

        triptych::detail::buffer<std::uint64_t> words_;
        triptych::detail::buffer<prefix_code> codes_;
        bool several_ = false;
    };

    class decoder {
    public:
        explicit decoder(std::size_t tables) noexcept : slots_(tables * prefix_code::slots) {}
        auto ok() const noexcept -> bool { return slots_.ok(); }
        void add(std::size_t i, prefix_code const &code) noexcept {
            code.spread(slots_.data() + i * prefix_code::slots);
        }
        template <class E>
        void setting(E &head) noexcept {
            several_ = head.direct(0, 1) != 0;
        }
        void start(byte_reader &r, std::size_t) noexcept {
            if (several_)
                eight_ = lane_decoder<lanes>(r);
            else
                one_ = lane_decoder<1>(r);
        }
        void get(std::uint8_t *tokens, std::uint8_t const *table, std::size_t n) noexcept {
            if (several_)
                eight_.get(slots_.data(), tokens, table, n);
            else
                one_.get(slots_.data(), tokens, table, n);
        }
        void finish(byte_reader &r) noexcept {
            if (several_)
                eight_.finish(r);
            else
                one_.finish(r);
        }

    private:
        triptych::detail::buffer<std::uint16_t> slots_;
        bool several_ = false;
        lane_decoder<lanes> eight_;
        lane_decoder<1> one_;
    };
};
} // namespace detail

/// Canonical Huffman coding of tokens and extra bits. Fast both ways; loses up to half a bit where one value is much likelier than all
/// others, which is what `run_length` is for.
template <class Model = model::table>
struct huffman {
    static_assert(
        detail::static_model<Model>,
        "huffman: its tables stand still, so its model cannot look at decoded neighbours or adapt to them; take "
        "coder::range for that, or a static model such as model::table");
    static_assert(!detail::parametric_model<Model>,
                  "huffman: makes its codes of counts; a model that knows probabilities from a scale, such as "
                  "model::laplace, is for coder::rans");
    using order = fifo;
    using model_type = Model;
    static constexpr void describe(auto &d) { d("huffman", part<Model>{}); }

    template <class T, std::size_t R, class W>
    void encode(bands<T, R> const &symbols, W &w) const {
        detail::static_coder<detail::prefix_engine, Model>::encode(symbols, w);
    }
    template <class T, std::size_t R>
    void decode(bands<T, R> &symbols, byte_reader &r) const noexcept {
        detail::static_coder<detail::prefix_engine, Model>::decode(symbols, r);
    }
    /// Prices, with the tables shared out evenly.
    template <class B>
    auto rates(B const &symbols) const {
        return detail::static_coder<detail::prefix_engine, Model>::rates(*this, symbols);
    }
};

static_assert(coder_for<huffman<>, bands<std::int16_t, 2>> && rate_aware<huffman<>, bands<std::int16_t, 2>>);

} // namespace triptych::inline TRIPTYCH_ABI::coder
