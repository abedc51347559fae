// Features as input of classifiers: how many digits or diseases are recognised from k numbers that were learned without labels, from all
// pixels, and from pictures that were compressed first.
#include <cstddef>
#include <cstdint>
#include <iomanip>
#include <iostream>
#include <string>
#include <vector>

#include <triptych/coder/range.hpp>
#include <triptych/learn/coder/conditional_scale.hpp>
#include <triptych/learn/fit.hpp>
#include <triptych/learn/numeric/random.hpp>
#include <triptych/learn/quantizer/learned_dead_zone.hpp>
#include <triptych/learn/transform/eigenpicture.hpp>
#include <triptych/learn/vectors/kmeans.hpp>
#include <triptych/learn/vectors/restore.hpp>
#include <triptych/learn/vectors/som.hpp>
#include <triptych/triptych.hpp>

#include "data.hpp"
#include "logistic.hpp"

namespace {
using namespace experiments;

auto accuracy(std::vector<std::uint8_t> const &a, std::vector<std::uint8_t> const &b) -> double {
    std::size_t same = 0;
    for (std::size_t i = 0; i < a.size(); ++i) same += a[i] == b[i];
    return static_cast<double>(same) / static_cast<double>(a.size());
}

/// The class whose mean is nearest.
auto nearest_mean(learn::points x, std::vector<std::uint8_t> const &labels, std::size_t classes, learn::points judged)
    -> std::vector<std::uint8_t> {
    std::vector<double> sums(classes * x.dimension), counts(classes);
    for (std::size_t i = 0; i < x.count; ++i) {
        ++counts[labels[i]];
        for (std::size_t t = 0; t < x.dimension; ++t) sums[labels[i] * x.dimension + t] += x.row(i)[t];
    }
    std::vector<float> means;
    for (std::size_t j = 0; j < sums.size(); ++j)
        means.push_back(static_cast<float>(sums[j] / counts[j / x.dimension]));
    std::vector<std::uint32_t> found(judged.count);
    std::vector<float> squares(judged.count);
    learn::assign(judged, {means, x.dimension}, found.data(), squares.data(), 1);
    return {found.begin(), found.end()};
}

/// How much nearer than on average each of the k centroids is, or 0 (the "triangle" code of Coates, Lee and Ng 2011).
auto nearness(learn::points x, std::vector<float> const &centroids) -> std::vector<float> {
    auto const d = x.dimension, k = centroids.size() / d;
    std::vector<float> out;
    std::vector<double> distance(k);
    for (std::size_t i = 0; i < x.count; ++i) {
        double mean = 0;
        for (std::size_t j = 0; j < k; ++j) {
            float s = 0;
            for (std::size_t t = 0; t < d; ++t) {
                float const v = x.row(i)[t] - centroids[j * d + t];
                s += v * v;
            }
            mean += distance[j] = std::sqrt(double{s});
        }
        for (auto const v : distance)
            out.push_back(static_cast<float>(std::max(0.0, mean / static_cast<double>(k) - v)));
    }
    return out;
}

/// If each centroid bears the label of most pictures that it is nearest to: how often that is right.
auto named(labelled const &learned, labelled const &judged, std::vector<float> const &centroids) -> double {
    auto const d = learned.dimension(), k = centroids.size() / d;
    auto const nearest = [&](labelled const &set) {
        std::vector<std::uint32_t> found(set.size());
        std::vector<float> squares(set.size());
        learn::assign(set.points(), {centroids, d}, found.data(), squares.data(), 1);
        return found;
    };
    std::vector<std::vector<std::size_t>> votes(k, std::vector<std::size_t>(learned.classes()));
    auto const of = nearest(learned);
    for (std::size_t i = 0; i < of.size(); ++i) ++votes[of[i]][learned.labels[i]];
    std::vector<std::uint8_t> guesses;
    for (auto const c : nearest(judged))
        guesses.push_back(
            static_cast<std::uint8_t>(std::max_element(votes[c].begin(), votes[c].end()) - votes[c].begin()));
    return accuracy(guesses, judged.labels);
}

struct judge {
    labelled const &learned, &judged;
    json rows = json::array();
    std::vector<std::uint8_t> guesses = {};

