// The laws for every fourth of the registry's transforms, from number 1 on.
#include "laws.hpp"

BOOST_AUTO_TEST_SUITE(transforms)
using part = registry::shard<registry::transforms, 1, 4>;
BOOST_AUTO_TEST_CASE_TEMPLATE(part_1, P, part) {
    laws::hold<P>();
}
BOOST_AUTO_TEST_SUITE_END()
