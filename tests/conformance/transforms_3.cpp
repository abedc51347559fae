// The laws for every fourth of the registry's transforms, from number 3 on.
#include "laws.hpp"

BOOST_AUTO_TEST_SUITE(transforms)
using part = registry::shard<registry::transforms, 3, 4>;
BOOST_AUTO_TEST_CASE_TEMPLATE(part_3, P, part) {
    laws::hold<P>();
}
BOOST_AUTO_TEST_SUITE_END()
