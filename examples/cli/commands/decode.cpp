#include <charconv>

#include "commands/commands.hpp"
#include "errors.hpp"
#include "io/rows.hpp"
#include "progress.hpp"

namespace cli {
namespace {
struct decode_options {
    std::string in, out, model, format, region;
    std::uint32_t white = 0;
    crew_option crew;
    reading how;
    bool overwrite = false;
};

/// The format that the ending names; without an ending PNG, or NPY for what PNG can't hold.
auto format_of(decode_options const &o, any_picture const &kind) -> std::string {
    if (!o.format.empty()) return o.format;
    auto const ending = o.out == "-" ? "" : ending_of(o.out);
    if (!ending.empty()) return ending.substr(1);
    bool const small = kind.type() == triptych::sample_type::uint8 || kind.type() == triptych::sample_type::uint16;
    return kind.rank() == 2 && small && kind.components >= 1 && kind.components <= 4 && kind.shape[0] > 0 &&
                   kind.shape[1] > 0
               ? "png"
               : "npy";
}

/// "column,row,width,height"
auto box_of(std::string const &text) -> triptych::box<2> {
    std::size_t n[4];
    auto const *at = text.data(), *const end = at + text.size();
    for (std::size_t i = 0; i < 4; ++i) {
        auto const [next, code] = std::from_chars(at, end, n[i]);
        if (code != std::errc{} || (i < 3 ? next == end || *next != ',' : next != end) || (i > 1 && n[i] == 0))
            throw usage_error("--region: " + text +
                              " is not x,y,width,height: column and row from 0, width and height from 1");
        at = next + 1;
    }
    return {{n[1], n[0]}, {n[3], n[2]}};
}

void check_region(triptych::box<2> const &box, triptych::stream_info const &info, decode_options const &o) {
    auto const name = input_name(o.in);
    std::vector<std::size_t> const shape(info.shape.begin(),
                                         info.shape.begin() + static_cast<std::ptrdiff_t>(info.rank));
    if (info.rank != 2)
        throw usage_error(name + ": a region is a part of a picture; this is an array of " + shape_name(shape));
    for (std::size_t axis = 0; axis < 2; ++axis)
        if (box.first[axis] > shape[axis] || box.shape[axis] > shape[axis] - box.first[axis])
            throw usage_error(name + ": the region " + o.region + " does not lie in the picture, which is " +
                              shape_name(shape));
}

/// Decodes to a file that is written by rows; false if that can't be done, and nothing has been read.
auto decode_by_rows(byte_source &source, triptych::stream_info const &info, decode_options const &o) -> bool {
    auto const *const entry = codec_with_id(info.codec);
    if (!entry || entry->learned) return false;
    auto const codec = open_codec(*entry, "").codec;
    auto const kind =
        kind_of_picture(info.samples, {info.shape.begin(), info.shape.begin() + static_cast<std::ptrdiff_t>(info.rank)},
                        info.components);
    auto const format = format_of(o, kind);
    if (!codec->by_rows(kind) || !written_by_rows(format)) return false;
    auto const most = limits_of(o.how);
    source.end_after(longest_stream(info, most));
    output_file out(o.out, o.overwrite);
    {
        progress const bar("decoding " + input_name(o.in));
        auto const sink = sink_of(kind, format, o.white, [&](std::span<std::byte const> part) { out.write(part); });
        if (auto const e = codec->decode_rows(source, kind, *sink, most, o.crew.workers())) refuse(input_name(o.in), e);
    }
    out.commit();
    return true;
}

void decode(decode_options const &o) {
    check_output(o.out, o.overwrite);
    auto const region = o.region.empty() ? triptych::box<2>{} : box_of(o.region);
    auto const name = input_name(o.in);
    byte_source source(o.in);
    auto const format = guess_format(source.ahead(8));
    if (format != file_format::stream && format != file_format::unknown)
        throw data_error(name + ": is a " + format_name(format) + " file, not a triptych stream");
    auto const most = limits_of(o.how);
    // The limit on samples is for what is asked for, not for the picture that it is a part of.
    auto const most_read = o.region.empty() ? most : triptych::limits{~std::uint64_t{0} >> 8, most.max_bytes};
    triptych::byte_reader r(source.ahead(4096), most_read);
    triptych::stream_info info;
    triptych::detail::read_file_header(r, info);
    if (r.ok() && !o.region.empty()) check_region(region, info, o);
    if (r.ok() && o.region.empty() && decode_by_rows(source, info, o)) return;
    bool const part = r.ok() && !o.region.empty();
    auto const stream = read_stream(source, most_read);
    if (stream.empty()) throw data_error(name + ": is empty");
    bytes file;
    {
        progress const bar("decoding " + name);
        auto const p = part ? decode_region_of_stream(stream, name, o.model, region, most, o.crew.workers())
                            : decode_stream(stream, name, o.model, most, o.crew.workers());
        file = write_picture(p, format_of(o, p), o.white);
    }
    write_file(o.out, file, o.overwrite);
}
} // namespace

void add_decode(CLI::App &app, action &run) {
    auto const o = std::make_shared<decode_options>();
    auto &command =
        *app.add_subcommand("decode", "restore a picture or an array; the ending of OUT says in which format");
    command.add_option("in", o->in, "the stream; - for standard input")->required()->type_name("IN");
    command.add_option("out", o->out, "the picture; - for standard output")->required()->type_name("OUT");
    command.add_option("--model", o->model, "the model that the stream was written with")->type_name("FILE");
    command.add_option("--region", o->region, "this part alone: column, row, width and height, in pixels")
        ->type_name("X,Y,W,H");
    command.add_option("--format", o->format, "png, pgm, ppm, pnm, pam or npy, whatever OUT is called")
        ->type_name("KIND");
    command.add_option("--maxval", o->white, "largest value of PNM and PAM samples, 1023 for 10 bits")
        ->check(CLI::Range(1, 65535))
        ->type_name("N");
    command.add_flag("-f,--force", o->overwrite, "replace the output if it exists");
    o->crew.add(command);
    add_max_samples(command, o->how);
    add_example(command, "dog.tpc again.png");
    command.callback([o, &run] { run = [o] { decode(*o); }; });
}

} // namespace cli