    void operator()(std::string const &name, std::size_t k, std::size_t numbers, double seconds,
                    std::vector<float> const &x, std::vector<float> const &y, double name_is_right = 0) {
        auto const classes = learned.classes();
        double const nearest = accuracy(nearest_mean({x, k}, learned.labels, classes, {y, k}), judged.labels);
        double fit = 0;
        fit = timed(guesses, [&] { return logistic_regression({x, k}, learned.labels, classes)({y, k}); });
        double const logistic = accuracy(guesses, judged.labels);
        std::cout << std::left << std::setw(14) << name << std::right << std::setw(6) << k << std::setw(9) << numbers
                  << std::fixed << std::setprecision(3) << std::setw(10) << seconds << std::setprecision(2)
                  << std::setw(10) << 100 * nearest << std::setw(10) << 100 * logistic << std::setprecision(3)
                  << std::setw(10) << fit;
        if (name_is_right > 0) std::cout << std::setprecision(2) << std::setw(9) << 100 * name_is_right;
        std::cout << std::endl;
        rows.push_back({{"features", name},
                        {"size", k},
                        {"numbers", numbers},
                        {"learn_seconds", seconds},
                        {"nearest_mean", nearest},
                        {"logistic", logistic},
                        {"logistic_seconds", fit},
                        {"named", name_is_right}});
    }
};

using small = triptych::codec<triptych::transform::eigenpicture, triptych::quantizer::learned_dead_zone,
                              triptych::coder::range<triptych::model::conditional_scale>>;
using picture = triptych::picture<std::uint8_t, 2>;

auto pictures_of(labelled const &set) -> std::vector<picture> {
    std::vector<picture> all;
    for (std::size_t i = 0; i < set.size(); ++i) {
        picture p({set.height, set.width}, set.components);
        for (std::size_t t = 0; t < set.dimension(); ++t) p.data()[t] = level(set.values[i * set.dimension() + t]);
        all.push_back(std::move(p));
    }
    return all;
}

/// Pictures there and back at several rates, and what a classifier that learned from originals makes of them.
auto coded(labelled const &learned, labelled const &judged, learn::principal_axes const &axes,
           logistic_regression const &classifier, std::string const &sheet) -> json {
    std::cout << "\nclassified after compression to\n  bytes     PSNR  % right\n";
    auto const corpus = pictures_of(learned), originals = pictures_of(judged);
    json rows = json::array();
    auto const shown = std::min<std::size_t>(16, judged.size()) * judged.dimension();
    std::vector<float> pictures(judged.values.begin(), judged.values.begin() + static_cast<std::ptrdiff_t>(shown));
    for (float const step : {512.0F, 384.0F, 256.0F, 128.0F, 64.0F, 32.0F}) {
        triptych::fit_options o;
        o.aim.step = step;
        auto const c = triptych::fit<small>(corpus, o);
        std::vector<float> decoded;
        double bytes = 0, dB = 0;
        for (auto const &p : originals) {
            auto const stream = c.encode(p, triptych::step(double{step}), triptych::framing::bare);
            auto const q = c.decode(stream, triptych::framing::bare, p.shape(), p.components());
            bytes += static_cast<double>(stream.size());
            decoded.insert(decoded.end(), q.samples().begin(), q.samples().end());
        }
        bytes /= static_cast<double>(originals.size());
        pictures.insert(pictures.end(), decoded.begin(), decoded.begin() + static_cast<std::ptrdiff_t>(shown));
        for (std::size_t i = 0; i < originals.size(); ++i) {
            auto const d = judged.dimension();
            dB += psnr(mean_square({&judged.values[i * d], d}, {&decoded[i * d], d})) /
                  static_cast<double>(originals.size());
        }
        auto const right =
            accuracy(classifier({axes.project({decoded, judged.dimension()}), axes.axes.rows}), judged.labels);
        std::cout << std::setprecision(1) << std::setw(7) << bytes << std::setprecision(2) << std::setw(9) << dB
                  << std::setw(9) << 100 * right << std::endl;
        rows.push_back({{"step", step}, {"bytes", bytes}, {"psnr", dB}, {"logistic", right}});
    }
    write_sheet(sheet, pictures, judged, shown / judged.dimension());
    return rows;
}

/// Noise and gaps in what is judged, which the classifier has never seen: as it is (gaps are 0), and restored first.
auto robust(labelled const &judged, learn::principal_axes const &axes, logistic_regression const &classifier) -> json {
    std::cout << "\nclassified with  as it is  restored, % right\n";
    json rows = json::array();
    auto const right = [&](std::vector<float> const &x) {
        return accuracy(classifier({axes.project({x, judged.dimension()}), axes.axes.rows}), judged.labels);
    };
    auto const add = [&](std::string const &damage, double amount, std::vector<float> const &x,
                         std::vector<std::uint8_t> const &missing, double noise) {
        auto const plain = right(x),
                   restored = right(learn::restore(axes, {x, judged.dimension()}, missing, {.noise = noise * noise}));
        std::cout << std::left << std::setw(8) << damage << std::right << std::setprecision(1) << std::setw(6) << amount
                  << std::setprecision(2) << std::setw(10) << 100 * plain << std::setw(10) << 100 * restored
                  << std::endl;
        rows.push_back({{"damage", damage}, {"amount", amount}, {"plain", plain}, {"restored", restored}});
    };
    learn::generator random(4);
    for (double const noise : {20.0, 40.0, 80.0, 120.0}) {
        auto x = judged.values;
        for (auto &v : x) v += static_cast<float>(noise * random.normal());
        add("noise", noise, x, {}, noise);
    }
    for (double const share : {0.2, 0.4, 0.6, 0.8}) {
        auto x = judged.values;
        std::vector<std::uint8_t> missing(x.size());
        for (std::size_t i = 0; i < x.size(); ++i)
            if (random.uniform() < share) missing[i] = 1, x[i] = 0;
        add("missing", share, x, missing, 0);
    }
    return rows;
}

void experiment(std::vector<std::string> const &given) {
    // By name, for clang 14 does not let lambdas hold structured bindings.
    auto const sets = split(load(given[0], given[1]), given.size() > 3 ? std::stoul(given[3]) : 0);
    auto const &learned = sets.first, &judged = sets.second;
    auto const d = learned.dimension();
    auto const x = learned.points(), y = judged.points();
    std::cout << learned.size() << " pictures of " << d << " samples to learn from, " << judged.size() << " to judge\n"
              << "features       size  numbers   learn s  nearest  logistic %   fit s  named %\n";
    judge j{learned, judged};
    j("pixels", d, 0, 0, learned.values, judged.values);
    std::size_t const most = std::min<std::size_t>(64, d);
    learn::principal_axes axes;
    for (std::size_t k = 2; k <= most; k *= 2) {
        learn::principal_options o;
        o.axes = k;
        auto const seconds = timed(axes, [&] { return learn::principal_components(x, o); });
        j("PCA", k, (k + 1) * d, seconds, axes.project(x), axes.project(y));
    }
    for (std::size_t const k : {16u, 64u, 144u}) {
        learn::clustering c;
        auto const seconds = timed(c, [&] { return learn::kmeans(x, {.clusters = k}); });
        j("k-means", k, k * d, seconds, nearness(x, c.centroids), nearness(y, c.centroids),
          named(learned, judged, c.centroids));
    }
    for (std::size_t const side : {4u, 8u, 12u}) {
        learn::som_options o;
        o.grid = {side, side, false}, o.passes = 20;
        learn::som_map map;
        auto const seconds = timed(map, [&] { return learn::som(x, o); });
        j("SOM", side * side, side * side * d, seconds, nearness(x, map.weights), nearness(y, map.weights),
          named(learned, judged, map.weights));
    }

    learn::principal_options o;
    o.axes = std::min<std::size_t>(32, d);
    axes = learn::principal_components(x, o);
    auto const z = axes.project(x);
    logistic_regression const classifier({z, o.axes}, learned.labels, learned.classes());
    auto const guesses = classifier({axes.project(y), o.axes});
    std::vector<std::vector<int>> confusion(learned.classes(), std::vector<int>(learned.classes()));
    for (std::size_t i = 0; i < guesses.size(); ++i) ++confusion[judged.labels[i]][guesses[i]];
    std::cout << "\nPCA " << o.axes << ", logistic: what it is (rows), what was said (columns)\n";
    for (auto const &row : confusion) {
        for (int const n : row) std::cout << std::setw(5) << n;
        std::cout << '\n';
    }
    json result{{"learned", learned.size()}, {"judged", judged.size()}, {"features", j.rows}, {"confusion", confusion}};
    std::filesystem::create_directories(given[2]);
    result["robust"] = robust(judged, axes, classifier);
    result["coded"] = coded(learned, judged, axes, classifier, given[2] + "/coded.png");
    cli::write_file(given[2] + "/classify.json", result.dump(1) + '\n', true);
}
} // namespace

auto main(int count, char **arguments) -> int {
    return run(count, arguments, "classify IMAGES.npy LABELS.npy FOLDER [LEARNED]", 3, experiment);
}
