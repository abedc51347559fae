#include "commands/commands.hpp"
#include "errors.hpp"
#include "progress.hpp"

namespace cli {

void add_encode(CLI::App &app, action &run) {
    struct options {
        std::string in, out, codec, model;
        goal_options goal;
        reading how;
        bool overwrite = false;
    };
    auto const o = std::make_shared<options>();
    auto &command = *app.add_subcommand("encode", "compress a picture (PNG, JPEG, PNM, PAM) or an array (NPY)");
    command.add_option("in", o->in, "the picture; - for standard input")->required()->type_name("IN");
    command.add_option("out", o->out, "the stream; - for standard output")->required()->type_name("OUT");
    command.add_option("--codec", o->codec, "see `triptych codecs`; chosen by picture and quality if not said")
        ->type_name("NAME");
    command.add_option("--model", o->model, "what `triptych train` has written")->type_name("FILE");
    o->goal.add(command, false);
    command.add_flag("-f,--force", o->overwrite, "replace the output if it exists");
    add_reading(command, o->how);
    command.callback([o, &run] {
        run = [o] {
            check_output(o->out, o->overwrite);
            auto const p = read_picture(read_file(o->in), input_name(o->in), o->how);
            auto const chosen = choose_codec(o->codec, o->model, o->goal.what, p);
            auto const quality =
                goal_options::quality_for(o->goal.what, o->goal.values.empty() ? 0 : o->goal.values[0], chosen);
            bytes stream;
            {
                progress const bar("encoding " + input_name(o->in));
                try {
                    stream = chosen.codec->encode(p, quality);
                } catch (usage_error const &e) {
                    throw usage_error(input_name(o->in) + ": codec " + std::string(chosen.entry->name) + ": " +
                                      e.what());
                }
            }
            write_file(o->out, stream, o->overwrite);
        };
    });
}

} // namespace cli
