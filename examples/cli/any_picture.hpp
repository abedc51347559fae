// any_picture.hpp: a picture or array whose sample type and rank are known at run time, as files have them.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include <triptych/picture.hpp>
#include <triptych/schedule/planes.hpp>

namespace cli {

/// Samples lie row-major, the components of a sample side by side.
struct any_picture {
    /// In the order of `triptych::sample_type`.
    using buffer = std::variant<std::vector<std::uint8_t>, std::vector<std::uint16_t>, std::vector<std::int16_t>,
                                std::vector<std::int32_t>, std::vector<float>>;

    buffer samples;
    std::vector<std::size_t> shape; ///< 1 to 4 extents, slowest first, without the components
    std::size_t components = 1;
    /// The sample that means white, where the file says so; 0 if it does not. A stream does not keep it.
    std::uint32_t white = 0;
    /// The file says that the last component is how opaque a pixel is.
    bool alpha = false;

    auto type() const -> triptych::sample_type { return static_cast<triptych::sample_type>(samples.index()); }
    auto rank() const -> std::size_t { return shape.size(); }
    auto size() const -> std::size_t {
        return std::visit([](auto const &s) { return s.size(); }, samples);
    }
    auto bytes() const -> std::size_t {
        return std::visit([](auto const &s) { return s.size() * sizeof s[0]; }, samples);
    }
    /// The samples as they lie in memory.
    auto raw() -> std::span<std::byte> {
        return std::visit([](auto &s) { return std::as_writable_bytes(std::span(s)); }, samples);
    }
    auto raw() const -> std::span<std::byte const> {
        return std::visit([](auto const &s) { return std::as_bytes(std::span(s)); }, samples);
    }
    auto sample_size() const -> std::size_t {
        return std::visit([](auto const &s) { return sizeof s[0]; }, samples);
    }
    /// Makes as many samples as the extents say.
    void allocate() {
        auto n = components;
        for (auto const e : shape) n *= e;
        std::visit([n](auto &s) { s.resize(n); }, samples);
    }
    /// Samples without regard to components: what "bits per pixel" divides by.
    auto pixels() const -> std::size_t { return components ? size() / components : 0; }

    friend auto operator==(any_picture const &a, any_picture const &b) -> bool {
        return a.same_kind(b) && std::visit(
                                     [&]<class V>(V const &x) {
                                         auto const &y = std::get<V>(b.samples);
                                         using sample = typename V::value_type;
                                         if constexpr (std::is_same_v<sample, float>)
                                             return std::equal(x.begin(), x.end(), y.begin(), y.end(), same_bits);
                                         else
                                             return x == y;
                                     },
                                     a.samples);
    }
    auto same_kind(any_picture const &b) const -> bool {
        return samples.index() == b.samples.index() && shape == b.shape && components == b.components;
    }

    /// How many pictures a stack of gray uint8 pictures (rank 3) holds; 0 for all else.
    auto stacked() const -> std::size_t {
        return rank() == 3 && components == 1 && type() == triptych::sample_type::uint8 ? shape[0] : 0;
    }
    /// One picture of a stack.
    auto of_stack(std::size_t i) const -> any_picture {
        auto const &all = std::get<std::vector<std::uint8_t>>(samples);
        auto const first = all.begin() + static_cast<std::ptrdiff_t>(i * shape[1] * shape[2]);
        any_picture p;
        p.samples = std::vector<std::uint8_t>(first, first + static_cast<std::ptrdiff_t>(shape[1] * shape[2]));
        p.shape = {shape[1], shape[2]};
        return p;
    }

private:
    static auto same_bits(float a, float b) -> bool {
        return std::bit_cast<std::uint32_t>(a) == std::bit_cast<std::uint32_t>(b);
    }
};

/// A part of a picture, which lies in it.
inline auto part_of(any_picture const &p, triptych::box<2> const &where) -> any_picture {
    any_picture part;
    part.shape.assign(where.shape.begin(), where.shape.end()), part.components = p.components;
    part.white = p.white, part.alpha = p.alpha;
    std::visit(
        [&]<class V>(V const &from) {
            V to;
            to.reserve(where.shape[0] * where.shape[1] * p.components);
            for (std::size_t y = 0; y < where.shape[0]; ++y) {
                auto const at = ((where.first[0] + y) * p.shape[1] + where.first[1]) * p.components;
                auto const begin = from.begin() + static_cast<std::ptrdiff_t>(at);
                to.insert(to.end(), begin, begin + static_cast<std::ptrdiff_t>(where.shape[1] * p.components));
            }
            part.samples = std::move(to);
        },
        p.samples);
    return part;
}

/// Without samples: what a decoder must know of a picture that its stream does not tell.
inline auto kind_of_picture(triptych::sample_type type, std::vector<std::size_t> shape, std::size_t components)
    -> any_picture {
    any_picture p;
    switch (type) {
    case triptych::sample_type::uint8:
        p.samples.emplace<0>();
        break;
    case triptych::sample_type::uint16:
        p.samples.emplace<1>();
        break;
    case triptych::sample_type::int16:
        p.samples.emplace<2>();
        break;
    case triptych::sample_type::int32:
        p.samples.emplace<3>();
        break;
    case triptych::sample_type::float32:
        p.samples.emplace<4>();
        break;
    }
    p.shape = std::move(shape), p.components = components;
    return p;
}

/// "uint8", "float32", ...
inline auto type_name(triptych::sample_type t) -> std::string {
    constexpr char const *names[] = {"uint8", "uint16", "int16", "int32", "float32"};
    return names[static_cast<std::size_t>(t)];
}

/// "768 x 512" as people say it (width first) for pictures, "2 x 3 x 241" (slowest first) for arrays.
inline auto shape_name(std::vector<std::size_t> shape) -> std::string {
    if (shape.size() == 2) std::swap(shape[0], shape[1]);
    std::string text;
    for (auto const e : shape) text += (text.empty() ? "" : " x ") + std::to_string(e);
    return text;
}

/// "768 x 512, 3 components, uint8".
inline auto kind_name(any_picture const &p) -> std::string {
    return shape_name(p.shape) + ", " + std::to_string(p.components) +
           (p.components == 1 ? " component, " : " components, ") + type_name(p.type());
}

} // namespace cli
