#include "commands/commands.hpp"
#include "encoding.hpp"
#include "errors.hpp"
#include "progress.hpp"

namespace cli {

void add_encode(CLI::App &app, action &run) {
    struct options {
        std::string in, out, codec, model;
        goal_options goal;
        stream_options more;
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
    o->more.add(command);
    add_reading(command, o->how);
    add_example(command, "dog.png dog.tpc -q 60");
    command.callback([o, &run] {
        run = [o] {
            o->more.check_name(o->out, "a triptych stream", ".tpc");
            check_output(o->out, o->overwrite);
            auto p = read_picture_file(o->in, o->how);
            auto const value = o->goal.values.empty() ? 0 : o->goal.values[0];
            auto const named = choose_codec(o->codec, o->model, o->goal.what, p);
            auto const quality = goal_options::quality_for(o->goal.what, value, named);
            auto const chosen = for_alpha(named, p, quality);
            if (!o->more.keep_hidden) drop_hidden(p, quality);
            // Where the user has chosen the codec, it is the one to lose nothing, if it can.
            std::shared_ptr<any_codec const> instead;
            if (o->codec.empty() && o->model.empty())
                instead = open_codec(codec_named("lossless"), "").codec;
            else if (chosen.entry->can_be_exact)
                instead = chosen.codec;
            bytes stream;
            {
                progress const bar("encoding " + input_name(o->in));
                try {
                    stream = encode_to_goal(*chosen.codec, instead.get(), p, quality);
                } catch (usage_error const &e) {
                    throw usage_error(input_name(o->in) + ": codec " + std::string(chosen.entry->name) + ": " +
                                      e.what());
                } catch (goal_error const &e) {
                    throw goal_error(input_name(o->in) + ": " + e.what() + ", with codec " +
                                     std::string(chosen.entry->name));
                }
            }
            write_file(o->out, stream, o->overwrite);
        };
    });
}

} // namespace cli
