// triptych/learn.hpp: what to include to train a codec; a program that only encodes or decodes never needs it.
//
// Learned models go into headers by <triptych/learn/header.hpp>, which is included here, and into files by
// <triptych/learn/safetensors.hpp>, which is not, because it needs nlohmann/json.
#pragma once

#include <triptych/learn/autoregressive.hpp>
#include <triptych/learn/chain.hpp>
#include <triptych/learn/conditional_scale.hpp>
#include <triptych/learn/eigenpicture.hpp>
#include <triptych/learn/fit.hpp>
#include <triptych/learn/geometric.hpp>
#include <triptych/learn/header.hpp>
#include <triptych/learn/joint.hpp>
#include <triptych/learn/klt_set.hpp>
#include <triptych/learn/learnable.hpp>
#include <triptych/learn/levels.hpp>
#include <triptych/learn/lloyd_max_quantizer.hpp>
#include <triptych/learn/mixture.hpp>
#include <triptych/learn/network.hpp>
#include <triptych/learn/pca.hpp>
#include <triptych/learn/predicted_klt.hpp>
#include <triptych/learn/pretrained.hpp>
#include <triptych/learn/trained_zone.hpp>
