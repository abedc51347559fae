// triptych/triptych.hpp: what to include to use a codec: the presets, all panels to compose one's own, metrics, and
// xtensor at the surface. A program that only decodes includes less: see docs/install.md.
#pragma once

#include <triptych/codec.hpp>
#include <triptych/coder/huffman.hpp>
#include <triptych/coder/model/adaptive.hpp>
#include <triptych/coder/model/neighbourhood.hpp>
#include <triptych/coder/model/predictive.hpp>
#include <triptych/coder/model/pretrained.hpp>
#include <triptych/coder/model/table.hpp>
#include <triptych/coder/model/transform_blocks.hpp>
#include <triptych/coder/range.hpp>
#include <triptych/coder/rans.hpp>
#include <triptych/coder/raw.hpp>
#include <triptych/coder/run_length.hpp>
#include <triptych/metric/bd_rate.hpp>
#include <triptych/metric/error.hpp>
#include <triptych/metric/size.hpp>
#include <triptych/metric/ssim.hpp>
#include <triptych/per_image.hpp>
#include <triptych/presets.hpp>
#include <triptych/quantizer/dead_zone.hpp>
#include <triptych/quantizer/matrix.hpp>
#include <triptych/quantizer/none.hpp>
#include <triptych/quantizer/uniform.hpp>
#include <triptych/transform/adaptive_dct.hpp>
#include <triptych/transform/chain.hpp>
#include <triptych/transform/colour.hpp>
#include <triptych/transform/dct.hpp>
#include <triptych/transform/difference.hpp>
#include <triptych/transform/fourier.hpp>
#include <triptych/transform/identity.hpp>
#include <triptych/transform/klt.hpp>
#include <triptych/transform/pca.hpp>
#include <triptych/transform/wavelet.hpp>
#include <triptych/version.hpp>
#include <triptych/xtensor.hpp>
