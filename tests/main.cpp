// The one main() of all Boost.Test programs; a test file only holds suites.
#define BOOST_TEST_MODULE triptych
#include <boost/test/unit_test.hpp>
