// The laws can fail: policies that break one each, and what the report says.
#include <triptych/conformance.hpp>

#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

#include <triptych/coder/model/table.hpp>
#include <triptych/coder/rans.hpp>
#include <triptych/coder/raw.hpp>
#include <triptych/quantizer/none.hpp>
#include <triptych/quantizer/uniform.hpp>
#include <triptych/transform/identity.hpp>

BOOST_AUTO_TEST_SUITE(catches)

namespace {
using namespace triptych;
using only = std::tuple<bands<std::int16_t, 2>>;
using only_bytes = std::tuple<picture<std::uint8_t, 2>>;

struct forgets_last : transform::identity {
    template <class B>
    auto inverse(B x, layout<B::rank> const &) const -> B {
        if (x.size() > 1) x.data()[x.size() - 1] = x.data()[0];
        return x;
    }
};
struct too_wide : transform::identity {
    template <class B>
    auto forward(B x) const -> B {
        for (std::size_t i = 0; i < x.size(); ++i) x.data()[i] = static_cast<typename B::value_type>(x.data()[i] * 2);
        return x;
    }
    template <class B>
    auto inverse(B x, layout<B::rank> const &) const -> B {
        for (std::size_t i = 0; i < x.size(); ++i) x.data()[i] = static_cast<typename B::value_type>(x.data()[i] / 2);
        return x;
    }
};
struct other_layout : transform::identity {
    template <class B>
    auto forward(B x) const -> B {
        auto where = x.layout();
        where.relabel(0, [](auto &i) { i.gain = 77; });
        return std::move(x).relabel(std::move(where));
    }
};
struct refuses : transform::identity {
    template <std::size_t R>
    auto arrange(layout<R> const &) const -> layout<R> {
        layout<R> out;
        out.fail();
        return out;
    }
};
struct remembers : transform::identity {
    template <class B>
    auto forward(B x) const -> B {
        static std::int16_t calls = 0;
        if (x.size() && x.info(0).bits > 1) x.data()[0] = static_cast<typename B::value_type>(++calls & 63);
        return x;
    }
};
struct loses_setting : quantizer::uniform {
    auto read(byte_reader &r) const -> setting {
        auto s = quantizer::uniform::read(r);
        s.step &= ~std::uint64_t{255};
        return s;
    }
};
struct coarse : quantizer::uniform {
    template <class B>
    auto quantize(B x, setting const &) const -> B {
        for (std::size_t i = 0; i < x.size(); ++i) x.data()[i] &= ~1;
        return x;
    }
    template <class B>
    auto dequantize(B x, setting const &, layout<B::rank> const &in) const -> B {
        return std::move(x).relabel(in);
    }
    template <std::size_t R>
    auto arrange(layout<R> const &in, setting const &) const -> layout<R> {
        return in;
    }
};
struct leaves_a_byte : coder::raw {
    template <class T, std::size_t R, class W>
    void encode(bands<T, R> const &x, W &w) const {
        coder::raw::encode(x, w);
        w.u8(0);
    }
};
struct trusting {
    template <class T, std::size_t R, class W>
    void encode(bands<T, R> const &x, W &w) const {
        w.varint(x.size());
        for (std::size_t i = 0; i < x.size(); ++i) w.u32(static_cast<std::uint32_t>(x.data()[i]));
    }
    template <class T, std::size_t R>
    void decode(bands<T, R> &x, byte_reader &r) const {
        // Asks for what the stream says before it looks at what it has.
        triptych::detail::buffer<T> all(static_cast<std::size_t>(r.varint(1u << 30)));
        if (!all.ok() || all.size() != x.size()) return r.fail(errc::corrupt);
        for (std::size_t i = 0; i < x.size(); ++i) x.data()[i] = static_cast<T>(r.u32());
    }
};
struct not_reversible : transform::identity {
    template <class B>
    auto inverse(B x, layout<B::rank> const &) const -> B {
        for (std::size_t i = 0; i < x.size(); ++i) x.data()[i] &= ~1;
        return x;
    }
};
/// Static models that break a law each.
struct starves : model::table {
    static auto intervals(histogram const &h, unsigned bits) {
        auto t = model::table::intervals(h, bits);
        // The rarest gives its interval to the one behind it.
        for (std::size_t i = 0; i + 1 < t.size(); ++i)
            if (t[i].freq == 1) t[i + 1].freq += 1, t[i + 1].start -= 1, t[i].freq = 0;
        return t;
    }
};
struct wastes : model::table {
    static auto intervals(histogram const &h, unsigned bits) {
        auto t = model::table::intervals(h, bits);
        for (auto &i : t)
            if (i.freq > 1) {
                --i.freq;
                break;
            }
        return t;
    }
};
struct certain : model::table {
    static auto intervals(histogram const &h, unsigned bits) {
        auto t = model::table::intervals(h, bits);
        for (auto &i : t) i = {0, i.start == 0 && i.freq > 0 ? 1u << bits : 0};
        return t;
    }
};
struct invents : model::table {
    static auto intervals(histogram const &h, unsigned bits) {
        auto all = h;
        for (auto &c : all) c += 1;
        return model::table::intervals(all, bits);
    }
};
/// An adaptive model that becomes too sure of itself.
struct overconfident {
    struct statistics {
        auto ok() const noexcept -> bool { return true; }
        template <class E, class B>
        void code(E &engine, B &symbols) {
            std::uint32_t p = 32768;
            for (std::size_t i = 0; i < symbols.size(); ++i) {
                bool const b = engine.bit(p, symbols.data()[i] & 1);
                p = b ? p + (65536 - p + 15) / 16 : p - (p + 15) / 16; // rounds up to 0 and 1
            }
        }
    };
};
struct nothing {};

template <class P>
void finds(std::string const &law) {
    auto const report = conformance<P, std::conditional_t<detail::any_codec<P>, only_bytes, only>>();
    BOOST_TEST(!report.ok());
    BOOST_TEST(report.text().find(law) != std::string::npos, "expected \"" << law << "\" in\n" << report.text());
}
} // namespace

