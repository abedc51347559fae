// bench_models PICTURE.png … [--learn PICTURE.png …]: bytes that the models make of pictures, and seconds to encode them; every stream is decoded
// and compared. Residuals are those of transform::chain<colour<ycocg_r>, difference<median>>, without loss; coefficients those of YCbCr and
// a DCT of 8 × 8, step 16, dead zone. `order 0` is the entropy of each picture's symbols under one table of its own, without the table. With
// --learn, model::network learns from the pictures that follow.
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <map>
#include <string>
#include <vector>

#include <triptych/learn/coder/network.hpp>
#include <triptych/schedule/planes.hpp>

#include "../tests/png.hpp"
#include "../tests/registry.hpp"

namespace {
using namespace triptych;
namespace contexts = model::contexts;
using B = bands<std::int16_t, 2>;

auto planes_of(std::string const &path) -> B {
    auto const p = test::read_png(path);
    B planes(detail::component_planes(p.shape(), p.components(), 8));
    detail::samples_to_planes(p.data(), detail::byte_map(), planes);
    return planes;
}
auto residuals(std::string const &path) -> B {
    return registry::chain<registry::colour<registry::colour_kind::ycocg_r>,
                           registry::difference<registry::predictor::median>>{}
        .forward(planes_of(path));
}
auto coefficients(std::string const &path) -> B {
    auto y = registry::photo_transform{}.forward(planes_of(path));
    quantizer::dead_zone const q;
    auto const setting = q.plan(y, target{16});
    return q.quantize(std::move(y), setting);
}
auto entropy(B const &x) -> double {
    std::map<int, double> counts;
    for (std::size_t i = 0; i < x.size(); ++i) ++counts[x.data()[i]];
    double bits = 0;
    for (auto const &[v, c] : counts) bits -= c * std::log2(c / static_cast<double>(x.size()));
    return bits / 8;
}

struct total {
    std::string name;
    double bytes = 0, seconds = 0;
};
template <class C>
void add(B const &x, std::vector<total> &totals, std::size_t &n, C const &coder = {}) {
    if (totals.size() <= n) totals.push_back({description<C, std::string>()});
    auto &t = totals[n++];
    byte_writer w;
    auto const began = std::clock();
    coder.encode(x, w);
    t.seconds += static_cast<double>(std::clock() - began) / CLOCKS_PER_SEC;
    t.bytes += static_cast<double>(w.size());
    B y(x.layout());
    byte_reader r(w.view());
    coder.decode(y, r);
    if (!r.ok() || !std::equal(x.data(), x.data() + x.size(), y.data()))
        std::fprintf(stderr, "%s does not decode what it encoded\n", t.name.c_str()), std::exit(1);
}

using network = coder::range<model::network>;
void table(char const *name, B (*symbols_of)(std::string const &), std::vector<std::string> const &pictures,
           std::vector<std::string> const &corpus) {
    learner<network> l;
    for (auto const &path : corpus) l.observe(symbols_of(path));
    auto const taught = l.finish();
    std::vector<total> totals{{"order 0"}};
    for (auto const &path : pictures) {
        auto const x = symbols_of(path);
        std::size_t n = 1;
        totals[0].bytes += entropy(x);
        add<coder::huffman<>>(x, totals, n);
        add<coder::rans<>>(x, totals, n);
        add<coder::rans<model::laplace>>(x, totals, n);
        add<coder::rans<model::gaussian>>(x, totals, n);
        add<coder::range<model::adaptive>>(x, totals, n);
        add<coder::range<model::neighbourhood>>(x, totals, n);
        add<coder::range<model::mixing<contexts::order<2>>>>(x, totals, n);
        add<coder::range<model::mixing<contexts::order<0>, contexts::order<1>, contexts::order<2>>>>(x, totals, n);
        add<coder::range<model::mixing<>>>(x, totals, n);
        add<network>(x, totals, n);
        if (!corpus.empty()) {
            add(x, totals, n, taught);
            totals.back().name = "range<network>, taught";
        }
    }
    std::printf("%s\n", name);
    for (auto const &t : totals)
        std::printf("%12.0f bytes %+6.2f %% %7.2f s  %s\n", t.bytes, 100 * (t.bytes / totals[0].bytes - 1), t.seconds,
                    t.name.c_str());
}
} // namespace

int main(int argc, char **argv) {
    std::vector<std::string> pictures, corpus;
    bool learning = false;
    for (int i = 1; i < argc; ++i) {
        if (std::string(argv[i]) == "--learn")
            learning = true;
        else
            (learning ? corpus : pictures).emplace_back(argv[i]);
    }
    table("residuals", residuals, pictures, corpus);
    table("coefficients", coefficients, pictures, corpus);
}
