// triptych/state.hpp: learned arrays, named once.
//
// A policy that has learned something names its arrays in one static function,
//
//     template <class V> static constexpr void state(auto& self, V&& v) { v("basis", self.basis); }
//
// and says by `valid()` whether their extents fit the policy and each other. From these two come safetensors files, generated headers,
// bytes in a stream, the fingerprint that ties a stream to its model and the count of parameters. Policies made of policies pass
// the visitor on with `nested`, and that is all: the surprise is that validity travels the same way, so no wrapper can forget it.
#pragma once

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <type_traits>

#include <triptych/frozen.hpp>
#include <triptych/stream/crc32c.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI {

/// Refinement: the policy names learned arrays.
template <class P>
concept stateful = requires(P &p) {
    P::state(p, [](std::string_view, auto &) {});
};

namespace detail {
/// A visitor that puts `prefix.` before each name. Names are built on the stack; at most 95 characters.
template <class V>
struct prefixed {
    std::string_view prefix;
    V &visitor;

    constexpr void operator()(std::string_view name, auto &array) const {
        char text[96]{};
        std::size_t n = 0;
        auto const append = [&](std::string_view piece) {
            for (char const c : piece)
                if (n < sizeof text) text[n++] = c;
        };
        append(prefix), append("."), append(name);
        visitor(std::string_view(text, n), array);
    }
};
} // namespace detail

/// Visits the arrays of a part of a policy, if it has any, under `prefix.`; a visitor with `part(p)` is shown the part instead.
template <class P, class V>
constexpr void nested(std::string_view prefix, P &part, V &visitor) {
    if constexpr (requires { visitor.part(part); }) {
        visitor.part(part);
    } else if constexpr (stateful<std::remove_const_t<P>>) {
        detail::prefixed<V> inner{prefix, visitor};
        std::remove_const_t<P>::state(part, inner);
    }
}

/// The same for one part of several, under its number, 0 to 99.
template <class P, class V>
constexpr void nested(std::size_t number, P &part, V &visitor) {
    std::array const digits{static_cast<char>('0' + number / 10), static_cast<char>('0' + number % 10)};
    std::size_t const skipped = number < 10;
    nested(std::string_view(digits.data() + skipped, 2 - skipped), part, visitor);
}

/// Number of learned parameters of a policy or codec.
template <class P>
constexpr auto parameter_count(P const &policy) -> std::uint64_t {
    std::uint64_t n = 0;
    if constexpr (stateful<P>) P::state(policy, [&](std::string_view, auto const &array) { n += array.size(); });
    return n;
}

template <class P>
constexpr auto valid_state(P const &policy) -> bool;

namespace detail {
template <class P>
concept judges_state = requires(P const &p) {
    { p.valid() } -> std::same_as<bool>;
};

/// Asks the parts of a policy that does not judge itself.
template <class P>
struct validity {
    bool all = true;

    constexpr void part(auto const &p) { all = all && valid_state(p); }
    constexpr void operator()(std::string_view, auto const &) const {
        static_assert(judges_state<P>, "state: a policy that names learned arrays says whether they fit, by "
                                       "`constexpr auto valid() const noexcept -> bool`");
    }
};
} // namespace detail

/// Do the learned arrays of a policy or codec fit it and each other? Asked wherever arrays come from outside: of files, headers and
/// streams. The policy's own `valid()` answers for all that it holds; where there is none its parts are asked. True without state.
template <class P>
constexpr auto valid_state(P const &policy) -> bool {
    if constexpr (!stateful<P>) {
        return true;
    } else if constexpr (detail::judges_state<P>) {
        return parameter_count(policy) == 0 || policy.valid();
    } else {
        detail::validity<P> asked;
        P::state(policy, asked);
        return asked.all;
    }
}

/// CRC-32C over names, element types, extents and little-endian values, in visiting order; 0 for a policy without state.
template <class P>
constexpr auto model_fingerprint(P const &policy) -> std::uint32_t {
    std::uint32_t crc = 0;
    auto const add = [&](std::uint64_t v, unsigned bytes) {
        for (unsigned i = 0; i < bytes; ++i) {
            std::array<std::byte, 1> const b{static_cast<std::byte>(v >> (8 * i))};
            crc = crc32c(b, crc);
        }
    };
    if constexpr (stateful<P>)
        P::state(policy, [&](std::string_view name, auto const &array) {
            using value = typename std::remove_cvref_t<decltype(array)>::value_type;
            for (char const c : name) add(static_cast<unsigned char>(c), 1);
            add(static_cast<std::uint64_t>(detail::element_of<value>::value), 1);
            add(array.shape().rank, 1);
            for (std::uint32_t i = 0; i < array.shape().rank; ++i) add(array.shape().extent[i], 4);
            for (std::size_t i = 0; i < array.size(); ++i)
                add(static_cast<std::make_unsigned_t<value>>(array[i]), sizeof(value));
        });
    return crc;
}

/// One array of a generated header.
struct model_entry {
    std::string_view name;
    element type = element::int16;
    dims shape{};
    std::int8_t const *i8 = nullptr;
    std::uint8_t const *u8 = nullptr;
    std::int16_t const *i16 = nullptr;
    std::uint16_t const *u16 = nullptr;
    std::int32_t const *i32 = nullptr;
    char16_t const *text = nullptr; ///< 16-bit elements written as a literal
    bool literal = false;           ///< `text` holds the elements
};

/// A generated header's model: its arrays, and its fingerprint as a number (never computed at compile time).
struct model_view {
    std::uint32_t fingerprint = 0;
    std::span<model_entry const> entries;
};

namespace detail {
/// Borrows the arrays of a header by name. True if each array of the policy was found with its type.
template <class P>
constexpr auto borrow(P &policy, model_view const &model) -> bool {
    bool all = true;
    if constexpr (stateful<P>)
        P::state(policy, [&](std::string_view name, auto &array) {
            using value = typename std::remove_cvref_t<decltype(array)>::value_type;
            bool found = false;
            for (auto const &e : model.entries) {
                if (e.name != name || e.type != element_of<value>::value) continue;
                found = true;
                if constexpr (std::is_same_v<value, std::int8_t>) array = {e.i8, e.shape};
                if constexpr (std::is_same_v<value, std::uint8_t>) array = {e.u8, e.shape};
                if constexpr (std::is_same_v<value, std::int32_t>) array = {e.i32, e.shape};
                if constexpr (std::is_same_v<value, std::int16_t>)
                    array = e.literal ? frozen<value>{e.text, e.shape} : frozen<value>{e.i16, e.shape};
                if constexpr (std::is_same_v<value, std::uint16_t>)
                    array = e.literal ? frozen<value>{e.text, e.shape} : frozen<value>{e.u16, e.shape};
            }
            all = all && found;
        });
    return all;
}
} // namespace detail

/// How a policy is learned without labels; specialised under learn/. The decoder never sees it.
template <class P>
struct learner;

} // namespace triptych::inline TRIPTYCH_ABI
