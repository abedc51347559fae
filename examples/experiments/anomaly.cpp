// What does not belong: pictures of one class are learned, and those that the model restores badly or finds unlikely are strangers. Judged by the
// area under the curve of hits against false alarms (AUC): 0.5 is chance, 1 is perfect.
#include <cmath>
#include <cstddef>
#include <iomanip>
#include <iostream>
#include <numeric>
#include <string>
#include <vector>

#include <triptych/learn/vectors/kmeans.hpp>
#include <triptych/learn/vectors/principal.hpp>

#include "data.hpp"

namespace {
using namespace experiments;

struct curve {
    double area = 0;
    std::vector<std::pair<double, double>> points; // false alarms, hits
};

/// Of scores that are high for strangers; equal scores count half.
auto roc(std::vector<double> const &scores, std::vector<bool> const &stranger) -> curve {
    std::vector<std::size_t> order(scores.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(), [&](auto a, auto b) { return scores[a] > scores[b]; });
    double strangers = 0, hits = 0, alarms = 0;
    for (bool const s : stranger) strangers += s;
    double const others = static_cast<double>(scores.size()) - strangers;
    curve c;
    c.points.emplace_back(0, 0);
    for (std::size_t i = 0; i < order.size(); ++i) {
        (stranger[order[i]] ? hits : alarms) += 1;
        if (i + 1 < order.size() && scores[order[i + 1]] == scores[order[i]]) continue;
        auto const [before_alarms, before_hits] = c.points.back();
        c.points.emplace_back(alarms / others, hits / strangers);
        c.area += (c.points.back().first - before_alarms) * (c.points.back().second + before_hits) / 2;
    }
    return c;
}

/// Squared error of the restored pictures, or with `density` minus the log-likelihood but for constants (Tipping and Bishop 1999).
auto by_axes(learn::principal_axes const &p, std::size_t k, learn::points x, bool density) -> std::vector<double> {
    auto const z = p.project(x);
    auto const all = p.axes.rows;
    double kept = std::accumulate(p.variances.begin(), p.variances.begin() + static_cast<std::ptrdiff_t>(k), 0.0);
    double const rest = std::max((p.total - kept) / std::max(1.0, static_cast<double>(x.dimension - k)), 1e-3);
    std::vector<double> scores;
    for (std::size_t i = 0; i < x.count; ++i) {
        double error = 0, far = 0;
        for (std::size_t t = 0; t < x.dimension; ++t) error += std::pow(double{x.row(i)[t]} - p.mean[t], 2);
        for (std::size_t j = 0; j < k; ++j) {
            double const v = double{z[i * all + j]} * double{z[i * all + j]};
            error -= v, far += v / std::max(p.variances[j], rest);
        }
        scores.push_back(density ? far + error / rest : error);
    }
    return scores;
}

void experiment(std::vector<std::string> const &given) {
    // By name, for clang 14 does not let lambdas hold structured bindings.
    auto const sets = split(load(given[0], given[1]), given.size() > 3 ? std::stoul(given[3]) : 0);
    auto const &learned = sets.first, &judged = sets.second;
    auto const classes = learned.classes(), d = learned.dimension();
    json result{{"learned", learned.size()}, {"judged", judged.size()}, {"rows", json::array()}};
    std::cout << "AUC, class after class as the one that belongs\n";
    // Of two classes the first is the sound one.
    for (std::size_t own = 0; own < (classes == 2 ? 1 : classes); ++own) {
        std::vector<float> x;
        for (std::size_t i = 0; i < learned.size(); ++i)
            if (learned.labels[i] == own)
                x.insert(x.end(), learned.values.begin() + static_cast<std::ptrdiff_t>(i * d),
                         learned.values.begin() + static_cast<std::ptrdiff_t>((i + 1) * d));
        std::vector<bool> stranger;
        for (auto const l : judged.labels) stranger.push_back(l != own);
        std::size_t const n = x.size() / d, most = std::min({std::size_t{64}, d - 1, n - 1});
        learn::principal_options o;
        o.axes = most;
        learn::principal_axes axes;
        auto const seconds = timed(axes, [&] { return learn::principal_components({x, d}, o); });
        auto const add = [&](std::string const &name, std::size_t k, std::vector<double> const &scores, double s) {
            auto const c = roc(scores, stranger);
            std::cout << std::setw(3) << own << "  " << std::left << std::setw(16) << name << std::right << std::setw(4)
                      << k << std::fixed << std::setprecision(4) << std::setw(9) << c.area << '\n';
            json row{{"class", own}, {"method", name}, {"size", k}, {"auc", c.area}, {"learn_seconds", s}};
            json points = json::array();
            auto const thin = std::max<std::size_t>(1, c.points.size() / 100);
            for (std::size_t i = 0; i < c.points.size(); ++i)
                if (i % thin == 0 || i + 1 == c.points.size())
                    points.push_back({c.points[i].first, c.points[i].second});
            row["roc"] = points;
            result["rows"].push_back(row);
        };
        add("mean", 0, by_axes(axes, 0, judged.points(), false), 0);
        for (std::size_t k = 2; k <= most; k *= 2)
            add("PCA error", k, by_axes(axes, k, judged.points(), false), seconds);
        for (std::size_t k = 2; k <= most; k *= 2)
            add("PCA density", k, by_axes(axes, k, judged.points(), true), seconds);
        for (std::size_t const k : {4u, 16u, 64u}) {
            if (k > n) continue;
            learn::clustering book;
            auto const s = timed(book, [&] { return learn::kmeans({x, d}, {.clusters = k}); });
            std::vector<std::uint32_t> labels(judged.size());
            std::vector<float> squares(judged.size());
            learn::assign(judged.points(), {book.centroids, d}, labels.data(), squares.data(), 1);
            add("k-means error", k, {squares.begin(), squares.end()}, s);
        }
    }
    std::filesystem::create_directories(given[2]);
    cli::write_file(given[2] + "/anomaly.json", result.dump() + '\n', true);
}
} // namespace

auto main(int count, char **arguments) -> int {
    return run(count, arguments, "anomaly IMAGES.npy LABELS.npy FOLDER [LEARNED]", 3, experiment);
}
