// error: learner of a chain: a member has learned state: include the header of its name below <triptych/learn/transform/>
#include "policies.hpp"

#include <vector>

#include <triptych/learn/fit.hpp>
#include <triptych/learn/transform/chain.hpp>
#include <triptych/transform/pca.hpp>

using chained = transform::chain<good_transform, transform::pca<4, 4, 5>>;
auto const taught = fit<codec<chained, good_quantizer, good_coder>>(std::vector<picture<std::uint8_t, 2>>{});
