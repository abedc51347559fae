// triptych/describe.hpp: names of policies, for people and for the fingerprint that ties a stream to its codec.
//
// A policy of the library says who it is with
//
//     static constexpr void describe(auto& d) { d("dct", 8); }
//
// where arguments are integers, words, or parts (`part<P>`). The name of a codec follows: codec<dct<8>,uniform,range>.
// It may change no more once streams exist. Policies without `describe` count as "unnamed": they work, but a stream of
// one unnamed policy is not told from that of another.
#pragma once

#include <concepts>
#include <cstdint>
#include <string_view>
#include <type_traits>

#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI {

/// Stands for a policy inside a description.
template <class P>
struct part {};

namespace detail {
/// Writes a description, a character at a time, to a sink.
template <class Sink>
struct describer {
    Sink &sink;

    template <class... A>
    constexpr void operator()(std::string_view name, A... arguments) {
        text(name);
        if constexpr (sizeof...(A) > 0) {
            char separator = '<';
            ((sink(separator), argument(arguments), separator = ','), ...);
            sink('>');
        }
    }

private:
    constexpr void text(std::string_view s) {
        for (char const c : s) sink(c);
    }
    constexpr void argument(std::string_view s) { text(s); }
    constexpr void argument(char const *s) { text(s); }
    template <std::integral I>
    constexpr void argument(I v) {
        auto n = static_cast<std::int64_t>(v);
        if (n < 0) sink('-'), n = -n;
        char digits[20]{};
        int count = 0;
        do digits[count++] = static_cast<char>('0' + n % 10);
        while ((n /= 10) != 0);
        while (count > 0) sink(digits[--count]);
    }
    template <class P>
    constexpr void argument(part<P>) {
        if constexpr (requires(describer & d) { P::describe(d); })
            P::describe(*this);
        else
            text("unnamed");
    }
};

struct fnv1a {
    std::uint32_t value = 2166136261u;
    constexpr void operator()(char c) { value = (value ^ static_cast<unsigned char>(c)) * 16777619u; }
};
} // namespace detail

/// FNV-1a over the description of a policy or codec.
template <class P>
consteval auto fingerprint() -> std::uint32_t {
    detail::fnv1a hash;
    detail::describer<detail::fnv1a> d{hash};
    d("", part<P>{});
    return hash.value;
}

/// The description as text; `String` is std::string (left to the caller, so that a decoder need not include it).
template <class P, class String>
auto description() -> String {
    String out;
    auto sink = [&](char letter) { out.push_back(letter); };
    detail::describer<decltype(sink)> d{sink};
    if constexpr (requires { P::describe(d); })
        P::describe(d);
    else
        out = "unnamed";
    return out;
}

} // namespace triptych::inline TRIPTYCH_ABI
