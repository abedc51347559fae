// data.hpp: what the experiments share: pictures and what codecs see of them, sets of small ones with labels, results as JSON.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <filesystem>
#include <iostream>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include <triptych/bands.hpp>
#include <triptych/learn/vectors/points.hpp>
#include <triptych/picture.hpp>

#include "any_picture.hpp"
#include "errors.hpp"
#include "files.hpp"
#include "io/pictures.hpp"
#include "measure.hpp"

namespace experiments {

namespace learn = triptych::learn;
using json = nlohmann::ordered_json;

inline auto read(std::string const &path, bool as_array = false) -> cli::any_picture {
    cli::reading how;
    how.as_array = as_array;
    return cli::read_picture(cli::read_file(path), path, how);
}
inline auto bytes_of(cli::any_picture const &p, std::string const &path) -> std::vector<std::uint8_t> const & {
    auto const *const samples = std::get_if<std::vector<std::uint8_t>>(&p.samples);
    if (!samples) throw cli::data_error(path + ": 8 bits a sample are needed");
    return *samples;
}

/// n small pictures of one size as vectors of floats, 0 to 255, and what each shows.
struct labelled {
    std::size_t height = 0, width = 0, components = 1;
    std::vector<float> values; // n × height × width × components
    std::vector<std::uint8_t> labels;

