// The laws for the registry's quantizers.
#include "laws.hpp"

BOOST_AUTO_TEST_SUITE(quantizers)
BOOST_AUTO_TEST_CASE_TEMPLATE(all, P, registry::quantizers) {
    laws::hold<P>();
}
BOOST_AUTO_TEST_SUITE_END()
