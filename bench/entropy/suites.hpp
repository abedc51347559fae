// bench/entropy/suites.hpp: what there is to measure, a unit each.
#pragma once

#include <string>

#include "table.hpp"

namespace bench {

/// Coders whose names hold `only`.
void measure_ours(data_set const &data, table const &out, std::string const &only);
/// The coders that use vector instructions, compiled for each of these instruction sets; one that this machine lacks is left out.
void measure_portable(data_set const &data, table const &out, std::string const &only);
void measure_sse4(data_set const &data, table const &out, std::string const &only);
void measure_avx2(data_set const &data, table const &out, std::string const &only);
void measure_avx512(data_set const &data, table const &out, std::string const &only);
/// Engines without models; prints a table of its own.
void measure_engines();
/// Other libraries' coders of bytes.
void measure_peers(data_set const &data, table const &out, std::string const &only);

} // namespace bench
