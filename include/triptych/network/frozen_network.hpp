// triptych/network/frozen_network.hpp: a trained network in integers, as a policy holds it: in files, headers and streams.
//
// The surprise: its layers are learned state, too. They are one more array of numbers, so a model file says all, and a program that decodes
// by a network is compiled once for all depths.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include <triptych/network/layer.hpp>
#include <triptych/network/shapes.hpp>
#include <triptych/state.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI::network {

/// Knots of a table, evenly spaced around 0.
inline constexpr std::size_t knots = 257;

/// Values are int16, weights int16, sums int32. A value v stands for v / 2^frac, and weights and biases are scaled so that sums need only
/// be shifted. Empty is a network without state.
struct frozen_network {
    frozen<std::int32_t> input;  ///< frac and limit of the input
    frozen<std::int32_t> layers; ///< layers × `layer::fields`
    frozen<std::int16_t>
        weights; ///< layer after layer; of each, group, kernel row, kernel column, channel of the group, output
    frozen<std::int32_t> biases; ///< layer after layer, in units of the sums
    frozen<std::int16_t> tables; ///< layer after layer of those that read one; `knots` values each

    template <class V>
    static constexpr void state(auto &self, V &&v) {
        v("input", self.input), v("layers", self.layers), v("weights", self.weights), v("biases", self.biases);
        v("tables", self.tables);
    }
    constexpr auto count() const noexcept -> std::size_t { return layers.shape().extent[0]; }
    constexpr auto at(std::size_t i) const noexcept -> layer {
        std::array<std::int32_t, layer::fields> row{};
        for (std::size_t f = 0; f < row.size(); ++f) row[f] = layers[i * row.size() + f];
        return layer::of(row);
    }
    /// Are all layers sound and the arrays of the extents that they ask for? Whether sums fit their type is asked by `inference`.
    constexpr auto valid() const noexcept -> bool {
        if (input.shape() != dims{2U} || layers.shape().rank != 2 || layers.shape().extent[1] != layer::fields)
            return false;
        auto const n = layers.shape().extent[0];
        if (n == 0 || n > most_layers) return false;
        std::uint64_t all_weights = 0, all_biases = 0, all_tables = 0;
        for (std::size_t i = 0; i < n; ++i) {
            auto const l = at(i);
            if (!sound(l)) return false;
            all_weights += l.weights(), all_biases += l.biases(), all_tables += l.tabled() ? knots : 0;
        }
        return weights.size() == all_weights && biases.size() == all_biases && tables.size() == all_tables;
    }
};

} // namespace triptych::inline TRIPTYCH_ABI::network
