// The laws for every fifth of the registry's codecs, from number 1 on.
#include "laws.hpp"

BOOST_AUTO_TEST_SUITE(codecs)
using part = registry::shard<registry::codecs, 1, 5>;
BOOST_AUTO_TEST_CASE_TEMPLATE(part_1, P, part) {
    laws::hold<P>();
}
BOOST_AUTO_TEST_SUITE_END()
