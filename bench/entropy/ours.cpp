// Every coder of the registry.
#include "ours.hpp"

#include "../../tests/registry.hpp"
#include "suites.hpp"

void bench::measure_ours(data_set const &data, table const &out, std::string const &only) {
    registry::for_each<registry::coders>([&]<class C>(std::type_identity<C>) {
        auto const name = triptych::description<C, std::string>();
        if constexpr (triptych::coder_for<C, symbol_bands>)
            if (name.find(only) != std::string::npos) measure<C>(data, out, name, !only.empty());
    });
}
