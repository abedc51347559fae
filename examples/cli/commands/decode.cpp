#include "commands/commands.hpp"
#include "errors.hpp"
#include "progress.hpp"

namespace cli {
namespace {
/// The format that the ending names; without an ending PNG, or NPY for what PNG can't hold.
auto kind_of(std::string const &out, any_picture const &p) -> std::string {
    auto const ending = out == "-" ? "" : ending_of(out);
    if (!ending.empty()) return ending.substr(1);
    bool const small = p.type() == triptych::sample_type::uint8 || p.type() == triptych::sample_type::uint16;
    return p.rank() == 2 && small && p.components >= 1 && p.components <= 4 && p.size() > 0 ? "png" : "npy";
}
} // namespace

void add_decode(CLI::App &app, action &run) {
    struct options {
        std::string in, out, model, format;
        std::uint32_t white = 0;
        reading how;
        bool overwrite = false;
    };
    auto const o = std::make_shared<options>();
    auto &command =
        *app.add_subcommand("decode", "restore a picture or an array; the ending of OUT says in which format");
    command.add_option("in", o->in, "the stream; - for standard input")->required()->type_name("IN");
    command.add_option("out", o->out, "the picture; - for standard output")->required()->type_name("OUT");
    command.add_option("--model", o->model, "the model that the stream was written with")->type_name("FILE");
    command.add_option("--format", o->format, "png, pgm, ppm, pnm, pam or npy, whatever OUT is called")
        ->type_name("KIND");
    command.add_option("--maxval", o->white, "largest value of PNM and PAM samples, 1023 for 10 bits")
        ->check(CLI::Range(1, 65535))
        ->type_name("N");
    command.add_flag("-f,--force", o->overwrite, "replace the output if it exists");
    add_max_samples(command, o->how);
    add_example(command, "dog.tpc again.png");
    command.callback([o, &run] {
        run = [o] {
            check_output(o->out, o->overwrite);
            byte_source source(o->in);
            auto const format = guess_format(source.ahead(8));
            if (format != file_format::stream && format != file_format::unknown)
                throw data_error(input_name(o->in) + ": is a " + format_name(format) + " file, not a triptych stream");
            auto const stream = read_stream(source, o->how);
            if (stream.empty()) throw data_error(input_name(o->in) + ": is empty");
            bytes file;
            {
                progress const bar("decoding " + input_name(o->in));
                auto const p = decode_stream(stream, input_name(o->in), o->model, o->how);
                file = write_picture(p, o->format.empty() ? kind_of(o->out, p) : o->format, o->white);
            }
            write_file(o->out, file, o->overwrite);
        };
    });
}

} // namespace cli
