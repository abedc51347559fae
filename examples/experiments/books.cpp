// Code books set against one another at equal quality: does an order of the entries help who codes the indices, and what is it worth to send a vector
// itself where no entry is near? Entries are learned once for each picture, and every stream counts them. Streams are decoded, and quality is that
// of the samples.
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <iomanip>
#include <iostream>
#include <string>
#include <utility>
#include <vector>

#include <triptych/learn/quantizer/codebook_dbscan.hpp>
#include <triptych/learn/quantizer/codebook_som.hpp>
#include <triptych/triptych.hpp>

#include "data.hpp"

namespace {
using namespace experiments;
using triptych::quantizer::codebook, triptych::quantizer::escape_codebook, triptych::quantizer::entries_by;
namespace transform = triptych::transform;
namespace coder = triptych::coder;
using view = triptych::picture_view<std::uint8_t, 2>;
using planes = triptych::bands<std::int16_t, 2>;
using predictive = coder::range<triptych::model::predictive>;
using pretrained = coder::range<triptych::model::pretrained>;
using curve = std::vector<triptych::metric::rate_point>;

/// Entries that one of the library's learners found in what a codec hands to its quantizer, for any K.
struct entries {
    triptych::frozen<std::int32_t> rows;
    double bytes = 0; ///< where they travel ahead of the symbols

    template <class Book>
    explicit entries(Book const &book) : rows(book.entries) {
        triptych::byte_writer w;
        triptych::per_image<Book>(book).write(w);
        bytes = static_cast<double>(w.view().size());
    }
    template <class Book>
    auto as() const -> Book {
        Book book;
        book.entries = rows;
        return book;
    }
};
template <std::size_t K, entries_by By = entries_by::k_means>
auto learned(planes const &x) -> entries {
    triptych::learner<codebook<K, By>> l;
    l.observe(x);
    return entries(l.finish());
}

/// The two coordinates of the unit of a square map that each vector belongs to, as bands, and the map.
template <std::size_t Side>
auto square_map(planes const &x) -> std::pair<entries, planes> {
    std::vector<float> vectors;
    auto const n = static_cast<std::size_t>(triptych::volume(x.info(0).shape));
    for (std::size_t p = 0; p < n; ++p)
        for (std::size_t b = 0; b < x.count(); ++b) {
            auto const &info = x.info(b);
            vectors.push_back(
                std::ldexp(static_cast<float>(x.data()[info.offset + p * info.stride.back()]), -info.frac));
        }
    learn::som_options o;
    o.grid = {Side, Side, false}, o.passes = 30, o.last_radius = 0.3; // as a chain is learned
    auto const map = learn::som(learn::points(vectors, x.count()), o);
    std::vector<std::int32_t> rows;
    for (auto const v : map.weights) rows.push_back(static_cast<std::int32_t>(std::lround(v)));
    codebook<> book;
    book.entries = triptych::frozen<std::int32_t>::owned(
        rows, triptych::dims{std::uint32_t{Side * Side}, static_cast<std::uint32_t>(x.count())});

    auto const units = book.quantize(x.clone(), {});
    triptych::layout<2> two;
    auto like = units.info(0);
    like.bits = static_cast<std::uint8_t>(std::bit_width(Side - 1) + 1);
    two.add(like.shape, like), like.at.component = 1, two.add(like.shape, like);
    planes at(two);
    for (std::size_t p = 0; p < n; ++p) {
        auto const unit = static_cast<std::size_t>(units.data()[p]);
        at.data()[p] = static_cast<std::int16_t>(unit / Side),
        at.data()[n + p] = static_cast<std::int16_t>(unit % Side);
    }
    return {entries(book), std::move(at)};
}

/// One kind of vectors of one picture, coded in many ways.
template <class T>
class contest {
public:
    contest(std::string picture, std::string vectors, view const &v, json &rows)
        : picture_(std::move(picture)), vectors_(std::move(vectors)), v_(v), x_(T{}.forward(bands_of(v))), rows_(rows) {
    }

    void run() {
        each_order<16>(), each_order<64>(), each_order<256>();
        auto const escaping = [&](std::string const &name, entries const &e) {
            for (double const step : steps)
                add(name, e.bytes, e.as<escape_codebook<>>(), pretrained{}, triptych::step(step));
        };
        escaping("k-means 16, escapes", learned<16>(x_)), escaping("k-means 64, escapes", learned<64>(x_));
        escaping("DBSCAN 64, escapes", learned<64, entries_by::dbscan>(x_));
        for (double const step : steps)
            add("no book", 0, triptych::quantizer::uniform{}, pretrained{}, triptych::step(step));
        print();
    }

private:
    static constexpr double steps[] = {4, 8, 12, 18, 27, 40, 60, 90};
    struct named {
        std::string name;
        curve points;
    };

