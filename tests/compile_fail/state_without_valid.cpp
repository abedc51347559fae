// error: state: a policy that names learned arrays says whether they fit, by `constexpr auto valid() const noexcept -> bool`
#include "policies.hpp"

struct taught : good_transform {
    frozen<std::int16_t> weights;
    template <class V>
    static constexpr void state(auto &self, V &&v) {
        v("weights", self.weights);
    }
};
auto const valid = valid_state(codec<taught, good_quantizer, good_coder>{});
