// sets.cpp: does it pay to have several transforms to choose from? Sets of Karhunen-Loève transforms, one such transform, and cosines, learned on some
// pictures and judged on others, by the bytes that they take at equal PSNR. Prints a table and writes FOLDER/sets.json.
//   sets FOLDER LEARNED PICTURE...       the first LEARNED pictures are learned from; colour is made gray
#include "data.hpp"

#include <iomanip>
#include <optional>

#include <triptych/codec.hpp>
#include <triptych/coder/range.hpp>
#include <triptych/coder/rans.hpp>
#include <triptych/learn/fit.hpp>
#include <triptych/learn/transform/classified_klt.hpp>
#include <triptych/learn/transform/pca.hpp>
#include <triptych/metric/bd_rate.hpp>
#include <triptych/quantizer/dead_zone.hpp>
#include <triptych/transform/dct.hpp>

namespace {
using namespace experiments;
namespace transform = triptych::transform;
using views = std::vector<triptych::picture_view<std::uint8_t, 2>>;
using curve = std::vector<triptych::metric::rate_point>;

/// Bits a pixel and PSNR of all pictures together, at steps from fine to coarse.
template <class Codec>
auto measured(Codec const &codec, views const &pictures) -> curve {
    curve points;
    for (double const step : {4.0, 6.0, 9.0, 14.0, 20.0, 30.0}) {
        double bytes = 0, error = 0, pixels = 0;
        for (auto const &v : pictures) {
            auto const stream = codec.encode(v, triptych::step(step));
            auto const y = codec.decode(stream);
            for (std::size_t i = 0; i < v.size(); ++i) {
                double const d = static_cast<double>(v.data[i]) - static_cast<double>(y.data()[i]);
                error += d * d;
            }
            bytes += static_cast<double>(stream.size()), pixels += static_cast<double>(v.size());
        }
        points.push_back({8 * bytes / pixels, psnr(error / pixels)});
    }
    return points;
}

class contest {
public:
    contest(views learned, views judged) : learned_(std::move(learned)), judged_(std::move(judged)) {}

    template <class Coder>
    void run(std::string const &coder) {
        anchor_.clear();
        add<transform::dct<8>, Coder>(coder, "cosines");
        add<transform::pca<8, 8, 64>, Coder>(coder, "one KLT");
        add<transform::classified_klt<8, 4>, Coder>(coder, "4 KLTs");
        add<transform::classified_klt<8, 8>, Coder>(coder, "8 KLTs");
    }
    auto rows() const -> json const & { return rows_; }

private:
    template <class T, class Coder>
    void add(std::string const &coder, std::string const &name) {
        using codec = triptych::codec<T, triptych::quantizer::dead_zone, Coder>;
        codec trained;
        double seconds = 0;
        if constexpr (triptych::stateful<T>) seconds = timed(trained, [&] { return triptych::fit<codec>(learned_); });
        auto const points = measured(trained, judged_);
        if (anchor_.empty()) anchor_ = points;
        auto const d = triptych::metric::bd_rate(anchor_, points);
        std::cout << std::left << std::setw(9) << coder << std::setw(9) << name << std::right << std::fixed
                  << std::setprecision(1) << std::setw(7) << (d ? d->percent : 0.0) << " %" << std::setprecision(3);
        json list;
        for (auto const &p : points) {
            std::cout << std::setw(8) << p.rate << ' ' << std::setprecision(2) << p.quality << std::setprecision(3);
            list.push_back({p.rate, p.quality});
        }
        std::cout << std::endl;
        rows_.push_back({{"coder", coder}, {"transform", name}, {"learning_s", seconds}, {"points", list}});
        rows_.back()["bd_rate"] = d ? json(d->percent) : json();
    }

    views learned_, judged_;
    curve anchor_;
    json rows_;
};

void experiment(std::vector<std::string> const &given) {
    std::filesystem::create_directories(given[0]);
    auto const learned = std::stoul(given[1]);
    std::vector<cli::any_picture> pictures;
    for (std::size_t i = 2; i < given.size(); ++i) pictures.push_back(gray_of(read(given[i]), given[i]));
    if (learned == 0 || learned >= pictures.size())
        throw cli::usage_error("pictures to learn from and others to judge on are needed");
    views all;
    for (std::size_t i = 0; i < pictures.size(); ++i)
        all.push_back({bytes_of(pictures[i], given[i + 2]).data(), {pictures[i].shape[0], pictures[i].shape[1]}, 1});
    auto const middle = all.begin() + static_cast<std::ptrdiff_t>(learned);
    contest c({all.begin(), middle}, {middle, all.end()});
    std::cout << "bytes at equal PSNR, in percent, against cosines; then bits a pixel and PSNR\n";
    c.run<triptych::coder::range<>>("range");
    c.run<triptych::coder::rans<>>("rans");
    cli::write_file(given[0] + "/sets.json", c.rows().dump(1) + '\n', true);
}
} // namespace

auto main(int count, char **arguments) -> int {
    return run(count, arguments, "sets FOLDER LEARNED PICTURE...", 4, experiment);
}
