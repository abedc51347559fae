// The laws for what is learned from each picture and travels with it.
#include "laws.hpp"

#include <triptych/learn/codebook.hpp>
#include <triptych/learn/lloyd_max_quantizer.hpp>
#include <triptych/learn/pca.hpp>
#include <triptych/learn/product.hpp>
#include <triptych/learn/residual.hpp>

BOOST_AUTO_TEST_SUITE(learning)
BOOST_AUTO_TEST_CASE(transform) {
    laws::hold<triptych::per_image<triptych::transform::pca<4, 4, 6>>>();
}
BOOST_AUTO_TEST_CASE_TEMPLATE(codecs, P, registry::learning_codecs) {
    laws::hold<P>();
}
BOOST_AUTO_TEST_SUITE_END()
