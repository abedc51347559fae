// error: coder: symbols must be integers, quantise first
#include "policies.hpp"

// A coder that would take anything, and cast each float to an integer: a loss that nobody asked for.
using floats = bands<float, 2>;
struct mine {
    void encode(floats const &, byte_writer &) const {}
    void decode(floats &, byte_reader &) const {}
};
static_assert(detail::check_coder<mine, floats>());
