// commands.hpp: one function a subcommand; each adds its options to the parser and leaves what to do in `run`.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include "any_picture.hpp"
#include "codecs.hpp"
#include "inputs.hpp"

namespace cli {

/// What the chosen subcommand does; main() calls it after parsing.
using action = std::function<void()>;

void add_encode(CLI::App &app, action &run);
void add_decode(CLI::App &app, action &run);
void add_info(CLI::App &app, action &run);
void add_compare(CLI::App &app, action &run);
void add_train(CLI::App &app, action &run);
void add_export_header(CLI::App &app, action &run);
void add_evaluate(CLI::App &app, action &run);
void add_codecs(CLI::App &app, action &run);
void add_pack(CLI::App &app, action &run);
void add_unpack(CLI::App &app, action &run);
void add_list(CLI::App &app, action &run);

/// The options that say how good a result shall be, of which one may be given.
struct goal_options {
    enum class kind { none, scale, step, psnr, bpp, max_error, lossless };
    kind what = kind::none;
    std::vector<double> values; ///< one, or with `many` as many as the user likes

    void add(CLI::App &command, bool many);
    /// For one value; for none what is usual for the codec.
    static auto quality_for(kind what, double value, opened_codec const &codec) -> triptych::quality;
};

/// The codec that is named, or whose model is given, or else the one that suits picture and goal.
auto choose_codec(std::string const &name, std::string const &model, goal_options::kind goal, any_picture const &p)
    -> opened_codec;

void add_max_samples(CLI::App &command, reading &how);
/// --keep-hidden and --force-name.
struct stream_options {
    bool keep_hidden = false, force_name = false;

    void add(CLI::App &command);
    /// Throws usage_error for an output that is called like a picture, which a stream or a pack of ours is not.
    void check_name(std::string const &out, char const *what, char const *ending) const;
};

/// -j: the threads that do the tiles of a picture.
struct crew_option {
    unsigned threads = 0;

    void add(CLI::App &command);
    auto workers() const -> triptych::workers;
};

/// What `--help` shows last.
void add_example(CLI::App &command, std::string const &example);
/// --array and --max-samples.
void add_reading(CLI::App &command, reading &how);

/// What a decoder may ask for.
auto limits_of(reading const &how) -> triptych::limits;
/// The bytes of a stream: as many as its header says, and one more if there are too many. What opens otherwise is read as far as a look needs.
/// How many bytes a stream with this header may have.
auto longest_stream(triptych::stream_info const &info, triptych::limits const &most) -> std::uint64_t;
auto read_stream(byte_source &source, triptych::limits const &most) -> bytes;
/// The codec that wrote a stream, with its model. `name` is that of the stream's file, for the sentence if there is none.
auto codec_of(triptych::stream_info const &info, std::string const &name, std::string const &model) -> opened_codec;
/// Decodes a stream that any codec of the table has written.
auto decode_stream(std::span<std::byte const> content, std::string const &name, std::string const &model,
                   triptych::limits const &most, triptych::workers const &crew = {}) -> any_picture;
/// Decodes a part that lies in the picture.
auto decode_region_of_stream(std::span<std::byte const> content, std::string const &name, std::string const &model,
                             triptych::box<2> const &region, triptych::limits const &most,
                             triptych::workers const &crew) -> any_picture;
/// A picture file, or a stream, which is decoded.
auto load(std::string const &path, std::string const &model, reading const &how) -> any_picture;

/// Throws the error of a decoder: data_error, or file_error for want of memory.
[[noreturn]] void refuse(std::string const &name, triptych::error const &e);
[[noreturn]] void refuse(std::string const &name, triptych::format_error const &e);

/// Prints to standard output; throws file_error if that fails, which streams would keep to themselves.
void print(std::string const &text);

/// "1,234,567"
auto with_commas(std::uint64_t n) -> std::string;
auto fixed(double v, int digits) -> std::string;

} // namespace cli
