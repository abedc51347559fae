// Noise taken off and missing pixels filled in by principal axes, beside what is done without learning. Small pictures are restored whole; a large
// one in overlapping patches, by axes that were learned from patches of other pictures.
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <iomanip>
#include <iostream>
#include <string>
#include <vector>

#include <triptych/learn/numeric/random.hpp>
#include <triptych/learn/vectors/gmm.hpp>
#include <triptych/learn/vectors/kmeans.hpp>
#include <triptych/learn/vectors/principal.hpp>
#include <triptych/learn/vectors/restore.hpp>

#include "data.hpp"

namespace {
using namespace experiments;

/// Pictures to be restored: what they were, what is left of them, and flags of what is missing; nothing is if there are no flags.
struct damaged {
    labelled original;
    std::vector<float> values = original.values;
    std::vector<std::uint8_t> missing = {};
    double noise = 0; // deviation
};

auto with_noise(labelled const &original, double deviation, std::uint64_t seed) -> damaged {
    damaged x{original};
    learn::generator random(seed);
    for (auto &v : x.values) v += static_cast<float>(deviation * random.normal());
    x.noise = deviation;
    return x;
}
/// A pixel is missing with all its components.
auto with_gaps(damaged x, double share, std::uint64_t seed) -> damaged {
    learn::generator random(seed);
    x.missing.resize(x.values.size());
    for (std::size_t i = 0; i < x.values.size(); i += x.original.components)
        if (random.uniform() < share)
            for (std::size_t c = 0; c < x.original.components; ++c) x.missing[i + c] = 1, x.values[i + c] = 0;
    return x;
}
auto error(damaged const &x, std::vector<float> const &restored) -> double {
    return psnr(mean_square(x.original.values, restored));
}

/// Gaussian means of the pixels that there are (normalised convolution, Knutsson and Westin 1993), of the width that turns out to be the best:
/// more than could be known. Observed pixels stay unless they are noisy.
auto by_neighbours(damaged const &x) -> std::vector<float> {
    auto const h = x.original.height, w = x.original.width, c = x.original.components, n = x.original.size();
    std::vector<float> best;
    double most = -1;
    for (double const sigma : {0.35, 0.5, 0.7, 1.0, 1.4, 2.0, 3.0}) {
        auto const reach = static_cast<std::ptrdiff_t>(std::ceil(3 * sigma));
        std::vector<double> weight;
        for (auto t = -reach; t <= reach; ++t)
            weight.push_back(std::exp(-static_cast<double>(t * t) / (2 * sigma * sigma)));
        auto out = x.values;
        for (std::size_t i = 0; i < n; ++i)
            for (std::size_t y = 0; y < h; ++y)
                for (std::size_t z = 0; z < w; ++z)
                    for (std::size_t k = 0; k < c; ++k) {
                        auto const at = [&](std::size_t a, std::size_t b) { return ((i * h + a) * w + b) * c + k; };
                        auto const here = at(y, z);
                        if (x.noise == 0 && !x.missing[here]) continue;
                        double sum = 0, all = 0;
                        for (auto dy = -reach; dy <= reach; ++dy)
                            for (auto dz = -reach; dz <= reach; ++dz) {
                                auto const a = static_cast<std::ptrdiff_t>(y) + dy,
                                           b = static_cast<std::ptrdiff_t>(z) + dz;
                                if (a < 0 || b < 0 || a >= static_cast<std::ptrdiff_t>(h) ||
                                    b >= static_cast<std::ptrdiff_t>(w))
                                    continue;
                                auto const there = at(static_cast<std::size_t>(a), static_cast<std::size_t>(b));
                                if (!x.missing.empty() && x.missing[there]) continue;
                                double const g = weight[static_cast<std::size_t>(dy + reach)] *
                                                 weight[static_cast<std::size_t>(dz + reach)];
                                sum += g * double{x.values[there]}, all += g;
                            }
                        out[here] = all > 0 ? static_cast<float>(sum / all) : 128.0F;
                    }
        if (auto const dB = error(x, out); dB > most) most = dB, best = std::move(out);
    }
    return best;
}

/// The median of 3 × 3 pixels, component by component.
auto by_median(damaged const &x) -> std::vector<float> {
    auto const h = x.original.height, w = x.original.width, c = x.original.components, n = x.original.size();
    auto out = x.values;
    for (std::size_t i = 0; i < n; ++i)
        for (std::size_t y = 0; y < h; ++y)
            for (std::size_t z = 0; z < w; ++z)
                for (std::size_t k = 0; k < c; ++k) {
                    std::array<float, 9> near{};
                    std::size_t m = 0;
                    for (std::size_t a = y ? y - 1 : 0; a <= std::min(y + 1, h - 1); ++a)
                        for (std::size_t b = z ? z - 1 : 0; b <= std::min(z + 1, w - 1); ++b)
                            near[m++] = x.values[((i * h + a) * w + b) * c + k];
                    std::nth_element(near.begin(), near.begin() + m / 2, near.begin() + m);
                    out[((i * h + y) * w + z) * c + k] = near[m / 2];
                }
    return out;
}

/// Missing elements from the centroid that is nearest in those that are there.
auto by_centroids(damaged const &x, std::vector<float> const &centroids) -> std::vector<float> {
    auto const d = x.original.dimension();
    auto out = x.values;
    for (std::size_t i = 0; i < out.size(); i += d) {
        std::size_t best = 0;
        float least = 3e38F;
        for (std::size_t j = 0; j < centroids.size(); j += d) {
            float s = 0;
            for (std::size_t t = 0; t < d; ++t) {
                float const v = x.values[i + t] - centroids[j + t];
                s += x.missing[i + t] ? 0 : v * v;
            }
            if (s < least) least = s, best = j;
        }
        for (std::size_t t = 0; t < d; ++t)
            if (x.missing[i + t]) out[i + t] = centroids[best + t];
    }
    return out;
}

auto by_mean(damaged const &x, std::vector<double> const &mean) -> std::vector<float> {
    auto out = x.values;
    for (std::size_t i = 0; i < out.size(); ++i)
        if (x.missing[i]) out[i] = static_cast<float>(mean[i % mean.size()]);
    return out;
}

class table {
public:
    void add(std::string const &damage, double amount, std::string const &method, double dB, double seconds) {
        std::cout << std::left << std::setw(10) << damage << std::right << std::fixed << std::setprecision(2)
                  << std::setw(7) << amount << "  " << std::left << std::setw(24) << method << std::right
                  << std::setw(7) << dB << std::setprecision(3) << std::setw(9) << seconds << std::endl;
        rows_.push_back(
            {{"damage", damage}, {"amount", amount}, {"method", method}, {"psnr", dB}, {"seconds", seconds}});
    }
    /// The method's result is kept.
    template <class F>
    auto add(damaged const &x, std::string const &damage, double amount, std::string const &method, F const &restore)
        -> std::vector<float> {
        std::vector<float> y;
        auto const seconds = timed(y, restore);
        add(damage, amount, method, error(x, y), seconds);
        return y;
    }
    auto rows() const -> json const & { return rows_; }

private:
    json rows_ = json::array();
};

void small_pictures(std::vector<std::string> const &given) {
    // By name, for clang 14 does not let lambdas hold structured bindings.
    auto const sets = split(load(given[0], ""), given.size() > 2 ? std::stoul(given[2]) : 0);
    auto const &learned = sets.first, &judged = sets.second;
    auto const d = learned.dimension();
    learn::principal_options o;
    o.axes = std::min({d, std::size_t{144}, learned.size() / 4});
    learn::principal_axes axes;
    std::cout << "damage     amount  method                     PSNR   seconds\n";
    table t;
    auto const seconds = timed(axes, [&] { return learn::principal_components(learned.points(), o); });
    auto const book = learn::kmeans(learned.points(), {.clusters = std::min<std::size_t>(256, learned.size())});
    auto first = axes; // a plain projection is better on few axes
    first.axes.rows = o.axes / 4, first.axes.values.resize(first.axes.rows * d),
    first.variances.resize(first.axes.rows);
    auto const sheet = [&](std::string const &name, std::vector<float> const &v) {
        write_sheet(given[1] + "/" + name + ".png", std::span(v).first(std::min(v.size(), 16 * d)), learned, 16);
    };
    auto const restored = [&](damaged const &x) {
        return [&] { return learn::restore(axes, {x.values, d}, x.missing, {.noise = x.noise * x.noise}); };
    };
    sheet("original", judged.values);
    for (double const noise : {10.0, 20.0, 40.0, 80.0}) {
        auto const x = with_noise(judged, noise, 1);
        t.add("noise", noise, "nothing", error(x, x.values), 0);
        t.add(x, "noise", noise, "median 3x3", [&] { return by_median(x); });
        t.add(x, "noise", noise, "best Gaussian", [&] { return by_neighbours(x); });
        t.add(x, "noise", noise, "projection", [&] {
            return first.reconstruct({first.project({x.values, d}), first.axes.rows});
        });
        auto const y = t.add(x, "noise", noise, "restore", restored(x));
        if (noise == 40) sheet("noisy", x.values), sheet("noisy-restored", y);
    }
    for (double const share : {0.1, 0.3, 0.5, 0.7, 0.9}) {
        auto const x = with_gaps({judged}, share, 2);
        t.add(x, "missing", share, "mean picture", [&] { return by_mean(x, axes.mean); });
        t.add(x, "missing", share, "best Gaussian", [&] { return by_neighbours(x); });
        t.add(x, "missing", share, "k-means 256", [&] { return by_centroids(x, book.centroids); });
        auto const y = t.add(x, "missing", share, "restore", restored(x));
        if (share == 0.7) sheet("gaps", x.values), sheet("gaps-restored", y);
    }
    for (double const share : {0.1, 0.5, 0.9}) {
        auto const x = with_gaps(with_noise(judged, 20, 1), share, 2);
        t.add(x, "both", share, "best Gaussian", [&] { return by_neighbours(x); });
        t.add(x, "both", share, "restore", restored(x));
    }
    json result{{"learned", learned.size()},   {"judged", judged.size()},  {"axes", o.axes},
                {"numbers", (o.axes + 1) * d}, {"learn_seconds", seconds}, {"rows", t.rows()}};
    cli::write_file(given[1] + "/restore.json", result.dump(1) + '\n', true);
}

constexpr std::size_t side = 6, pace = 2; // of patches

/// Where patches begin along an axis: every second pixel, and the last place.
auto places(std::size_t extent) -> std::vector<std::size_t> {
    std::vector<std::size_t> all;
    for (std::size_t p = 0; p + side < extent; p += pace) all.push_back(p);
    all.push_back(extent - side);
    return all;
}
template <class T>
auto patches_of(std::vector<T> const &v, labelled const &like) -> std::vector<T> {
    std::vector<T> out;
    auto const row = like.width * like.components;
    for (auto const y : places(like.height))
        for (auto const x : places(like.width))
            for (std::size_t r = 0; r < side; ++r) {
                auto const first = v.begin() + static_cast<std::ptrdiff_t>((y + r) * row + x * like.components);
                out.insert(out.end(), first, first + static_cast<std::ptrdiff_t>(side * like.components));
            }
    return out;
}
/// The mean of all patches that a pixel lies in.
auto picture_of(std::vector<float> const &patches, labelled const &like) -> std::vector<float> {
    std::vector<double> sum(like.values.size()), count(like.values.size());
    auto const row = like.width * like.components;
    auto next = patches.begin();
    for (auto const y : places(like.height))
        for (auto const x : places(like.width))
            for (std::size_t r = 0; r < side; ++r)
                for (std::size_t j = 0; j < side * like.components; ++j, ++next)
                    sum[(y + r) * row + x * like.components + j] += *next,
                        ++count[(y + r) * row + x * like.components + j];
    std::vector<float> out;
    for (std::size_t i = 0; i < sum.size(); ++i) out.push_back(static_cast<float>(sum[i] / count[i]));
    return out;
}

void large_picture(std::vector<std::string> const &given) {
    auto const whole = read(given[0]);
    auto const c = whole.components,
               crop = std::min({std::size_t{std::stoul(given[2])}, whole.shape[0], whole.shape[1]});
    if (given.size() < 4 || crop < side) throw cli::usage_error("other pictures to learn from are needed");
    labelled p{crop, crop, c, {}, {}};
    auto const top = (whole.shape[0] - crop) / 2, left = (whole.shape[1] - crop) / 2;
    for (std::size_t y = 0; y < crop; ++y)
        for (std::size_t x = 0; x < crop * c; ++x)
            p.values.push_back(bytes_of(whole, given[0])[((top + y) * whole.shape[1] + left) * c + x]);

    // A tenth will do for a quick look.
    std::size_t const patches = crop < 128 ? 2000 : 20000;
    std::vector<float> corpus;
    learn::generator random(3);
    for (std::size_t g = 3; g < given.size(); ++g) {
        auto const other = read(given[g]);
        auto const &samples = bytes_of(other, given[g]);
        if (other.components != c) throw cli::data_error(given[g] + ": not as many components");
        for (std::size_t i = 0; i < patches / (given.size() - 3); ++i) {
            auto const y = random.below(other.shape[0] - side + 1), x = random.below(other.shape[1] - side + 1);
            for (std::size_t r = 0; r < side; ++r)
                for (std::size_t j = 0; j < side * c; ++j)
                    corpus.push_back(samples[((y + r) * other.shape[1] + x) * c + j]);
        }
    }
    auto const d = side * side * c;
    learn::principal_options o;
    o.axes = d / 2;
    learn::principal_axes axes;
    auto const seconds = timed(axes, [&] { return learn::principal_components({corpus, d}, o); });
    learn::gmm_options mo;
    mo.components = 10, mo.iterations = 20, mo.added = 3e-3;
    learn::gmm_result mixture;
    auto const mixture_seconds = timed(mixture, [&] { return learn::gmm({corpus, d}, mo); });
    std::cout << corpus.size() / d << " patches of " << side << " x " << side << " x " << c << ": " << o.axes
              << " axes learned in " << seconds << " s, " << mo.components << " Gaussians in " << mixture_seconds
              << " s\ndamage     amount  method                     PSNR   seconds\n";
    table t;
    auto const restored = [&](damaged const &x, auto const &model) {
        return [&] {
            auto const values = patches_of(x.values, x.original);
            auto const flags = x.missing.empty() ? std::vector<std::uint8_t>{} : patches_of(x.missing, x.original);
            return picture_of(learn::restore(model, {values, d}, flags, {.noise = x.noise * x.noise}), x.original);
        };
    };
    auto const show = [&](std::string const &name, std::vector<float> const &v) {
        write_sheet(given[1] + "/" + name + ".png", v, p, 1);
    };
    show("original", p.values);
    for (double const noise : {10.0, 25.0, 50.0}) {
        auto const x = with_noise(p, noise, 1);
        t.add("noise", noise, "nothing", error(x, x.values), 0);
        t.add(x, "noise", noise, "median 3x3", [&] { return by_median(x); });
        t.add(x, "noise", noise, "best Gaussian", [&] { return by_neighbours(x); });
        auto const y = t.add(x, "noise", noise, "restore, mixture", restored(x, mixture.mixture));
        t.add(x, "noise", noise, "restore", restored(x, axes));
        if (noise == 25) show("noisy", x.values), show("noisy-restored", y);
    }
    for (double const share : {0.3, 0.5, 0.8, 0.95}) {
        auto const x = with_gaps({p}, share, 2);
        t.add(x, "missing", share, "mean patch", [&] { return by_mean(x, std::vector<double>(c, 128)); });
        auto const z = t.add(x, "missing", share, "best Gaussian", [&] { return by_neighbours(x); });
        auto const y = t.add(x, "missing", share, "restore, mixture", restored(x, mixture.mixture));
        t.add(x, "missing", share, "restore", restored(x, axes));
        if (share == 0.8) show("gaps", x.values), show("gaps-restored", y), show("gaps-gaussian", z);
    }
    json result{{"axes", o.axes},
                {"numbers", (o.axes + 1) * d},
                {"learn_seconds", seconds},
                {"mixture_numbers", mo.components * (1 + d + d * (d + 1) / 2)},
                {"mixture_seconds", mixture_seconds},
                {"rows", t.rows()}};
    cli::write_file(given[1] + "/restore.json", result.dump(1) + '\n', true);
}

void experiment(std::vector<std::string> const &given) {
    std::filesystem::create_directories(given[1]);
    if (cli::ending_of(given[0]) == ".npy")
        small_pictures(given);
    else
        large_picture(given);
}
} // namespace

auto main(int count, char **arguments) -> int {
    return run(count, arguments,
               "restore IMAGES.npy FOLDER [LEARNED]\n       restore PICTURE.png FOLDER SIDE OTHER.png ...", 2,
               experiment);
}
