// The laws for every fourth of the registry's transforms, from number 0 on.
#include "laws.hpp"

BOOST_AUTO_TEST_SUITE(transforms)
using part = registry::shard<registry::transforms, 0, 4>;
BOOST_AUTO_TEST_CASE_TEMPLATE(part_0, P, part) {
    laws::hold<P>();
}
BOOST_AUTO_TEST_SUITE_END()
