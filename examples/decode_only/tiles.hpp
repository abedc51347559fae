// The codec of this example, as a product would share it between its training program and its decoder. Decode core only.
#pragma once

#include <triptych/codec.hpp>
#include <triptych/coder/model/geometric.hpp>
#include <triptych/coder/range.hpp>
#include <triptych/quantizer/uniform.hpp>
#include <triptych/transform/pca.hpp>

using tiles = triptych::codec<triptych::transform::pca<8, 8, 12>, triptych::quantizer::uniform,
                              triptych::coder::range<triptych::model::geometric>>;
