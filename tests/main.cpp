// The one main() of all test programs. Written out rather than made by BOOST_TEST_MODULE, which wants to be defined ahead of
// the precompiled <boost/test/unit_test.hpp>.
#include <boost/test/unit_test.hpp>

int main(int argc, char **argv) {
    return boost::unit_test::unit_test_main([] { return true; }, argc, argv);
}
