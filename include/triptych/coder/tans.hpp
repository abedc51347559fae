// triptych/coder/tans.hpp: tabled asymmetric numeral systems over static tables.
//
// J. Duda, arXiv:0902.0271 and arXiv:1311.2540; tables as in Y. Collet's FSE. Where `rans` multiplies, this looks up.
// So a decoder is a few lines on any machine, and vectors have nothing to do. Short sequences use one state, others
// eight.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include <triptych/coder/engine/frequency_table.hpp>
#include <triptych/coder/engine/order.hpp>
#include <triptych/coder/engine/static_coder.hpp>
#include <triptych/coder/engine/tabled_states.hpp>
#include <triptych/coder/model/table.hpp>
#include <triptych/coder/symbols.hpp>
#include <triptych/concepts.hpp>
#include <triptych/describe.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI::coder {

namespace detail {
/// The engine of `tans`, see static_coder.hpp.
template <class Model>
struct state_engine {
    using table = frequency_table<Model>;
    static_assert(table::precision == state_table::precision);
    static constexpr std::size_t lanes = 8, worth_lanes = 1024; ///< symbols from which on there are eight states

    class encoder {
    public:
        explicit encoder(std::size_t tables)
            : steps_(tables * alphabet::most_tokens), states_(tables * state_table::size) {}
        auto ok() const noexcept -> bool { return steps_.ok() && states_.ok(); }
        void add(std::size_t i, table const &t, std::array<std::uint8_t, 256> const &coarse) {
            std::array<state_table::step, alphabet::most_tokens> own;
            state_table::steps(t, own.data(), states_.data() + i * state_table::size);
            for (std::size_t k = 0; k < own.size(); ++k) steps_[i * own.size() + k] = own[coarse[k]];
            still_ = still_ && t.single();
        }
        template <class E, class Histograms>
        void setting(E &, Histograms const &) const noexcept {}
        template <class W>
        void write(analysis<Model> const &a, W &w) const {
            if (still_) return;
            if (a.tokens.size() < worth_lanes)
                write_states<1>(a, w);
            else
                write_states<lanes>(a, w);
        }

    private:
        template <std::size_t Lanes, class W>
        void write_states(analysis<Model> const &a, W &w) const {
            state_encoder<Lanes> out(a.tokens.size());
            a.need(out.ok());
            chunks_backwards(a, [&](std::uint8_t const *tokens, std::uint8_t const *of, std::size_t n) {
                out.put(steps_.data(), states_.data(), tokens, of, n);
            });
            out.finish(w);
        }

        triptych::detail::buffer<state_table::step> steps_;
        triptych::detail::buffer<std::uint16_t> states_;
        bool still_ = true;
    };

    class decoder {
    public:
        explicit decoder(std::size_t tables) noexcept : entries_(tables * state_table::size) {}
        auto ok() const noexcept -> bool { return entries_.ok(); }
        void add(std::size_t i, table const &t) noexcept {
            state_table::entries(t, entries_.data() + i * state_table::size);
            still_ = still_ && t.single();
        }
        template <class E>
        void setting(E &) const noexcept {}
        void start(byte_reader &r, std::size_t symbols) noexcept {
            several_ = symbols >= worth_lanes;
            if (still_) return; // states that begin at home stay there
            if (several_)
                eight_ = state_decoder<lanes>(r);
            else
                one_ = state_decoder<1>(r);
        }
        void get(std::uint8_t *tokens, std::uint8_t const *of, std::size_t n) noexcept {
            if (several_)
                eight_.get(entries_.data(), tokens, of, n);
            else
                one_.get(entries_.data(), tokens, of, n);
        }
        void finish(byte_reader &r) const noexcept {
            if (several_)
                eight_.finish(r);
            else
                one_.finish(r);
        }

    private:
        triptych::detail::buffer<std::uint32_t> entries_;
        bool still_ = true, several_ = false;
        state_decoder<lanes> eight_;
        state_decoder<1> one_;
    };
};
} // namespace detail

/// Static tANS: as close to the entropy as `rans`, faster than it without vectors. Any values.
template <class Model = model::table>
struct tans {
    static_assert(detail::static_model<Model>,
                  "tans: decodes in reverse, so its model cannot look at decoded neighbours or adapt to them; take "
                  "coder::range for that, or a static model such as model::table");
    using order = lifo;
    using model_type = Model;
    static constexpr void describe(auto &d) { d("tans", part<Model>{}); }

    template <class T, std::size_t R, class W>
    void encode(bands<T, R> const &symbols, W &w) const {
        detail::static_coder<detail::state_engine<Model>, Model>::encode(symbols, w);
    }
    template <class T, std::size_t R>
    void decode(bands<T, R> &symbols, byte_reader &r) const noexcept {
        detail::static_coder<detail::state_engine<Model>, Model>::decode(symbols, r);
    }
    /// Prices, with the tables shared out evenly.
    template <class B>
    auto rates(B const &symbols) const {
        return detail::static_coder<detail::state_engine<Model>, Model>::rates(*this, symbols);
    }
};

static_assert(coder_for<tans<>, bands<std::int16_t, 2>> && rate_aware<tans<>, bands<std::int16_t, 2>>);

} // namespace triptych::inline TRIPTYCH_ABI::coder
