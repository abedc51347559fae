// What learners.py times: learners TASK FILE.npy THREADS REPEATS [arguments of the task], one line of JSON.
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <ctime>
#include <fstream>
#include <functional>
#include <iostream>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

#include <triptych/learn/vectors/dbscan.hpp>
#include <triptych/learn/vectors/gmm.hpp>
#include <triptych/learn/vectors/kmeans.hpp>
#include <triptych/learn/vectors/minibatch.hpp>
#include <triptych/learn/vectors/principal.hpp>
#include <triptych/learn/vectors/product_quantization.hpp>
#include <triptych/learn/vectors/residual_quantization.hpp>
#include <triptych/learn/vectors/som.hpp>

namespace tl = triptych::learn;

namespace {

/// A float32 matrix as numpy.save writes it.
struct npy {
    std::vector<float> values;
    std::size_t columns = 0;

    explicit npy(std::string const &path) {
        std::ifstream in(path, std::ios::binary);
        std::string start(10, '\0');
        in.read(start.data(), 10);
        if (!in || start.substr(0, 6) != "\x93NUMPY") throw std::runtime_error(path + " is no npy file");
        std::string header(static_cast<std::uint8_t>(start[8]) + 256U * static_cast<std::uint8_t>(start[9]), '\0');
        in.read(header.data(), static_cast<std::streamsize>(header.size()));
        std::size_t rows = 0;
        auto const shape = header.find("'shape': (");
        if (header.find("<f4") == std::string::npos || shape == std::string::npos ||
            std::sscanf(header.c_str() + shape + 10, "%zu, %zu", &rows, &columns) != 2)
            throw std::runtime_error(path + " is no float32 matrix");
        values.resize(rows * columns);
        in.read(reinterpret_cast<char *>(values.data()), static_cast<std::streamsize>(values.size() * sizeof(float)));
        if (!in) throw std::runtime_error(path + " ends early");
    }
    operator tl::points() const { return {values.data(), values.size() / columns, columns}; }
};

struct timed {
    double cpu = 1e30, wall = 1e30;
    /// The best of some runs; `work` returns what is judged.
    template <class F>
    auto best_of(int repeats, F const &work) {
        auto const once = [&] {
            auto const w = std::chrono::steady_clock::now();
            auto const c = std::clock();
            auto r = work();
            cpu = std::min(cpu, static_cast<double>(std::clock() - c) / CLOCKS_PER_SEC);
            wall = std::min(wall, std::chrono::duration<double>(std::chrono::steady_clock::now() - w).count());
            return r;
        };
        for (int i = 1; i < repeats; ++i) once();
        return once();
    }
};

auto mean_inertia(tl::points x, std::vector<float> const &centroids) {
    std::vector<std::uint32_t> labels(x.count);
    std::vector<float> squares(x.count);
    tl::assign(x, {centroids, x.dimension}, labels.data(), squares.data());
    double s = 0;
    for (auto const v : squares) s += double{v};
    return s / static_cast<double>(x.count);
}

} // namespace

int main(int argc, char **argv) try {
    if (argc < 5) throw std::runtime_error("usage: learners TASK FILE.npy THREADS REPEATS [arguments]");
    std::string const task = argv[1];
    npy const data(argv[2]);
    tl::points const x = data;
    auto const threads = static_cast<unsigned>(std::stoul(argv[3]));
    int const repeats = std::stoi(argv[4]);
    auto const number = [&](int i) { return i + 5 < argc ? std::stod(argv[i + 5]) : 0.0; };
    auto const count = [&](int i) { return static_cast<std::size_t>(number(i)); };
    timed t;
    double value = 0;
    std::vector<std::int32_t> labels;

    if (task == "kmeans") { // clusters, iterations; from the first points
        tl::kmeans_options o;
        o.clusters = count(0), o.iterations = static_cast<unsigned>(count(1)), o.tolerance = 0, o.threads = threads;
        o.centroids.assign(x.data, x.data + o.clusters * x.dimension);
        value = t.best_of(repeats, [&] { return tl::kmeans(x, o); }).inertia / static_cast<double>(x.count);
    } else if (task == "seeds") { // clusters
        tl::kmeans_options o;
        o.clusters = count(0), o.threads = threads;
        value = mean_inertia(x, t.best_of(repeats, [&] {
            tl::generator random(1);
            return tl::kmeans_seeds(x, o, random);
        }));
    } else if (task == "minibatch") { // clusters
        tl::minibatch_options o;
        o.clusters = count(0), o.threads = threads;
        value = t.best_of(repeats, [&] { return tl::minibatch_kmeans(x, o); }).inertia / static_cast<double>(x.count);
    } else if (task == "pca") { // axes
        tl::principal_options o;
        o.axes = count(0), o.threads = threads;
        value = t.best_of(repeats, [&] { return tl::principal_components(x, o); }).explained();
    } else if (task == "dbscan") { // radius, neighbours
        auto const r = t.best_of(repeats, [&] {
            return tl::dbscan(x, {.radius = static_cast<float>(number(0)), .neighbours = count(1), .threads = threads});
        });
        labels = r.labels, value = static_cast<double>(r.clusters);
    } else if (task == "som") { // rows and columns, passes, online
        tl::som_options o;
        o.grid.rows = o.grid.columns = count(0), o.passes = static_cast<unsigned>(count(1)), o.threads = threads;
        if (number(2) != 0) { // as MiniSom has it
            o.training = tl::som_options::online, o.decay = tl::schedule::asymptotic;
            o.first_radius = 1, o.last_radius = 1 / 3.0, o.first_rate = 0.5, o.last_rate = 0.5 / 3;
        } else
            o.last_radius = 0.4;
        value = t.best_of(repeats, [&] { return tl::som(x, o); }).quantisation_error(x);
    } else if (task == "gmm") { // components, iterations
        tl::gmm_options o;
        o.components = count(0), o.iterations = static_cast<unsigned>(count(1)), o.tolerance = 0, o.threads = threads;
        value = t.best_of(repeats, [&] { return tl::gmm(x, o); }).mixture.log_likelihood(x);
    } else if (task == "product") { // pieces, clusters, iterations
        tl::kmeans_options o;
        o.clusters = count(1), o.iterations = static_cast<unsigned>(count(2)), o.threads = threads;
        value = t.best_of(repeats, [&] { return tl::product_quantization(x, count(0), o); }).error(x);
    } else if (task == "residual") { // stages, clusters, iterations, beam of the encoder
        tl::kmeans_options o;
        o.clusters = count(1), o.iterations = static_cast<unsigned>(count(2)), o.threads = threads;
        value = t.best_of(repeats, [&] { return tl::residual_quantization(x, count(0), o); }).error(x, count(3));
    } else
        throw std::runtime_error("no task " + task);

    std::printf("{\"cpu\": %.6f, \"wall\": %.6f, \"value\": %.8g}\n", t.cpu, t.wall, value);
    if (!labels.empty()) {
        std::ofstream out(std::string(argv[2]) + ".labels", std::ios::binary);
        out.write(reinterpret_cast<char const *>(labels.data()), static_cast<std::streamsize>(labels.size() * 4));
    }
} catch (std::exception const &e) {
    std::cerr << "learners: " << e.what() << '\n';
    return 1;
}