    template <std::size_t K>
    void each_order() {
        auto const any = triptych::step(1); // code books have no step
        auto const both = [&](std::string const &name, entries const &e) {
            add(name + ", predictive", e.bytes, e.as<codebook<>>(), predictive{}, any);
            add(name, e.bytes, e.as<codebook<>>(), pretrained{}, any);
        };
        both("k-means", learned<K>(x_));
        both("SOM, chain", learned<K, entries_by::som>(x_));
        constexpr std::size_t side = K == 16 ? 4 : K == 64 ? 8 : 16;
        std::pair<entries, planes> const found = square_map<side>(x_);
        auto const &map = found.first;
        auto const &at = found.second;
        auto const quality = coded(map.as<codebook<>>(), pretrained{}, any).quality;
        auto const symbols = [&](std::string const &name, auto const &c) {
            triptych::byte_writer w;
            c.encode(at, w);
            points(name).push_back({map.bytes + static_cast<double>(w.view().size()), quality});
        };
        symbols("SOM, square, predictive", predictive{}), symbols("SOM, square", pretrained{});
    }

    template <class Q, class C>
    auto coded(Q const &q, C const &c, triptych::quality const &goal) const -> triptych::metric::rate_point {
        triptych::codec<T, Q, C> const all(T{}, q, c);
        auto const bytes = all.encode(v_, goal);
        auto const again = all.decode(bytes);
        double sum = 0;
        for (std::size_t i = 0; i < v_.size(); ++i) {
            double const d = static_cast<double>(v_.data[i]) - static_cast<double>(again.data()[i]);
            sum += d * d;
        }
        return {static_cast<double>(bytes.size()), psnr(sum / static_cast<double>(v_.size()))};
    }
    auto points(std::string const &name) -> curve & {
        for (auto &n : curves_)
            if (n.name == name) return n.points;
        return curves_.emplace_back(named{name, {}}).points;
    }
    template <class Q, class C>
    void add(std::string const &name, double book, Q const &q, C const &c, triptych::quality const &goal) {
        auto p = coded(q, c, goal);
        p.rate += book;
        points(name).push_back(p);
    }
    void print() {
        auto const anchor = points("k-means");
        for (auto const &[name, line] : curves_) {
            auto const d = triptych::metric::bd_rate(anchor, line);
            std::cout << std::left << std::setw(10) << picture_ << std::setw(9) << vectors_ << std::setw(25) << name
                      << std::right << std::fixed << std::setprecision(1) << std::setw(8);
            if (d)
                std::cout << d->percent;
            else
                std::cout << '-';
            json list;
            for (auto const &p : line) {
                std::cout << std::setw(9) << std::lround(p.rate) << std::setw(6) << p.quality;
                list.push_back({p.rate, p.quality});
            }
            std::cout << std::endl;
            rows_.push_back({{"picture", picture_}, {"vectors", vectors_}, {"codec", name}, {"points", list}});
            rows_.back()["bd_rate"] = d ? json(d->percent) : json();
        }
    }

    std::string picture_, vectors_;
    view v_;
    planes x_;
    json &rows_;
    std::vector<named> curves_;
};

void experiment(std::vector<std::string> const &given) {
    std::filesystem::create_directories(given[0]);
    auto const side = std::stoul(given[1]);
    json rows;
    std::cout << "bytes and PSNR; the first figure: bytes at equal PSNR, in percent, against k-means\n";
    for (std::size_t i = 2; i < given.size(); ++i) {
        auto const p = middle(read(given[i]), given[i], side ? side : 1u << 20), gray = gray_of(p, given[i]);
        auto const name = std::filesystem::path(given[i]).stem().string();
        triptych::extents<2> const shape{p.shape[0], p.shape[1]};
        if (p.components == 3)
            contest<transform::identity>(name, "colours", {bytes_of(p, given[i]).data(), shape, 3}, rows).run();
        contest<transform::pca<4, 4, 16>>(name, "blocks", {bytes_of(gray, given[i]).data(), shape, 1}, rows).run();
    }
    cli::write_file(given[0] + "/books.json", rows.dump(1) + '\n', true);
}
} // namespace

auto main(int count, char **arguments) -> int {
    return run(count, arguments, "books FOLDER SIDE PICTURE...", 3, experiment);
}
