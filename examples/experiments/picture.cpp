// The classical experiments on one picture: code books of its rows, blocks and colours by k-means, SOM and DBSCAN, principal axes of rows and
// blocks, run lengths against Huffman's code. Every line of the table is a stream that was decoded; what was learned travels in it.
//
// A gray picture of H rows is read as H samples of W components each, so that a vector quantizer sees rows; nothing else is special about these codecs.
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <iomanip>
#include <iostream>
#include <string>
#include <vector>

#include <triptych/coder/huffman.hpp>
#include <triptych/coder/range.hpp>
#include <triptych/coder/run_length.hpp>
#include <triptych/learn/quantizer/codebook_dbscan.hpp>
#include <triptych/learn/quantizer/codebook_som.hpp>
#include <triptych/learn/transform/pca.hpp>
#include <triptych/presets.hpp>
#include <triptych/quantizer/dead_zone.hpp>
#include <triptych/quantizer/none.hpp>
#include <triptych/quantizer/uniform.hpp>
#include <triptych/transform/difference.hpp>
#include <triptych/triptych.hpp>

#include "data.hpp"

namespace {
using namespace experiments;
using triptych::codec, triptych::per_image;
using triptych::quantizer::codebook, triptych::quantizer::entries_by;
namespace transform = triptych::transform;
namespace quantizer = triptych::quantizer;
namespace coder = triptych::coder;

/// Bytes and numbers of what a codec's panels learn from a picture, and the CPU time for that.
struct learned_cost {
    std::size_t bytes = 0, numbers = 0;
    double seconds = 0;

    template <class P, class B>
    auto add(P const &panel, B const &x) -> P {
        if constexpr (triptych::per_picture<P, B>) {
            P fitted;
            seconds += timed(fitted, [&] { return panel.prepare(x); });
            triptych::byte_writer w;
            fitted.write(w);
            bytes += w.view().size();
            if constexpr (requires { fitted.policy(); })
                std::remove_cvref_t<decltype(fitted.policy())>::state(
                    fitted.policy(), [&](std::string_view, auto const &array) { numbers += array.size(); });
            return fitted;
        } else
            return panel;
    }
};

class table {
public:
    table(std::string folder) : folder_(std::move(folder)) {
        std::cout << std::left << std::setw(38) << "codec" << std::right << std::setw(8) << "bytes" << std::setw(9)
                  << "learned" << std::setw(8) << "ratio" << std::setw(9) << "MSE" << std::setw(7) << "MAE"
                  << std::setw(7) << "PSNR" << std::setw(7) << "SSIM" << std::setw(9) << "numbers" << std::setw(9)
                  << "learn s" << std::setw(9) << "encode s" << std::setw(9) << "decode s" << '\n';
    }

