#include "data.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstdlib>
#include <stdexcept>

#include <triptych/quantizer/uniform.hpp>
#include <triptych/schedule/planes.hpp>
#include <triptych/transform/chain.hpp>
#include <triptych/transform/colour.hpp>
#include <triptych/transform/dct.hpp>

#include "files.hpp"
#include "io/pictures.hpp"

namespace bench {
namespace {
constexpr std::size_t classes = 8; // of each component

/// Planes of residuals as signed bytes; positions outside are 0.
struct residual_planes {
    std::size_t height, width;
    std::array<std::vector<std::int8_t>, 3> plane;

    explicit residual_planes(rgb const &p) : height(p.height), width(p.width) {
        for (std::size_t c = 0; c < 3; ++c) {
            std::vector<std::uint8_t> x(height * width);
            for (std::size_t i = 0; i < x.size(); ++i) {
                auto const *const s = p.samples.data() + 3 * i;
                x[i] = static_cast<std::uint8_t>(c == 0 ? s[1] : c == 1 ? s[0] - s[1] : s[2] - s[1]);
            }
            plane[c].resize(x.size());
            auto const at = [&](std::size_t y, std::size_t col) -> int {
                return static_cast<std::int8_t>(x[y * width + col]);
            };
            for (std::size_t y = 0; y < height; ++y)
                for (std::size_t col = 0; col < width; ++col) {
                    int const left = col ? at(y, col - 1) : y ? at(y - 1, col) : 0, up = y ? at(y - 1, col) : left;
                    int const corner = y && col ? at(y - 1, col - 1) : up;
                    int const low = std::min(left, up), high = std::max(left, up);
                    int const guess = std::clamp(left + up - corner, low, high);
                    plane[c][y * width + col] = static_cast<std::int8_t>(at(y, col) - guess);
                }
        }
    }
    auto size_at(std::size_t c, std::size_t y, std::size_t x, int dy, int dx) const -> unsigned {
        auto const row = static_cast<std::ptrdiff_t>(y) + dy, col = static_cast<std::ptrdiff_t>(x) + dx;
        if (row < 0 || col < 0 || col >= static_cast<std::ptrdiff_t>(width)) return 0;
        return static_cast<unsigned>(
            std::abs(int{plane[c][static_cast<std::size_t>(row) * width + static_cast<std::size_t>(col)]}));
    }
    /// A class of the sizes of residuals in the two rows above and, for later components, at the same place.
    auto class_of(std::size_t c, std::size_t y, std::size_t x) const -> std::size_t {
        auto e = 4 * size_at(c, y, x, -1, 0) + 2 * (size_at(c, y, x, -1, -1) + size_at(c, y, x, -1, 1)) +
                 2 * size_at(c, y, x, -2, 0) + size_at(c, y, x, -1, -2) + size_at(c, y, x, -1, 2);
        if (c > 0) e += 4 * size_at(c - 1, y, x, 0, 0) + 2 * (size_at(c - 1, y, x, 0, -1) + size_at(c - 1, y, x, 0, 1));
        return std::min<std::size_t>(static_cast<std::size_t>(std::bit_width(e)), classes - 1);
    }
};
} // namespace

auto sheet::by_band() const -> std::vector<std::vector<std::uint8_t>> {
    std::vector<std::vector<std::uint8_t>> all;
    auto const *from = symbols.data();
    for (auto const &p : parts) {
        auto const first = all.size();
        all.resize(first + p.bands);
        for (std::size_t i = 0; i < p.size(); ++i) {
            auto const v = *from++;
            if (v < -128 || v > 127) throw std::out_of_range("a symbol does not fit in a byte");
            all[first + i % p.bands].push_back(static_cast<std::uint8_t>(v));
        }
    }
    return all;
}

auto data_set::size() const -> std::size_t {
    std::size_t n = 0;
    for (auto const &s : sheets) n += s.symbols.size();
    return n;
}

auto data_set::entropy() const -> double {
    double bits = 0;
    for (auto const &s : sheets)
        for (auto const &band : s.by_band()) {
            std::array<std::size_t, 256> count{};
            for (auto const v : band) ++count[v];
            for (auto const n : count)
                if (n > 0)
                    bits +=
                        static_cast<double>(n) * std::log2(static_cast<double>(band.size()) / static_cast<double>(n));
        }
    return bits / static_cast<double>(size());
}

auto read_pictures(std::vector<std::string> const &paths) -> std::vector<rgb> {
    std::vector<rgb> all;
    for (auto const &path : paths) {
        auto const listing = cli::list_files(path, cli::picture_endings());
        for (auto const &file : listing.files) {
            auto const p = cli::read_picture(cli::read_file(file), file, {});
            auto const *const samples = std::get_if<std::vector<std::uint8_t>>(&p.samples);
            if (samples && p.components == 3 && p.rank() == 2) all.push_back({p.shape[0], p.shape[1], *samples});
        }
    }
    return all;
}

auto residuals(std::vector<rgb> const &pictures) -> data_set {
    data_set d{"residuals", {}};
    for (auto const &picture : pictures) {
        residual_planes const r(picture);
        sheet s;
        s.parts.push_back({3 * r.height, r.width});
        for (auto const &plane : r.plane) s.symbols.insert(s.symbols.end(), plane.begin(), plane.end());
        d.sheets.push_back(std::move(s));
    }
    return d;
}

auto residuals_in_contexts(std::vector<rgb> const &pictures) -> data_set {
    data_set d{"residuals, 24 contexts", {}};
    for (auto const &picture : pictures) {
        residual_planes const r(picture);
        sheet s;
        for (unsigned c = 0; c < 3; ++c) {
            std::array<std::vector<std::int16_t>, classes> of;
            for (std::size_t y = 0; y < r.height; ++y)
                for (std::size_t x = 0; x < r.width; ++x)
                    of[r.class_of(c, y, x)].push_back(r.plane[c][y * r.width + x]);
            for (unsigned k = 0; k < classes; ++k) {
                s.parts.push_back({1, of[k].size(), 1, c, k});
                s.symbols.insert(s.symbols.end(), of[k].begin(), of[k].end());
            }
        }
        d.sheets.push_back(std::move(s));
    }
    return d;
}

auto coefficients(std::vector<rgb> const &pictures) -> data_set {
    namespace transform = triptych::transform;
    data_set d{"DCT, step 16", {}};
    for (auto const &picture : pictures) {
        triptych::extents<2> const shape{picture.height, picture.width};
        triptych::bands<std::int16_t, 2> planes(triptych::detail::component_planes(shape, 3, 8));
        triptych::detail::samples_to_planes(picture.samples.data(), triptych::detail::byte_map(), planes);
        auto x = transform::chain<transform::colour<transform::ycbcr>, transform::dct<8>>{}.forward(std::move(planes));
        triptych::quantizer::uniform const q;
        auto const setting = q.plan(x, triptych::target{16});
        auto const y = q.quantize(std::move(x), setting);
        sheet s;
        for (auto const &g : y.layout().groups()) {
            auto const &info = y.info(g.first);
            s.parts.push_back({info.shape[0], info.shape[1], g.count, info.at.component, 0});
        }
        s.symbols.assign(y.data(), y.data() + y.size());
        d.sheets.push_back(std::move(s));
    }
    return d;
}

} // namespace bench
