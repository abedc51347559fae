// bench/entropy/ours.hpp: one coder of the library on one data set.
#pragma once

#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

#include <triptych/bands.hpp>
#include <triptych/concepts.hpp>
#include <triptych/stream/writer.hpp>

#include "table.hpp"

namespace bench {

namespace { // units with other instruction sets have functions of their own

using symbol_bands = triptych::bands<std::int16_t, 2>;

auto bands_of(sheet const &s) -> symbol_bands {
    triptych::layout<2> where;
    for (auto const &p : s.parts)
        where.add_group({p.height, p.width}, p.bands, [&](std::size_t k) {
            triptych::band_info<2> info;
            info.bits = 8;
            info.at.component = static_cast<std::uint16_t>(p.component);
            info.at.level = static_cast<std::uint8_t>(p.level);
            info.at.index = static_cast<std::uint32_t>(k);
            return info;
        });
    symbol_bands x(std::move(where));
    std::copy(s.symbols.begin(), s.symbols.end(), x.data());
    return x;
}

/// Encodes and decodes all pictures of a data set and prints a row; `patient` says whether a coder that takes seconds a picture is worth it.
/// A coder that doesn't give back what it got ends the program.
template <class C>
void measure(data_set const &data, table const &out, std::string const &name, bool patient) {
    C const coder{};
    if (!patient) {
        auto const began = std::clock();
        triptych::byte_writer w;
        coder.encode(bands_of(data.sheets.front()), w);
        auto const took = static_cast<double>(std::clock() - began) / CLOCKS_PER_SEC;
        if (took > 2) return out.left_out(name, took);
    }
    std::vector<symbol_bands> symbols, back;
    for (auto const &s : data.sheets) symbols.push_back(bands_of(s)), back.emplace_back(symbols.back().layout(), 0);
    std::vector<std::vector<std::byte>> streams(symbols.size());
    auto const encoding = best_seconds([&] {
        for (std::size_t i = 0; i < symbols.size(); ++i) {
            triptych::byte_writer w;
            coder.encode(symbols[i], w);
            streams[i] = std::move(w).take();
        }
    });
    bool sound = true;
    auto const decoding = best_seconds([&] {
        for (std::size_t i = 0; i < symbols.size(); ++i) {
            triptych::byte_reader r(streams[i]);
            coder.decode(back[i], r);
            sound = sound && r.ok() && r.remaining() == 0;
        }
    });
    std::size_t bytes = 0;
    for (std::size_t i = 0; i < symbols.size(); ++i) {
        bytes += streams[i].size();
        sound = sound && std::equal(symbols[i].data(), symbols[i].data() + symbols[i].size(), back[i].data());
    }
    if (!sound) std::printf("%s does not decode what it encoded\n", name.c_str()), std::exit(1);
    out.row(name, bytes, encoding, decoding);
}

} // namespace
} // namespace bench
