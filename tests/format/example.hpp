// tests/format/example.hpp: worked bytes of docs/format*.md, as a test has them.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <iomanip>
#include <optional>
#include <span>
#include <sstream>
#include <string>
#include <type_traits>
#include <vector>

#include <boost/test/unit_test.hpp>

#include <triptych/codec.hpp>

namespace worked {
using namespace triptych;

inline auto bytes_of(std::string const &hexadecimal) -> std::vector<std::byte> {
    std::istringstream in(hexadecimal);
    std::vector<std::byte> bytes;
    for (std::string word; in >> word;) bytes.push_back(static_cast<std::byte>(std::stoul(word, nullptr, 16)));
    return bytes;
}
inline auto text_of(std::vector<std::byte> const &bytes) -> std::string {
    std::string text;
    for (auto const b : bytes) {
        constexpr char digits[] = "0123456789abcdef";
        if (!text.empty()) text += ' ';
        text += digits[static_cast<unsigned>(b) >> 4], text += digits[static_cast<unsigned>(b) & 15];
    }
    return text;
}

/// Samples as the pages write them: floats by their bits.
template <class Samples>
auto sample_text(Samples const &samples) -> std::string {
    std::ostringstream text;
    char const *between = "";
    for (auto const v : samples) {
        text << between, between = " ";
        if constexpr (std::is_same_v<std::remove_const_t<decltype(v)>, float>)
            text << std::hex << std::setfill('0') << std::setw(8) << std::bit_cast<std::uint32_t>(v);
        else
            text << static_cast<std::int64_t>(v);
    }
    return text.str();
}

/// An example as a page has it, and what checks it.
struct entry {
    std::string head, bytes, samples; ///< `codec<...> bare uint8 2x2 1`
    std::function<void()> check;
};
/// All examples of all files of this folder.
inline auto all() -> std::vector<entry> & {
    static std::vector<entry> list;
    return list;
}

/// An example: bytes, and the samples that they stand for. `goal`: the encoder writes just these bytes for it, and for `input` instead
/// of the samples if there is one; without a goal the bytes are only decoded. `Encodes` is false where there is no encoder to compile.
template <class C, class S, std::size_t R, bool Encodes = true>
struct example {
    extents<R> shape;
    std::size_t components;
    std::string bytes;
    std::vector<S> samples;
    std::optional<quality> goal{};
    std::vector<S> input{};
    framing frame = framing::bare;
    C codec{};

    auto head() const -> std::string {
        static constexpr char const *kinds[] = {"uint8", "uint16", "int16", "int32", "float32"};
        static constexpr char const *frames[] = {"file", "record", "bare"};
        std::string text = description<C, std::string>() + ' ' + frames[static_cast<int>(frame)] + ' ' +
                           kinds[static_cast<int>(detail::sample_type_of<S>::value)] + ' ';
        for (std::size_t axis = 0; axis < R; ++axis) text += (axis ? "x" : "") + std::to_string(shape[axis]);
        return text + ' ' + std::to_string(components);
    }

    void check() const {
        auto const stream = bytes_of(bytes);
        auto const decoded = [&](std::size_t n) {
            return codec.template try_decode<S, R>(std::span<std::byte const>(stream).first(n), frame, shape,
                                                   components);
        };
        auto const y = decoded(stream.size());
        BOOST_TEST((y.error.code == errc::none), message(y.error.code));
        BOOST_TEST(sample_text(y.value.samples()) == sample_text(samples));
        BOOST_TEST((y.value.shape() == shape));
        // A bare stream may end earlier and stand for something else.
        for (std::size_t n = 0; frame != framing::bare && n < stream.size(); ++n)
            BOOST_TEST((decoded(n).error.code != errc::none), "decodes without its last " << stream.size() - n);
        if constexpr (Encodes)
            if (goal) {
                picture<S, R> x(shape, components);
                auto const &from = input.empty() ? samples : input;
                std::copy(from.begin(), from.end(), x.data());
                BOOST_TEST(text_of(codec.encode(x, *goal, frame)) == bytes);
            }
    }
};

/// Adds an example to the list; its value is of no use.
template <class C, class S, std::size_t R, bool Encodes>
auto add(example<C, S, R, Encodes> const &e) -> bool {
    all().push_back({e.head(), e.bytes, sample_text(e.samples), [e] { e.check(); }});
    return true;
}
} // namespace worked
