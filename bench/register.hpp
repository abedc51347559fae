// bench/register.hpp: benchmarks for every policy of a registry list, named as the policy describes itself.
#pragma once

#include <string>
#include <tuple>
#include <type_traits>

#include <triptych/describe.hpp>

namespace bench {

/// Calls `Suite::add<P>(description of P)` for each policy P of the list.
template <class Suite, class... P>
void add_all(std::type_identity<std::tuple<P...>>) {
    (Suite::template add<P>(triptych::description<P, std::string>()), ...);
}

} // namespace bench
