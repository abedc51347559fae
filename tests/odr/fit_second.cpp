// Does not include the learner of the transform.
#include "fit_unit.hpp"

auto second_alone() -> learned {
    return keeping<basis>();
}
auto second_chained() -> learned {
    return keeping<chained>();
}