    /// Encodes, decodes and judges; `p` is the picture as people see it, `v` as the codec does.
    template <class Codec, std::size_t R>
    void add(std::string const &group, std::string const &name, cli::any_picture const &p,
             triptych::picture_view<std::uint8_t, R> const &v, triptych::quality const &goal, Codec const &c = {}) {
        learned_cost learned;
        if constexpr (requires { learned.add(c.transform(), bands_of(v)); }) {
            auto x = bands_of(v);
            auto const t = learned.add(c.transform(), x);
            if constexpr (requires { t.forward(std::move(x)); }) {
                auto const y = t.forward(std::move(x));
                (void)learned.add(c.quantizer(), y);
            }
        }
        std::vector<std::byte> bytes;
        auto const encode = timed(bytes, [&] { return c.encode(v, goal); });
        triptych::picture<std::uint8_t, R> again;
        auto const decode = timed(again, [&] { return c.template decode<std::uint8_t, R>(bytes); });
        auto q = p;
        q.samples = std::vector<std::uint8_t>(again.samples().begin(), again.samples().end());
        auto const s = cli::measure(p, q);
        auto const ratio = static_cast<double>(p.bytes()) / static_cast<double>(bytes.size());
        std::cout << std::left << std::setw(38) << name << std::right << std::setw(8) << bytes.size() << std::setw(9)
                  << learned.bytes << std::fixed << std::setprecision(2) << std::setw(8) << ratio << std::setw(9)
                  << s.mse << std::setw(7) << s.mae << std::setw(7) << s.psnr << std::setprecision(3) << std::setw(7)
                  << s.ssim.value_or(0) << std::setw(9) << learned.numbers << std::setprecision(3) << std::setw(9)
                  << learned.seconds << std::setw(9) << encode << std::setw(9) << decode << std::endl;
        rows_.push_back({{"group", group},
                         {"codec", name},
                         {"bytes", bytes.size()},
                         {"learned_bytes", learned.bytes},
                         {"ratio", ratio},
                         {"mse", s.mse},
                         {"mae", s.mae},
                         {"psnr", s.psnr},
                         {"ssim", s.ssim.value_or(0)},
                         {"numbers", learned.numbers},
                         {"learn_seconds", learned.seconds},
                         {"encode_seconds", encode},
                         {"decode_seconds", decode}});
        auto file = group + "-" + name + ".png";
        for (auto &l : file)
            if (l == ' ' || l == '/' || l == ',' || l == ':') l = '_';
        rows_.back()["picture"] = file;
        write_png(folder_ + "/" + file, std::get<std::vector<std::uint8_t>>(q.samples), p.shape[0], p.shape[1],
                  p.components);
    }
    auto rows() const -> json const & { return rows_; }

private:
    std::string folder_;
    json rows_;
};

using rows_view = triptych::picture_view<std::uint8_t, 1>;
using plane_view = triptych::picture_view<std::uint8_t, 2>;
using huffman = coder::huffman<>;
using runs = coder::run_length<huffman>;

template <class Book, class C = huffman>
using rows_book = codec<transform::identity, per_image<Book>, C>;
template <class Book, class C = huffman>
using rows_axes_book = codec<per_image<transform::pca<1, 1, 64>>, per_image<Book>, C>;
template <class Book, class C = huffman>
using block_book = codec<transform::pca<4, 4, 16>, per_image<Book>, C>; // untrained: all cosines of a block
template <class C = huffman>
using rows_axes = codec<per_image<transform::pca<1, 1, 64>>, quantizer::uniform, C>;
template <class C = huffman>
using block_axes = codec<per_image<transform::pca<8, 8, 16>>, quantizer::uniform, C>;
template <class C = huffman>
using block_cosines = codec<transform::pca<8, 8, 16>, quantizer::uniform, C>;
template <class C>
using exact = codec<transform::difference<transform::predictor::median>, quantizer::none, C>;

template <class C>
using palette = rows_book<codebook<64>, C>;
template <class C>
using chain = rows_book<codebook<64, entries_by::som>, C>;
template <class C>
using ink = rows_book<codebook<2>, C>;

template <template <class> class Codec>
void three(table &t, std::string const &name, cli::any_picture const &p, plane_view const &v,
           triptych::quality const &goal) {
    t.add<Codec<huffman>>("coders", name + ", Huffman", p, v, goal);
    t.add<Codec<runs>>("coders", name + ", run length", p, v, goal);
    t.add<Codec<coder::range<>>>("coders", name + ", range", p, v, goal);
}

void experiment(std::vector<std::string> const &given) {
    auto const picture = middle(read(given[0]), given[0], given.size() > 2 ? std::stoul(given[2]) : 1u << 20),
               gray = gray_of(picture, given[0]);
    auto const h = gray.shape[0], w = gray.shape[1];
    auto const &levels = std::get<std::vector<std::uint8_t>>(gray.samples);
    rows_view const rows{levels.data(), {h}, w};
    plane_view const plane{levels.data(), {h, w}, 1};
    std::filesystem::create_directories(given[1]);
    write_png(given[1] + "/gray.png", levels, h, w, 1);
    auto const any = triptych::step(1); // code books have no step
    table t(given[1]);

    std::cout << "-- rows of the gray picture as vectors\n";
    t.add<rows_book<codebook<64>>>("rows", "k-means 64", gray, rows, any);
    t.add<rows_book<codebook<64, entries_by::som>>>("rows", "SOM 64", gray, rows, any);
    t.add<rows_book<codebook<64, entries_by::dbscan>>>("rows", "DBSCAN 64", gray, rows, any);
    t.add<rows_axes<>>("rows", "PCA 64, step 24", gray, rows, triptych::step(24));
    t.add<rows_axes<>>("rows", "PCA 64, step 96", gray, rows, triptych::step(96));
    t.add<rows_axes_book<codebook<64>>>("rows", "PCA 64, k-means 64", gray, rows, any);

    std::cout << "-- blocks of the gray picture as vectors\n";
    t.add<block_book<codebook<64>>>("blocks", "4x4, k-means 64", gray, plane, any);
    t.add<block_book<codebook<256>>>("blocks", "4x4, k-means 256", gray, plane, any);
    t.add<block_book<codebook<256, entries_by::som>>>("blocks", "4x4, SOM 256", gray, plane, any);
    t.add<block_axes<>>("blocks", "8x8, PCA 16, step 24", gray, plane, triptych::step(24));
    t.add<block_axes<coder::range<>>>("blocks", "8x8, PCA 16, step 24, range", gray, plane, triptych::step(24));
    t.add<block_cosines<>>("blocks", "8x8, DCT 16, step 24", gray, plane, triptych::step(24));
    auto const wanted = t.rows().back()["psnr"].get<double>();
    t.add("blocks", "photo at that PSNR", gray, plane, triptych::psnr(wanted), triptych::photo{});

    if (picture.components == 3) {
        std::cout << "-- colours\n";
        plane_view const colour{bytes_of(picture, given[0]).data(), {h, w}, 3};
        t.add<rows_book<codebook<16>>>("colours", "k-means 16", picture, colour, any);
        t.add<rows_book<codebook<16, entries_by::som>>>("colours", "SOM 16", picture, colour, any);
        t.add<rows_book<codebook<16, entries_by::dbscan>>>("colours", "DBSCAN 16", picture, colour, any);
        t.add<rows_book<codebook<64>>>("colours", "k-means 64", picture, colour, any);
        t.add<rows_book<codebook<64, entries_by::som>>>("colours", "SOM 64", picture, colour, any);
        t.add<rows_book<codebook<256>>>("colours", "k-means 256", picture, colour, any);
    }

    std::cout << "-- the same symbols by three coders\n";
    three<exact>(t, "exact, median prediction", gray, plane, triptych::exact);
    three<block_axes>(t, "8x8, PCA 16, step 24", gray, plane, triptych::step(24));
    three<ink>(t, "2 grays", gray, plane, any);
    if (picture.components == 3) {
        plane_view const colour{bytes_of(picture, given[0]).data(), {h, w}, 3};
        three<palette>(t, "palette 64", picture, colour, any);
        three<chain>(t, "SOM palette 64", picture, colour, any);
    }
    cli::write_file(given[1] + "/picture.json", t.rows().dump(1) + '\n', true);
}
} // namespace

auto main(int count, char **arguments) -> int {
    return run(count, arguments, "picture PICTURE.png FOLDER [SIDE]", 2, experiment);
}
