// The learners on vectors: what each is for, on points that are drawn here.
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <iomanip>
#include <iostream>
#include <vector>

#include <triptych/learn/vectors/dbscan.hpp>
#include <triptych/learn/vectors/gmm.hpp>
#include <triptych/learn/vectors/kmeans.hpp>
#include <triptych/learn/vectors/lloyd_max.hpp>
#include <triptych/learn/vectors/minibatch.hpp>
#include <triptych/learn/vectors/principal.hpp>
#include <triptych/learn/vectors/product_quantization.hpp>
#include <triptych/learn/vectors/residual_quantization.hpp>
#include <triptych/learn/vectors/som.hpp>

namespace learn = triptych::learn;

namespace {
/// Colours of a picture with a sky, two greens and some red: three floats a pixel.
auto colours(std::size_t n) -> std::vector<float> {
    float const centres[][3] = {{120, 170, 230}, {40, 90, 30}, {110, 150, 60}, {190, 40, 40}};
    learn::generator random(7);
    std::vector<float> x;
    for (std::size_t i = 0; i < n; ++i)
        for (float const c : centres[random.below(i % 8 == 0 ? 4 : 3)])
            x.push_back(c + static_cast<float>(6 * random.normal()));
    return x;
}

/// Two spirals, one in the other, and a few points that belong to neither.
auto spirals() -> std::vector<float> {
    learn::generator random(3);
    std::vector<float> x;
    for (std::size_t i = 0; i < 1000; ++i) {
        double const turn = 0.5 + 3 * static_cast<double>(i / 2) / 500,
                     angle = 6.2832 * turn / 2 + (i % 2 ? 3.1416 : 0);
        x.push_back(static_cast<float>(turn * std::cos(angle) + 0.02 * random.normal()));
        x.push_back(static_cast<float>(turn * std::sin(angle) + 0.02 * random.normal()));
    }
    for (float const corner : {-9.0F, 9.0F}) x.push_back(corner), x.push_back(corner);
    return x;
}
} // namespace

int main() {
    std::cout << std::fixed << std::setprecision(1);
    auto const pixels = colours(4000);
    learn::points const x(pixels, 3);

    // A palette: the mean colour of each cluster.
    auto const palette = learn::kmeans(x, {.clusters = 4, .seed = 1});
    std::cout << "k-means: " << palette.centroids.size() / 3 << " colours, mean squared error "
              << palette.inertia / 4000 << '\n';

    // The same from data that are never all in memory.
    learn::minibatch stream(3, {.clusters = 4, .seed = 1});
    for (std::size_t i = 0; i < 4000; i += 500) stream.observe(x.part(i, i + 500));
    auto const streamed = stream.finish();
    std::cout << "mini-batches: " << streamed.size() / 3 << " colours\n";

    // A palette in order: entries that are near in the table are alike.
    auto const map = learn::som(x, {.grid = {1, 8, false}});
    std::cout << "som: mean error " << map.quantisation_error(x) << ", neighbours that are not alike "
              << 100 * map.topographic_error(x) << " %\n";

    // How likely is a colour? And new ones of the kind.
    auto const mixture = learn::gmm(x, {.components = 4}).mixture;
    std::cout << "gmm: log-likelihood " << mixture.log_likelihood(x) << ", of drawn colours "
              << mixture.log_likelihood({mixture.sample(4000, 1), 3}) << '\n';

    // The directions in which colours differ.
    auto const axes = learn::principal_components(x, {.axes = 2});
    std::cout << "pca: two axes hold " << 100 * axes.explained() << " % of the variance\n";

    // Clusters of any shape, without saying how many.
    auto const curves = spirals();
    auto const found = learn::dbscan({curves, 2}, {.radius = 0.3F, .neighbours = 4});
    std::size_t noise = 0;
    for (auto const l : found.labels) noise += l == learn::dbscan_result::noise;
    std::cout << "dbscan: " << found.clusters << " clusters, " << noise << " points of noise\n";

    // Scalar quantizers: of eight levels, and of any number whose bits are counted, at the same error.
    std::vector<float> coefficients;
    learn::generator random(5);
    for (int i = 0; i < 20000; ++i) coefficients.push_back(static_cast<float>(10 * random.normal()));
    auto const levels = learn::lloyd_max(coefficients, 8);
    auto const coded = learn::entropy_constrained(coefficients, 2 * 0.6931 * levels.mse);
    std::cout << "lloyd_max: error " << levels.mse << " at " << levels.entropy << " bits; entropy_constrained: error "
              << coded.mse << " at " << coded.entropy << " bits\n";

    // 16 × 16 centroids from two books of 16, and 16 + 16 that are added.
    auto const product = learn::product_quantization({pixels, 6}, 2, {.clusters = 16});
    auto const residual = learn::residual_quantization({pixels, 6}, 2, {.clusters = 16});
    std::cout << "one byte for two pixels: product, error " << product.error({pixels, 6}) << "; residual, error "
              << residual.error({pixels, 6}, 4) << '\n';
}
