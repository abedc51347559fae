// The laws for every third of the registry's coders, from number 2 on.
#include "laws.hpp"

BOOST_AUTO_TEST_SUITE(coders)
using part = registry::shard<registry::coders, 2, 3>;
BOOST_AUTO_TEST_CASE_TEMPLATE(part_2, P, part) {
    laws::hold<P>();
}
BOOST_AUTO_TEST_SUITE_END()
