// codecs.hpp: the codecs that the tool knows, with their types erased. Each is one line of the table in codecs.cpp and one file in
// codecs/, compiled on its own, for a codec for all sample types and ranks takes seconds.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <triptych/quality.hpp>
#include <triptych/schedule/planes.hpp>
#include <triptych/schedule/workers.hpp>
#include <triptych/stream/error.hpp>
#include <triptych/stream/framing.hpp>
#include <triptych/stream/limits.hpp>

#include "any_picture.hpp"
#include "files.hpp"
#include "inputs.hpp"
#include "io/rows.hpp"

namespace cli {

/// A codec with its learned state, if it has any. Immutable; shared between threads.
class any_codec {
public:
    virtual ~any_codec() = default;
    /// Fingerprint of the learned state, 0 if there is none.
    virtual auto model() const -> std::uint32_t = 0;
    virtual auto parameters() const -> std::uint64_t = 0;
    /// Throws usage_error for pictures that it does not carry and for goals that it can't aim at.
    virtual auto encode(any_picture const &p, triptych::quality const &goal,
                        triptych::framing frame = triptych::framing::file, triptych::workers const &crew = {}) const
        -> bytes = 0;
    /// A record whose sample type, extents and components are those of `like`. Throws triptych::format_error.
    virtual auto decode_record(std::span<std::byte const> record, any_picture const &like) const -> any_picture = 0;
    /// Throws triptych::format_error.
    virtual auto decode(std::span<std::byte const> stream, triptych::limits const &most,
                        triptych::workers const &crew = {}) const -> any_picture = 0;
    /// A part of a picture, which lies in it. Throws triptych::format_error.
    virtual auto decode_region(std::span<std::byte const> stream, triptych::box<2> const &region,
                               triptych::limits const &most, triptych::workers const &crew) const -> any_picture = 0;
    /// Whether pictures of this kind come in rows of tiles, so that they can be coded by rows; the two below are for those alone.
    virtual auto by_rows(any_picture const &) const -> bool { return false; }
    /// Throws usage_error for goals that need the whole picture, and what rows and `put` throw.
    virtual void encode_rows(row_source &, triptych::quality const &, byte_sink const &,
                             triptych::workers const &) const {}
    /// Throws what source and sink throw.
    virtual auto decode_rows(byte_source &, any_picture const &, row_sink &, triptych::limits const &,
                             triptych::workers const &) const -> triptych::error {
        return {triptych::errc::codec, 0};
    }
    /// The learned state as a safetensors file, which keeps the step that it was learned for if that is known, and as a C++ header.
    virtual auto save(std::optional<float> step) const -> bytes = 0;
    virtual auto header(std::string const &name) const -> std::string = 0;
};

struct training {
    std::vector<picture_input> pictures;
    std::uint64_t model_size = 1'000'000; ///< bytes, for codecs that can use any amount
    float step = 8;                       ///< the quantisation step that quantizer and coder are learned for
    unsigned threads = 1;
    std::function<void(std::string_view panel, std::size_t done, std::size_t total)> progress;
};

struct codec_entry {
    std::string_view name, summary;
    std::uint32_t id = 0;    ///< fingerprint that streams carry
    std::string description; ///< the policies: codec<dct<8>,uniform,range<...>>
    bool can_be_exact = false, exact_only = false;
    bool arrays = false; ///< carries arrays of all sample types and ranks 1 to 4, not only pictures of uint8 and uint16
    bool learned = false;
    std::string_view with_alpha; ///< the codec that takes its place for pictures with alpha; empty if there is none
    /// From a safetensors file; without one a learned codec gives nothing.
    std::shared_ptr<any_codec const> (*make)(std::optional<std::span<std::byte const>> model) = nullptr;
    std::shared_ptr<any_codec const> (*train)(training const &) = nullptr;

    auto carries(any_picture const &p) const -> bool {
        return arrays || (p.rank() == 2 &&
                          (p.type() == triptych::sample_type::uint8 || p.type() == triptych::sample_type::uint16));
    }
};

/// Those that users choose from; those for pictures with alpha, which are chosen by themselves, are not among them.
auto codecs() -> std::span<codec_entry const>;
/// Throws usage_error with a list of names if there is none.
auto codec_named(std::string_view name) -> codec_entry const &;
/// Null if the tool has no such codec.
auto codec_with_id(std::uint32_t id) -> codec_entry const *;
auto codec_described(std::string_view description) -> codec_entry const *;

/// A codec that is ready to be used.
struct opened_codec {
    codec_entry const *entry = nullptr;
    std::shared_ptr<any_codec const> codec;
    std::optional<float> step; ///< what it was learned for, if its model says so

    /// What a user means who asks for nothing in particular.
    auto usual_quality() const -> triptych::quality {
        return entry->exact_only ? triptych::exact : step ? triptych::step(*step) : triptych::scale(75);
    }
};

/// With the model from a file, if `model` is not empty. Throws usage_error if a model is missing or too much.
auto open_codec(codec_entry const &entry, std::string const &model) -> opened_codec;
/// The same codec with tiles of this side, 0 for its own. Throws usage_error if there is none.
auto with_tile(opened_codec const &codec, unsigned side) -> opened_codec;
/// With the content of such a file. Throws what the library throws.
auto with_model(codec_entry const &entry, std::span<std::byte const> model) -> opened_codec;
/// The codec whose model the file is, as its metadata say, or by trying all. Throws data_error if there is none.
auto open_model(std::string const &model) -> opened_codec;

} // namespace cli
