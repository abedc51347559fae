// The laws for what is learned from each picture and travels with it.
#include "laws.hpp"

#include <triptych/learn/quantizer/codebook.hpp>
#include <triptych/learn/quantizer/lloyd_max.hpp>
#include <triptych/learn/quantizer/product.hpp>
#include <triptych/learn/quantizer/residual.hpp>
#include <triptych/learn/transform/pca.hpp>

BOOST_AUTO_TEST_SUITE(learning)
BOOST_AUTO_TEST_CASE(transform) {
    laws::hold<triptych::per_image<triptych::transform::pca<4, 4, 6>>>();
}
BOOST_AUTO_TEST_CASE_TEMPLATE(codecs, P, registry::learning_codecs) {
    laws::hold<P>();
}
BOOST_AUTO_TEST_SUITE_END()