    auto dimension() const -> std::size_t { return height * width * components; }
    auto size() const -> std::size_t { return values.size() / dimension(); }
    auto points() const -> learn::points { return {values, dimension()}; }
    auto classes() const -> std::size_t {
        return labels.empty() ? 0 : 1u + *std::max_element(labels.begin(), labels.end());
    }
    /// Pictures first to last - 1.
    auto part(std::size_t first, std::size_t last) const -> labelled {
        labelled p{height, width, components, {}, {}};
        auto const d = static_cast<std::ptrdiff_t>(dimension());
        p.values.assign(values.begin() + static_cast<std::ptrdiff_t>(first) * d,
                        values.begin() + static_cast<std::ptrdiff_t>(last) * d);
        if (!labels.empty())
            p.labels.assign(labels.begin() + static_cast<std::ptrdiff_t>(first),
                            labels.begin() + static_cast<std::ptrdiff_t>(last));
        return p;
    }
};

/// From .npy files of uint8: pictures n × h × w or n × h × w × 3, and labels n; no labels if that path is empty.
inline auto load(std::string const &images, std::string const &labels) -> labelled {
    auto const p = read(images, true);
    if (p.shape.size() < 3) throw cli::data_error(images + ": pictures n x h x w are needed");
    auto const &samples = bytes_of(p, images);
    labelled set{p.shape[1],
                 p.shape[2],
                 p.shape.size() == 4 ? p.shape[3] : p.components,
                 std::vector<float>(samples.begin(), samples.end()),
                 {}};
    if (labels.empty()) return set;
    set.labels = bytes_of(read(labels, true), labels);
    if (set.labels.size() != set.size()) throw cli::data_error(labels + ": not as many labels as pictures");
    return set;
}

/// What is learned from and what is judged on. `learned` pictures come first in the files; 0: four fifths of them.
inline auto split(labelled const &all, std::size_t learned) -> std::pair<labelled, labelled> {
    if (learned == 0) learned = all.size() * 4 / 5;
    if (learned >= all.size()) throw cli::usage_error("no pictures are left to judge on");
    return {all.part(0, learned), all.part(learned, all.size())};
}

inline auto level(float v) -> std::uint8_t {
    return static_cast<std::uint8_t>(std::clamp(std::lround(v), 0L, 255L));
}

inline void write_png(std::string const &path, std::vector<std::uint8_t> samples, std::size_t height, std::size_t width,
                      std::size_t components) {
    cli::any_picture p;
    p.samples = std::move(samples), p.shape = {height, width}, p.components = components;
    cli::write_file(path, cli::write_png(p), true);
}

/// The middle of a picture, `side` pixels square, or all of it.
inline auto middle(cli::any_picture p, std::string const &path, std::size_t side) -> cli::any_picture {
    auto const h = std::min(side, p.shape[0]), w = std::min(side, p.shape[1]), c = p.components;
    auto const top = (p.shape[0] - h) / 2, left = (p.shape[1] - w) / 2;
    auto const &from = bytes_of(p, path);
    std::vector<std::uint8_t> to;
    for (std::size_t y = top; y < top + h; ++y) {
        auto const row = from.begin() + static_cast<std::ptrdiff_t>((y * p.shape[1] + left) * c);
        to.insert(to.end(), row, row + static_cast<std::ptrdiff_t>(w * c));
    }
    p.samples = std::move(to), p.shape = {h, w};
    return p;
}

inline auto gray_of(cli::any_picture const &p, std::string const &path) -> cli::any_picture {
    auto const &from = bytes_of(p, path);
    if (p.components == 1) return p;
    std::vector<std::uint8_t> gray(p.pixels());
    for (std::size_t i = 0; i < gray.size(); ++i) { // luma of ITU-R BT.601
        auto const *const c = from.data() + i * p.components;
        gray[i] = level(0.299F * c[0] + 0.587F * c[1] + 0.114F * c[2]);
    }
    cli::any_picture g;
    g.samples = std::move(gray), g.shape = p.shape;
    return g;
}

/// The bands that a codec hands to its transform: one a component, samples less 128.
template <std::size_t R>
auto bands_of(triptych::picture_view<std::uint8_t, R> const &v) -> triptych::bands<std::int16_t, R> {
    triptych::layout<R> planes;
    for (std::size_t c = 0; c < v.components; ++c) {
        triptych::band_info<R> like;
        like.at.component = static_cast<std::uint16_t>(c), like.bits = 8;
        planes.add(v.shape, like);
    }
    triptych::bands<std::int16_t, R> x(std::move(planes));
    auto const n = static_cast<std::size_t>(triptych::volume(v.shape));
    for (std::size_t c = 0; c < v.components; ++c)
        for (std::size_t i = 0; i < n; ++i)
            x.data()[x.info(c).offset + i] = static_cast<std::int16_t>(v.data[i * v.components + c] - 128);
    return x;
}

/// Vectors as pictures side by side, a pixel apart, `columns` in a row.
inline void write_sheet(std::string const &path, std::span<float const> vectors, labelled const &like,
                        std::size_t columns) {
    auto const h = like.height, w = like.width, c = like.components, n = vectors.size() / like.dimension();
    auto const rows = (n + columns - 1) / columns, height = rows * (h + 1) - 1, width = columns * (w + 1) - 1;
    std::vector<std::uint8_t> sheet(height * width * c, 255);
    for (std::size_t i = 0; i < n; ++i)
        for (std::size_t y = 0; y < h; ++y)
            for (std::size_t x = 0; x < w * c; ++x)
                sheet[((i / columns * (h + 1) + y) * width + i % columns * (w + 1)) * c + x] =
                    level(vectors[(i * h + y) * w * c + x]);
    write_png(path, std::move(sheet), height, width, c);
}

/// CPU seconds that `work` takes; its result goes to `to`.
template <class T, class F>
auto timed(T &to, F const &work) -> double {
    auto const before = cli::thread_seconds();
    to = work();
    return cli::thread_seconds() - before;
}

/// For errors of the same range as the samples, 255.
inline auto psnr(double mse) -> double {
    return mse > 0 ? 10 * std::log10(255 * 255 / mse) : 99;
}

inline auto mean_square(std::span<float const> a, std::span<float const> b) -> double {
    double sum = 0;
    for (std::size_t i = 0; i < a.size(); ++i) sum += (double{a[i]} - double{b[i]}) * (double{a[i]} - double{b[i]});
    return a.empty() ? 0 : sum / static_cast<double>(a.size());
}

/// The body of main: prints one sentence for whatever goes wrong.
template <class F>
auto run(int count, char **arguments, char const *usage, int wanted, F const &work) -> int {
    try {
        std::vector<std::string> const given(arguments + 1, arguments + count);
        if (static_cast<int>(given.size()) < wanted) throw cli::usage_error(std::string("usage: ") + usage);
        work(given);
        return 0;
    } catch (std::exception const &e) {
        std::cerr << e.what() << '\n';
        return 1;
    }
}

} // namespace experiments
