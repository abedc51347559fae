// Includes the learner of the transform.
#include "fit_unit.hpp"

#include <triptych/learn/transform/pca.hpp>

auto first_alone() -> learned {
    return keeping<basis>();
}
auto first_chained() -> learned {
    return keeping<chained>();
}
auto all_learned() -> learned {
    auto const c = triptych::fit<tiles<chained>>(corpus());
    return {triptych::parameter_count(c.transform()), triptych::parameter_count(c.coder())};
}
