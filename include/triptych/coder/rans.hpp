// triptych/coder/rans.hpp: interleaved range asymmetric numeral systems over static tables.
//
// J. Duda, arXiv:1311.2540; the interleaving after F. Giesen, arXiv:1402.3392. States have 32 bits, from 2^16 up,
// words 16 bits, probabilities 12. Symbol i lives in lane i mod 32, so a vector machine decodes 32 at a time, and any
// narrower one writes the same bytes (rans_machine.hpp). The encoder runs backwards. At the end every state must be
// 2^16 again, which catches most damaged streams. A token that has a whole table for itself has frequency 2^12, one
// more than 12 bits hold, so tables store the frequency less one.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>

#include <triptych/coder/engine/frequency_table.hpp>
#include <triptych/coder/engine/order.hpp>
#include <triptych/coder/engine/rans_machine.hpp>
#include <triptych/coder/engine/static_coder.hpp>
#include <triptych/coder/model/table.hpp>
#include <triptych/coder/symbols.hpp>
#include <triptych/concepts.hpp>
#include <triptych/describe.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI::coder {

namespace detail {
/// The engine of `rans`, see static_coder.hpp.
template <class Model>
struct rans_engine {
    using table = frequency_table<Model>;
    static_assert(table::precision == rans_precision);

    /// Four bytes a lane are too much for a small picture.
    static constexpr auto lanes_for(std::size_t symbols) noexcept -> std::size_t {
        return symbols < 1024 ? 1 : symbols < 8192 ? 4 : rans_lanes;
    }

    class encoder {
    public:
        explicit encoder(std::size_t tables) : codes_(tables * alphabet::most_tokens) {}
        auto ok() const noexcept -> bool { return codes_.ok(); }
        void add(std::size_t i, table const &t, std::array<std::uint8_t, 256> const &coarse) {
            for (std::size_t k = 0; k < coarse.size(); ++k)
                if (t.has(coarse[k])) codes_[i * coarse.size() + k] = rans_code::of(t.token[coarse[k]]);
            still_ = still_ && t.single();
        }
        template <class E, class Histograms>
        void setting(E &, Histograms const &) const noexcept {}
        template <class W>
        void write(analysis<Model> const &a, W &w) const {
            if (still_) return; // states stand still
            auto const lanes = lanes_for(a.tokens.size());
            constexpr std::size_t slack = 16;
            triptych::detail::buffer<std::uint16_t> words(a.tokens.size() + slack);
            a.need(words.ok());
            std::array<std::uint32_t, rans_lanes> state;
            state.fill(rans_low);
            rans_sink sink{codes_.data(), nullptr, nullptr, words.end()};
            chunks_backwards(a, [&](std::uint8_t const *tokens, std::uint8_t const *of, std::size_t n) {
                sink.table = of, sink.tokens = tokens;
                rans_encode(lanes, state.data(), sink, n);
            });
            for (std::size_t l = 0; l < lanes; ++l) w.u32(state[l]);
            if constexpr (std::endian::native == std::endian::little)
                w.bytes(std::as_bytes(std::span<std::uint16_t const>(sink.words, words.end())));
            else
                for (auto const *p = sink.words; p != words.end(); ++p) w.u16(*p);
        }

    private:
        triptych::detail::buffer<rans_code> codes_;
        bool still_ = true;
    };

    class decoder {
    public:
        explicit decoder(std::size_t tables) noexcept : slots_(tables * table::whole) {}
        auto ok() const noexcept -> bool { return slots_.ok(); }
        /// Entry: frequency - 1 (12 bits), offset in the interval (12), token (8).
        void add(std::size_t i, table const &t) noexcept {
            auto *const slots = slots_.data() + i * table::whole;
            for (std::uint32_t k = 0; k < t.token.size(); ++k)
                for (std::uint32_t j = 0; j < t.token[k].freq; ++j)
                    slots[t.token[k].start + j] = (t.token[k].freq - 1) << 20 | j << 8 | k;
            still_ = still_ && t.single();
        }
        template <class E>
        void setting(E &) const noexcept {}
        void start(byte_reader &r, std::size_t symbols) noexcept {
            lanes_ = lanes_for(symbols);
            state_.fill(rans_low);
            for (std::size_t l = 0; l < lanes_ && !still_; ++l) state_[l] = r.u32();
            first_ = reinterpret_cast<std::uint8_t const *>(r.rest().data());
            source_ = {slots_.data(), nullptr, nullptr, first_, first_ + (still_ ? 0 : r.remaining())};
        }
        void get(std::uint8_t *tokens, std::uint8_t const *of, std::size_t n) noexcept {
            source_.table = of, source_.tokens = tokens;
            rans_decode(lanes_, state_.data(), source_, n);
        }
        void finish(byte_reader &r) noexcept {
            r.skip(static_cast<std::size_t>(source_.words - first_));
            if (source_.missing > 0) r.fail(errc::truncated);
            for (std::size_t l = 0; l < lanes_; ++l)
                if (state_[l] != rans_low) r.fail(errc::corrupt);
        }

    private:
        triptych::detail::buffer<std::uint32_t> slots_;
        bool still_ = true;
        std::size_t lanes_ = 1;
        std::array<std::uint32_t, rans_lanes> state_{};
        std::uint8_t const *first_ = nullptr;
        rans_source source_{};
    };
};
} // namespace detail

/// Static rANS: fast, close to the entropy of each class of bands and each kind of region. Any values.
template <class Model = model::table>
struct rans {
    static_assert(detail::static_model<Model>,
                  "rans: decodes in reverse, so its model cannot look at decoded neighbours or adapt to them; take "
                  "coder::range for that, or a static model such as model::table");
    using order = lifo;
    using model_type = Model;
    static constexpr unsigned precision = detail::rans_precision;
    static constexpr void describe(auto &d) { d("rans", part<Model>{}); }

    template <class T, std::size_t R, class W>
    void encode(bands<T, R> const &symbols, W &w) const {
        detail::static_coder<detail::rans_engine<Model>, Model>::encode(symbols, w);
    }
    template <class T, std::size_t R>
    void decode(bands<T, R> &symbols, byte_reader &r) const noexcept {
        detail::static_coder<detail::rans_engine<Model>, Model>::decode(symbols, r);
    }
    /// Prices, with the tables shared out evenly.
    template <class B>
    auto rates(B const &symbols) const {
        return detail::static_coder<detail::rans_engine<Model>, Model>::rates(*this, symbols);
    }
};

static_assert(coder_for<rans<>, bands<std::int16_t, 2>> && rate_aware<rans<>, bands<std::int16_t, 2>>);

} // namespace triptych::inline TRIPTYCH_ABI::coder
