#include "encoding.hpp"

#include <algorithm>
#include <array>
#include <cstdio>

#include <triptych/transparent.hpp>

#include "errors.hpp"
#include "measure.hpp"

namespace cli {
namespace {
using kind = triptych::quality::kind;

/// The rows from `first` on, `n` of them, behind those of `to`.
void append_rows(any_picture const &from, std::size_t first, std::size_t n, any_picture &to) {
    std::visit(
        [&]<class V>(V const &samples) {
            auto const row = samples.size() / from.shape[0];
            auto const begin = samples.begin() + static_cast<std::ptrdiff_t>(first * row);
            auto &all = std::get<V>(to.samples);
            all.insert(all.end(), begin, begin + static_cast<std::ptrdiff_t>(n * row));
        },
        from.samples);
    to.shape[0] += n;
}

/// Whether an exact stream may be as small as `size`: a large picture is judged by four strips, a sixteenth of it.
auto may_be_smaller(any_codec const &exact, any_picture const &p, std::size_t size, triptych::workers const &crew)
    -> bool {
    constexpr std::size_t strips = 4, small = 1 << 16;
    auto const height = p.shape[0];
    auto const rows = std::max<std::size_t>(height / (16 * strips), 8);
    if (p.size() <= small || height < 4 * strips * rows) return true;
    auto sample = kind_of_picture(p.type(), p.shape, p.components);
    sample.shape[0] = 0, sample.white = p.white;
    for (std::size_t i = 0; i < strips; ++i)
        append_rows(p, (2 * i + 1) * height / (2 * strips) - rows / 2, rows, sample);
    // A model has learned less after a part than after the whole.
    constexpr double hope = 0.6;
    auto const found = static_cast<double>(exact.encode(sample, triptych::exact, triptych::framing::file, crew).size());
    return found * static_cast<double>(p.size()) / static_cast<double>(sample.size()) * hope <=
           static_cast<double>(size);
}

/// Empty if the goal is met; otherwise how near the stream comes.
auto shortfall(any_codec const &codec, any_picture const &p, bytes const &stream, triptych::quality const &goal,
               triptych::workers const &crew) -> std::string {
    std::array<char, 160> text{};
    if (goal.what == kind::bits_per_pixel) {
        auto const pixels = static_cast<double>(std::max<std::size_t>(p.pixels(), 1));
        auto const bits = 8 * static_cast<double>(stream.size());
        if (bits <= 1.01 * goal.value * pixels + 8) return "";
        std::snprintf(text.data(), text.size(), "needs at least %.4g bits per pixel, not %.4g", bits / pixels,
                      goal.value);
        return text.data();
    }
    if (p.size() == 0 || (goal.what != kind::psnr && goal.what != kind::max_error)) return "";
    auto const again = codec.decode(stream, {~std::uint64_t{0} >> 8, ~std::uint64_t{0} >> 8}, crew);
    if (goal.what == kind::psnr) {
        auto const found = psnr(p, again);
        if (found >= goal.value - 0.1) return "";
        std::snprintf(text.data(), text.size(), "comes to %.2f dB at best, not to %.2f", found, goal.value);
        return text.data();
    }
    auto const found = measure(p, again).max_error;
    if (found <= goal.value) return "";
    std::snprintf(text.data(), text.size(), "comes to a largest error of %.6g at best, not to %.6g", found, goal.value);
    return text.data();
}
} // namespace

auto for_alpha(opened_codec const &codec, any_picture const &p, triptych::quality const &goal) -> opened_codec {
    if (!p.alpha || goal.what == kind::exact || codec.entry->with_alpha.empty()) return codec;
    return open_codec(codec_named(codec.entry->with_alpha), "");
}

void drop_hidden(any_picture &p, triptych::quality const &goal) {
    if (!p.alpha || p.rank() != 2 || goal.what == kind::exact || goal.what == kind::max_error) return;
    std::visit(
        [&]<class S>(std::vector<S> &samples) {
            triptych::picture_view<S, 2> const view{samples.data(), {p.shape[0], p.shape[1]}, p.components};
            auto const seen = triptych::without_hidden(view);
            std::ranges::copy(seen.samples(), samples.begin());
        },
        p.samples);
}

auto encode_to_goal(any_codec const &codec, any_codec const *instead, any_picture const &p,
                    triptych::quality const &goal, triptych::workers const &crew) -> bytes {
    auto stream = codec.encode(p, goal, triptych::framing::file, crew);
    if (goal.what == kind::exact) return stream;
    auto const missed = shortfall(codec, p, stream, goal, crew);
    if (instead && (!missed.empty() || may_be_smaller(*instead, p, stream.size(), crew)))
        // A bound on the size may still be missed.
        if (auto exact = instead->encode(p, triptych::exact.at_effort(goal.effort), triptych::framing::file, crew);
            exact.size() <= stream.size() || (!missed.empty() && goal.what != kind::bits_per_pixel)) {
            auto const left = shortfall(*instead, p, exact, goal, crew);
            if (left.empty()) return exact;
            throw goal_error(left);
        }
    if (!missed.empty()) throw goal_error(missed);
    return stream;
}

} // namespace cli
