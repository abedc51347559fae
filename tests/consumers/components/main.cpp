#include <cstdio>

#include <triptych/codec.hpp>
#include <triptych/coder/raw.hpp>
#include <triptych/learn/numeric/linear_algebra.hpp>
#include <triptych/quantizer/none.hpp>
#include <triptych/transform/identity.hpp>
#include <triptych/xtensor.hpp>

int main() {
    using plain = triptych::codec<triptych::transform::identity, triptych::quantizer::none, triptych::coder::raw>;
    xt::xtensor<unsigned char, 2> const x{{1, 2, 3}, {4, 5, 6}};
    auto const again = plain{}.decode(plain{}.encode(x));
    triptych::learn::matrix m(1, 1);
    m(0, 0) = 2;
    return again.data()[5] == 6 && triptych::learn::product(m, m)(0, 0) == 4 ? 0 : 1;
}
