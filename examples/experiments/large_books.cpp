// Code books too large to be stored: products and sums of small books beside one book of as many bits an index, learned from some photographs and
// judged by others. The books are in a model, so streams hold indices alone; they are decoded, and quality is that of the samples.
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <iomanip>
#include <iostream>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <triptych/learn/quantizer/codebook.hpp>
#include <triptych/learn/quantizer/product.hpp>
#include <triptych/learn/quantizer/residual.hpp>
#include <triptych/state.hpp>
#include <triptych/triptych.hpp>

#include "data.hpp"

namespace {
using namespace experiments;
using triptych::quantizer::codebook, triptych::quantizer::product, triptych::quantizer::residual;
namespace transform = triptych::transform;
using pretrained = triptych::coder::range<triptych::model::pretrained>; // without a model of its own: it adapts
using view = triptych::picture_view<std::uint8_t, 2>;

/// Gray pictures as codecs see them.
struct pictures {
    std::vector<std::vector<std::uint8_t>> samples;
    std::vector<triptych::extents<2>> shapes;

    void add(std::string const &path, std::size_t side) {
        auto const gray = gray_of(middle(read(path), path, side), path);
        samples.push_back(bytes_of(gray, path)), shapes.push_back({gray.shape[0], gray.shape[1]});
    }
    auto count() const -> std::size_t { return samples.size(); }
    auto operator[](std::size_t i) const -> view { return {samples[i].data(), shapes[i], 1}; }
};
/// Of all pictures together.
struct outcome {
    double bits_a_pixel = 0, quality = 0;
};
template <class Codec>
auto coded(Codec const &codec, pictures const &p, triptych::quality const &goal) -> outcome {
    double bits = 0, squares = 0, pixels = 0;
    for (std::size_t i = 0; i < p.count(); ++i) {
        auto const bytes = codec.encode(p[i], goal);
        auto const again = codec.decode(bytes);
        bits += 8 * static_cast<double>(bytes.size()), pixels += static_cast<double>(p.samples[i].size());
        for (std::size_t j = 0; j < p.samples[i].size(); ++j) {
            double const d = static_cast<double>(p.samples[i][j]) - static_cast<double>(again.data()[j]);
            squares += d * d;
        }
    }
    return {bits / pixels, psnr(squares / pixels)};
}

/// Books for blocks of one size, and what `uniform` takes without one.
template <std::size_t Side>
class contest {
public:
    using cosines = transform::pca<Side, Side, Side * Side>; // untrained: all cosines of a block

    contest(pictures const &known, pictures const &judged, json &rows) : known_(known), judged_(judged), rows_(rows) {
        triptych::codec<cosines, triptych::quantizer::uniform, pretrained> const plain;
        for (double step = 6; step < 300; step *= 1.4) curve_.push_back(coded(plain, judged_, triptych::step(step)));
    }
    template <class Book>
    void add(std::string const &name, double bits) {
        triptych::learner<Book> l;
        for (std::size_t i = 0; i < known_.count(); ++i) l.observe(cosines{}.forward(bands_of(known_[i])));
        Book book;
        auto const seconds = timed(book, [&] { return l.finish(); });
        triptych::codec<cosines, Book, pretrained> const codec(cosines{}, book, pretrained{});
        auto const any = triptych::step(1); // books have no step
        auto const known = coded(codec, known_, any);
        outcome judged;
        auto const coding = timed(judged, [&] { return coded(codec, judged_, any); });
        auto const none = without_a_book(judged.quality);
        std::cout << Side << " x " << Side << "  " << std::left << std::setw(26) << name << std::right << std::fixed
                  << std::setprecision(3) << std::setw(9) << bits / (Side * Side) << std::setw(9) << judged.bits_a_pixel
                  << std::setprecision(2) << std::setw(8) << judged.quality << std::setw(9) << known.quality
                  << std::setprecision(3) << std::setw(9) << none.value_or(0) << std::setw(9) << book.entries.size()
                  << std::setprecision(2) << std::setw(9) << seconds << std::setw(9) << coding << std::endl;
        rows_.push_back({{"side", Side},
                         {"book", name},
                         {"index_bits", bits / (Side * Side)},
                         {"bits", judged.bits_a_pixel},
                         {"psnr", judged.quality},
                         {"known_psnr", known.quality},
                         {"uniform_bits", none ? json(*none) : json()},
                         {"learned_numbers", book.entries.size()},
                         {"learning_s", seconds},
                         {"coding_s", coding}});
    }

private:
    /// Bits a pixel of `uniform` at a quality, between two steps on a logarithmic scale.
    auto without_a_book(double quality) const -> std::optional<double> {
        for (std::size_t i = 1; i < curve_.size(); ++i) {
            auto const &fine = curve_[i - 1], &rough = curve_[i];
            if (quality > fine.quality || quality < rough.quality) continue;
            auto const t = (quality - rough.quality) / (fine.quality - rough.quality);
            return std::exp(std::log(rough.bits_a_pixel) * (1 - t) + std::log(fine.bits_a_pixel) * t);
        }
        return {};
    }

    pictures const &known_, &judged_;
    json &rows_;
    std::vector<outcome> curve_;
};

void experiment(std::vector<std::string> const &given) {
    std::filesystem::create_directories(given[0]);
    auto const side = std::stoul(given[1]), learned = std::stoul(given[2]);
    if (learned == 0 || given.size() < 4 + learned)
        throw cli::usage_error("pictures to learn from, and others to judge by");
    pictures known, judged;
    for (std::size_t i = 3; i < given.size(); ++i) (i < 3 + learned ? known : judged).add(given[i], side);
    json rows;
    std::cout << "blocks and books              bits of an index   coded  PSNR  of known  uniform  numbers  learning  "
                 "coding\n";
    contest<4> four(known, judged, rows);
    four.add<codebook<256>>("256", 8);
    four.add<product<2, 16>>("product 2 of 16", 8);
    four.add<residual<2, 16>>("residual 2 of 16", 8);
    four.add<codebook<2048>>("2048", 11);
    four.add<product<2, 256>>("product 2 of 256", 16);
    four.add<product<4, 16>>("product 4 of 16", 16);
    four.add<residual<2, 256>>("residual 2 of 256", 16);
    four.add<residual<4, 16, 1>>("residual 4 of 16, beam 1", 16);
    four.add<residual<4, 16>>("residual 4 of 16", 16);
    four.add<product<4, 256>>("product 4 of 256", 32);
    four.add<residual<4, 256>>("residual 4 of 256", 32);
    contest<8> eight(known, judged, rows);
    eight.add<codebook<256>>("256", 8);
    eight.add<product<4, 256>>("product 4 of 256", 32);
    eight.add<product<8, 16>>("product 8 of 16", 32);
    eight.add<residual<4, 256>>("residual 4 of 256", 32);
    cli::write_file(given[0] + "/large_books.json", rows.dump(1) + '\n', true);
}
} // namespace

auto main(int count, char **arguments) -> int {
    return run(count, arguments, "large_books FOLDER SIDE LEARNED PICTURE... (the first LEARNED to learn from)", 5,
               experiment);
}
