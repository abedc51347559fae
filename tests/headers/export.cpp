// export <folder>: writes generated headers of codecs whose types are spelled in different ways.
#include <array>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <triptych/codec.hpp>
#include <triptych/coder/model/conditional_scale.hpp>
#include <triptych/coder/model/family.hpp>
#include <triptych/coder/model/geometric.hpp>
#include <triptych/coder/range.hpp>
#include <triptych/coder/rans.hpp>
#include <triptych/coder/raw.hpp>
#include <triptych/coder/run_length.hpp>
#include <triptych/learn/storage/header.hpp>
#include <triptych/quantizer/codebook.hpp>
#include <triptych/quantizer/matrix.hpp>
#include <triptych/quantizer/learned_dead_zone.hpp>
#include <triptych/quantizer/uniform.hpp>
#include <triptych/transform/chain.hpp>
#include <triptych/transform/colour.hpp>
#include <triptych/transform/eigenpicture.hpp>
#include <triptych/transform/identity.hpp>
#include <triptych/transform/mixture.hpp>
#include <triptych/transform/pca.hpp>

using namespace triptych;

namespace {
/// One value in each array; what it says is no matter here.
template <class Codec>
void write(std::string const &folder, std::string const &name) {
    typename Codec::transform_type t{};
    typename Codec::quantizer_type q{};
    typename Codec::coder_type c{};
    auto const fill = [](std::string_view, auto &array) {
        using value = typename std::remove_cvref_t<decltype(array)>::value_type;
        array = frozen<value>::owned(std::array<value, 2>{1, 2}, dims{1u, 2u});
    };
    nested("transform", t, fill), nested("quantizer", q, fill), nested("coder", c, fill);
    write_header(folder + "/" + name + ".hpp", name, Codec(std::move(t), std::move(q), std::move(c)));
}
} // namespace

int main(int, char **arguments) {
    std::string const to = arguments[1];
    using transform::chain, transform::colour, transform::mixture, transform::pca, transform::eigenpicture;
    write<codec<pca<8, 8, 12>, quantizer::uniform, coder::range<model::geometric>>>(to, "plain");
    write<codec<mixture<eigenpicture, 32>, quantizer::learned_dead_zone, coder::range<model::conditional_scale>>>(to,
                                                                                                             "many");
    write<codec<chain<colour<transform::ycbcr420>, pca<8, 8, 4>>, quantizer::matrix<>, coder::rans<model::laplace>>>(
        to, "nested");
    write<codec<transform::identity, quantizer::codebook<64>, coder::run_length<>>>(to, "wrapped");
    write<codec<pca<8, 8, 4>, quantizer::uniform, coder::raw, strips<16>>>(to, "in_strips");
}
