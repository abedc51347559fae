// levels.cpp: what levels that lie where the values are, quantizer::lloyd_max, are worth: against even ones at a fixed rate, and against equal steps
// where an entropy coder follows. Levels are learned from each picture and counted in its bytes. Prints a table and writes FOLDER/levels.json.
//   levels FOLDER FILE...       pictures (made gray), or .npy arrays of float32
#include "data.hpp"

#include <array>
#include <iomanip>
#include <numeric>

#include <triptych/codec.hpp>
#include <triptych/coder/range.hpp>
#include <triptych/coder/raw.hpp>
#include <triptych/learn/quantizer/lloyd_max.hpp>
#include <triptych/metric/bd_rate.hpp>
#include <triptych/per_image.hpp>
#include <triptych/quantizer/lloyd_max.hpp>
#include <triptych/quantizer/uniform.hpp>
#include <triptych/transform/dct.hpp>
#include <triptych/transform/identity.hpp>

namespace {
using namespace experiments;
using curve = std::vector<triptych::metric::rate_point>;
using triptych::quantizer::lloyd_max;
template <std::size_t K>
using learned = triptych::per_image<lloyd_max<K>>;

/// One picture through one transform.
template <class T, class S>
class contest {
public:
    contest(std::string picture, std::string transform, triptych::picture_view<S, 2> v, json &rows)
        : picture_(std::move(picture)), transform_(std::move(transform)), v_(v), rows_(rows) {}

    void run() {
        fixed<4>(), fixed<16>(), fixed<64>();
        curve steps, free;
        for (double const share : {1 / 512.0, 1 / 256.0, 1 / 128.0, 1 / 64.0, 1 / 32.0, 1 / 16.0, 1 / 8.0, 1 / 4.0})
            steps.push_back(coded<triptych::quantizer::uniform, triptych::coder::range<>>(share * range()));
        free.push_back(coded<learned<4>, triptych::coder::range<>>(1));
        free.push_back(coded<learned<8>, triptych::coder::range<>>(1));
        free.push_back(coded<learned<16>, triptych::coder::range<>>(1));
        free.push_back(coded<learned<32>, triptych::coder::range<>>(1));
        free.push_back(coded<learned<64>, triptych::coder::range<>>(1));
        auto const d = triptych::metric::bd_rate(steps, free);
        std::cout << std::setw(8) << (d ? d->percent : 0.0) << " %\n";
        rows_.push_back({{"picture", picture_}, {"transform", transform_}, {"gains", gains_}});
        rows_.back()["bd_rate"] = d ? json(d->percent) : json();
    }

private:
    auto range() const -> double {
        auto const [low, high] = std::minmax_element(v_.data, v_.data + v_.size());
        return std::max(static_cast<double>(*high) - static_cast<double>(*low), 1e-30);
    }
    /// Bits a sample, and decibels below the square of the range.
    template <class Q, class C>
    auto coded(double step, Q const &q = {}) const -> triptych::metric::rate_point {
        triptych::codec<T, Q, C> const codec(T{}, q, C{});
        auto const stream = codec.encode(v_, triptych::step(step));
        auto const y = codec.template decode<S, 2>(stream);
        double error = 0;
        for (std::size_t i = 0; i < v_.size(); ++i) {
            double const d = static_cast<double>(v_.data[i]) - static_cast<double>(y.data()[i]);
            error += d * d;
        }
        auto const n = static_cast<double>(v_.size());
        return {8 * static_cast<double>(stream.size()) / n, -10 * std::log10(error / n / (range() * range()))};
    }
    /// K levels, log2 K bits a sample: learned, against even ones over the width that the band has, and their decibels.
    template <std::size_t K>
    void fixed() {
        auto const even = coded<lloyd_max<K>, triptych::coder::raw>(1).quality;
        auto const own = coded<learned<K>, triptych::coder::raw>(1).quality;
        if (gains_.empty())
            std::cout << std::left << std::setw(14) << picture_ << std::setw(10) << transform_ << std::right;
        std::cout << std::fixed << std::setprecision(1) << std::setw(7) << even << std::setw(6) << own;
        gains_.push_back({K, even, own});
    }

    std::string picture_, transform_;
    triptych::picture_view<S, 2> v_;
    json &rows_, gains_;
};

template <class S>
void both(std::string const &name, triptych::picture_view<S, 2> v, json &rows) {
    contest<triptych::transform::identity, S>(name, "identity", v, rows).run();
    contest<triptych::transform::dct<8>, S>(name, "dct<8>", v, rows).run();
}

void experiment(std::vector<std::string> const &given) {
    std::filesystem::create_directories(given[0]);
    json rows;
    std::cout << "dB below the range for 4, 16 and 64 levels of fixed width, even and learned; bytes with range<> "
                 "against equal steps\n";
    for (std::size_t i = 1; i < given.size(); ++i) {
        auto const p = read(given[i]);
        auto const name = std::filesystem::path(given[i]).stem().string();
        if (auto const *const floats = std::get_if<std::vector<float>>(&p.samples)) {
            auto const columns = p.components * p.shape.back();
            both<float>(name, {floats->data(), {floats->size() / columns, columns}, 1}, rows);
        } else {
            auto const gray = gray_of(p, given[i]);
            both<std::uint8_t>(name, {bytes_of(gray, given[i]).data(), {gray.shape[0], gray.shape[1]}, 1}, rows);
        }
    }
    cli::write_file(given[0] + "/levels.json", rows.dump(1) + '\n', true);
}
} // namespace

auto main(int count, char **arguments) -> int {
    return run(count, arguments, "levels FOLDER FILE...", 2, experiment);
}
