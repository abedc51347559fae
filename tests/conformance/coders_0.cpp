// The laws for every third of the registry's coders, from number 0 on.
#include "laws.hpp"

BOOST_AUTO_TEST_SUITE(coders)
using part = registry::shard<registry::coders, 0, 3>;
BOOST_AUTO_TEST_CASE_TEMPLATE(part_0, P, part) {
    laws::hold<P>();
}
BOOST_AUTO_TEST_SUITE_END()
