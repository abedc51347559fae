// triptych/learn/storage/spelling.hpp: a codec's type as a program must write it, and the headers that it comes from.
//
// Compilers know how to spell a type; only the library's inline namespace must go, which no program names. Each policy of the library lies in a
// header of its name, so the headers follow from the policies, which `describe` names one by one.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <utility>

#include <triptych/describe.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI::detail {

#define TRIPTYCH_DETAIL_TEXT2(x) #x
#define TRIPTYCH_DETAIL_TEXT(x) TRIPTYCH_DETAIL_TEXT2(x)

/// The type, as the compiler spells it: `triptych::transform::pca<8, 8, 12>`.
template <class P>
auto spelling() -> std::string {
    std::string_view text = __PRETTY_FUNCTION__; // … [with P = THE TYPE; …] of g++, … [P = THE TYPE] of clang
    auto const first = text.find("P = ") + 4;
    text = text.substr(first, text.find_first_of(";]", first) - first);
    constexpr std::string_view inner = TRIPTYCH_DETAIL_TEXT(TRIPTYCH_ABI) "::";
    std::string name;
    for (auto at = text.find(inner); at != text.npos; at = text.find(inner)) {
        name += text.substr(0, at);
        text.remove_prefix(at + inner.size());
    }
    name += text;
    for (auto at = name.find("> >"); at != name.npos; at = name.find("> >")) name.erase(at + 1, 1);
    return name;
}

#undef TRIPTYCH_DETAIL_TEXT
#undef TRIPTYCH_DETAIL_TEXT2

/// The header of a policy of the library; empty for a policy of somebody else.
inline auto header_of(std::string_view type) -> std::string {
    constexpr std::string_view library = "triptych::";
    if (!type.starts_with(library)) return {};
    type = type.substr(library.size());
    type = type.substr(0, type.find('<'));
    auto const panel = type.substr(0, type.find("::"));
    if (panel == type)
        return "triptych/" + std::string(type == "codec" || type == "per_image" ? type : "presets") + ".hpp";
    auto name = type.substr(panel.size() + 2);
    name = name.substr(0, name.find("::"));
    // What does not lie in a header of its name.
    if (name == "laplace" || name == "gaussian") name = "family";
    if (name == "annex_k") name = "matrix";
    return "triptych/" + std::string(panel == "model" ? "coder/model" : panel) + "/" + std::string(name) + ".hpp";
}

/// Collects headers, and types that are not the library's, of a policy and of all that its description names.
struct header_collector {
    std::set<std::string> headers, others;

    template <class... A>
    void operator()(std::string_view, A const &...arguments) {
        (look_into(arguments), ...);
    }
    template <class P>
    void add() {
        auto const name = spelling<P>();
        if (auto header = header_of(name); header.empty())
            others.insert(name);
        else
            headers.insert(std::move(header));
        if constexpr (requires { P::describe(*this); }) P::describe(*this);
    }

private:
    template <class P>
    void look_into(part<P>) {
        add<P>();
    }
    template <class A>
    void look_into(A const &) {}
};

} // namespace triptych::inline TRIPTYCH_ABI::detail
