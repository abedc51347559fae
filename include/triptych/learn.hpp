// triptych/learn.hpp: what to include to train a codec; a program that only encodes or decodes never needs it.
//
// Learned models go into headers by <triptych/learn/storage/header.hpp>, which is included here, and into files by
// <triptych/learn/storage/safetensors.hpp>, which is not, because it needs nlohmann/json. Nor are the learners on vectors, below
// <triptych/learn/vectors/>: they know nothing of codecs.
#pragma once

#include <triptych/learn/coder/autoregressive.hpp>
#include <triptych/learn/coder/conditional_scale.hpp>
#include <triptych/learn/coder/geometric.hpp>
#include <triptych/learn/coder/network.hpp>
#include <triptych/learn/coder/pretrained.hpp>
#include <triptych/learn/fit.hpp>
#include <triptych/learn/storage/header.hpp>
#include <triptych/learn/joint.hpp>
#include <triptych/learn/learnable.hpp>
#include <triptych/learn/quantizer/codebook.hpp>
#include <triptych/learn/quantizer/codebook_dbscan.hpp>
#include <triptych/learn/quantizer/codebook_som.hpp>
#include <triptych/learn/quantizer/levels.hpp>
#include <triptych/learn/quantizer/lloyd_max.hpp>
#include <triptych/learn/quantizer/product.hpp>
#include <triptych/learn/quantizer/residual.hpp>
#include <triptych/learn/quantizer/learned_dead_zone.hpp>
#include <triptych/learn/transform/chain.hpp>
#include <triptych/learn/transform/eigenpicture.hpp>
#include <triptych/learn/transform/classified_klt.hpp>
#include <triptych/learn/transform/mixture.hpp>
#include <triptych/learn/transform/pca.hpp>
#include <triptych/learn/transform/predicted_klt.hpp>
#include <triptych/learn/wrappers.hpp>
