// error: quantizer: missing `setting read(byte_reader&) const`
#include "policies.hpp"
#include <triptych/quantizer/matrix.hpp>

// A wrapper's complaint is the same as that about the quantizer inside.
struct mine : good_quantizer {
    void read() const;
};
auto const picture = codec<good_transform, quantizer::matrix<quantizer::annex_k, mine>, good_coder>{}.decode({});