BOOST_AUTO_TEST_CASE(transforms) {
    finds<forgets_last>("a reversible transform gives back every integer");
    finds<too_wide>("forward keeps values within the bits of their band");
    finds<other_layout>("forward gives the layout of arrange");
    finds<refuses>("arrange accepts some layout");
    finds<remembers>("forward is deterministic");
}

BOOST_AUTO_TEST_CASE(quantizers) {
    finds<loses_setting>("read gives back the setting that was written");
    finds<coarse>("a quantizer that can be exact is, at step 0");
    finds<coarse>("side bands come back as they were");
}

BOOST_AUTO_TEST_CASE(coders) {
    finds<leaves_a_byte>("decode takes exactly the bytes of encode");
    finds<trusting>("wrong bytes ask for little memory");
    finds<trusting>("decoded symbols lie within the bits of their band");
}

BOOST_AUTO_TEST_CASE(models) {
    finds<starves>("what occurs has a probability above zero");
    finds<invents>("what does not occur has none");
    finds<wastes>("intervals cover the whole without a gap");
    finds<certain>("nothing is certain that has an alternative");
    finds<overconfident>("every probability lies between 0 and 1, exclusive");
    finds<coder::rans<wastes>>("intervals cover the whole without a gap");
    BOOST_TEST((conformance<model::table, only>().ok()));
}

BOOST_AUTO_TEST_CASE(codecs) {
    // Each panel keeps to its concept; that this one is not what it says of itself shows in the whole.
    finds<codec<not_reversible, quantizer::none, coder::raw>>("an exact codec gives back every bit");
    finds<codec<not_reversible, quantizer::uniform, coder::raw>>("an exact codec gives back every bit");
}

BOOST_AUTO_TEST_CASE(what_is_nothing) {
    auto const report = conformance<nothing>();
    BOOST_TEST(!report.ok());
    BOOST_TEST(report.checks() == 0u);
    BOOST_TEST(report.text().find("meets no concept") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(memory_is_counted_and_can_fail) {
#if !defined(TRIPTYCH_COUNT_ALLOCATIONS)
    BOOST_TEST(false, "conformance.hpp is not the first header of the library here");
#endif
    detail::watch const w;
    {
        detail::buffer<int> const a(1000);
        detail::buffer<int> b(500);
        b = detail::buffer<int>(2000);
    }
    BOOST_TEST(w.bytes() == 4 * (1000 + 500 + 2000));
    BOOST_TEST(detail::watch().bytes() == 0);
    int calls = 0;
    detail::starve([&] {
        ++calls;
        detail::buffer<int> const a(10), b(10);
        return !a.ok() || !b.ok();
    });
    BOOST_TEST(calls == 3);
}

BOOST_AUTO_TEST_SUITE_END()
