// New pictures of a kind: drawn from a density on the coordinates along principal axes, or found on the way across a self-organising map. And
// what was learned, to look at: axes, centroids, the map.
#include <cmath>
#include <cstddef>
#include <iomanip>
#include <iostream>
#include <string>
#include <vector>

#include <triptych/learn/vectors/gmm.hpp>
#include <triptych/learn/vectors/kmeans.hpp>
#include <triptych/learn/vectors/principal.hpp>
#include <triptych/learn/vectors/som.hpp>

#include "data.hpp"

namespace {
using namespace experiments;

/// Mean distance to the nearest picture that was learned from.
auto distance(std::vector<float> const &x, learn::points learned) -> double {
    auto const n = x.size() / learned.dimension;
    std::vector<std::uint32_t> labels(n);
    std::vector<float> squares(n);
    learn::assign({x, learned.dimension}, learned, labels.data(), squares.data(), 1);
    double sum = 0;
    for (auto const s : squares) sum += std::sqrt(double{s});
    return sum / static_cast<double>(n);
}

void experiment(std::vector<std::string> const &given) {
    // By name, for clang 14 does not let lambdas hold structured bindings.
    auto const sets = split(load(given[0], ""), given.size() > 2 ? std::stoul(given[2]) : 0);
    auto const &learned = sets.first, &judged = sets.second;
    auto const folder = given[1];
    std::filesystem::create_directories(folder);
    auto const x = learned.points();
    auto const d = x.dimension;
    json result{{"learned", learned.size()}, {"judged", judged.size()}, {"density", json::array()}};

    learn::principal_options po;
    po.axes = std::min<std::size_t>({d, 48, learned.size() / 8});
    learn::principal_axes axes;
    auto const pca_seconds = timed(axes, [&] { return learn::principal_components(x, po); });
    auto const z = axes.project(x), zj = axes.project(judged.points());
    std::cout << po.axes << " axes hold " << 100 * axes.explained() << " % of the variance\n"
              << "components  numbers   learn s  log-likelihood: learned  unseen   distance: drawn  unseen\n";
    auto const unseen = distance(judged.values, x);
    std::vector<float> some;
    auto const shown = std::min<std::size_t>(64, learned.size());
    for (std::size_t i = 0; i < shown; ++i) {
        auto const *const row = x.row(i * learned.size() / shown);
        some.insert(some.end(), row, row + d);
    }
    write_sheet(folder + "/real.png", some, learned, 16);
    for (std::size_t const components : {1u, 5u, 20u, 60u}) {
        if (learned.size() < 20 * components) continue;
        learn::gmm_options o;
        o.components = components, o.added = 0.01;
        learn::gmm_result r;
        auto const seconds = timed(r, [&] { return learn::gmm({z, po.axes}, o); });
        auto const drawn = axes.reconstruct({r.mixture.sample(judged.size(), 1), po.axes});
        // A unit of each axis is its deviation, so that the figure is one of bits and not of grays.
        double units = 0;
        for (auto const v : axes.variances) units += std::log(std::max(v, 1e-9)) / 2;
        double const on_learned = (r.mixture.log_likelihood({z, po.axes}) + units) / static_cast<double>(po.axes),
                     on_unseen = (r.mixture.log_likelihood({zj, po.axes}) + units) / static_cast<double>(po.axes);
        auto const far = distance(drawn, x);
        auto const numbers = components * (1 + po.axes + po.axes * (po.axes + 1) / 2);
        std::cout << std::fixed << std::setw(10) << components << std::setw(9) << numbers << std::setprecision(3)
                  << std::setw(10) << seconds << std::setw(25) << on_learned << std::setw(8) << on_unseen
                  << std::setprecision(1) << std::setw(17) << far << std::setw(8) << unseen << std::endl;
        result["density"].push_back({{"components", components},
                                     {"numbers", numbers},
                                     {"learn_seconds", seconds},
                                     {"learned", on_learned},
                                     {"unseen", on_unseen},
                                     {"distance", far},
                                     {"distance_unseen", unseen}});
        write_sheet(folder + "/drawn-" + std::to_string(components) + ".png",
                    std::span(drawn).first(std::min(shown, judged.size()) * d), learned, 16);
    }

    // Axes around gray, as far as their largest element allows.
    std::vector<float> pictures;
    for (std::size_t k = 0; k < std::min<std::size_t>(32, po.axes); ++k) {
        double most = 0;
        for (std::size_t t = 0; t < d; ++t) most = std::max(most, std::abs(axes.axes(k, t)));
        for (std::size_t t = 0; t < d; ++t) pictures.push_back(static_cast<float>(128 + 127 * axes.axes(k, t) / most));
    }
    write_sheet(folder + "/axes.png", pictures, learned, 16);

    learn::clustering book;
    auto const book_seconds =
        timed(book, [&] { return learn::kmeans(x, {.clusters = std::min<std::size_t>(64, learned.size())}); });
    write_sheet(folder + "/centroids.png", book.centroids, learned, 16);

    learn::som_options so;
    so.grid = {12, 16, false}, so.passes = 30;
    learn::som_map map;
    auto const som_seconds = timed(map, [&] { return learn::som(x, so); });
    write_sheet(folder + "/map.png", map.weights, learned, 16);
    // From corner to corner of the map: the units on the way, and beside them the mixture of the two ends.
    std::vector<float> walk, blend;
    constexpr std::size_t steps = 16;
    for (std::size_t i = 0; i < steps; ++i) {
        double const at = static_cast<double>(i) / (steps - 1), row = at * 11, column = at * 15;
        auto const r = std::min<std::size_t>(static_cast<std::size_t>(row), 10),
                   c = std::min<std::size_t>(static_cast<std::size_t>(column), 14);
        double const fr = row - static_cast<double>(r), fc = column - static_cast<double>(c);
        auto const unit = [&](std::size_t a, std::size_t b, std::size_t t) {
            return double{map.weights[(a * 16 + b) * d + t]};
        };
        for (std::size_t t = 0; t < d; ++t) {
            walk.push_back(static_cast<float>((1 - fr) * ((1 - fc) * unit(r, c, t) + fc * unit(r, c + 1, t)) +
                                              fr * ((1 - fc) * unit(r + 1, c, t) + fc * unit(r + 1, c + 1, t))));
            blend.push_back(static_cast<float>((1 - at) * unit(0, 0, t) + at * unit(11, 15, t)));
        }
    }
    auto const from_walk = distance(walk, x), from_blend = distance(blend, x);
    std::cout << "walk across the map: mean distance to the nearest picture " << from_walk << ", straight mixture "
              << from_blend << "; topographic error " << std::setprecision(3) << map.topographic_error(x) << '\n';
    walk.insert(walk.end(), blend.begin(), blend.end());
    write_sheet(folder + "/walk.png", walk, learned, steps);
    result["walk"] = from_walk, result["blend"] = from_blend, result["topographic_error"] = map.topographic_error(x);
    result["quantisation_error"] = {{"SOM 192", map.quantisation_error(judged.points())},
                                    {"k-means 64", distance(judged.values, {book.centroids, d})}};
    result["seconds"] = {{"PCA", pca_seconds}, {"k-means", book_seconds}, {"SOM", som_seconds}};
    result["explained"] = axes.explained();
    cli::write_file(folder + "/generate.json", result.dump(1) + '\n', true);
}
} // namespace

auto main(int count, char **arguments) -> int {
    return run(count, arguments, "generate IMAGES.npy FOLDER [LEARNED]", 2, experiment);
}
