#include <algorithm>
#include <filesystem>
#include <thread>

#include "commands/commands.hpp"
#include "errors.hpp"
#include "progress.hpp"

namespace cli {
namespace {
/// The codec whose model the file is, found by trying.
auto open_model(std::string const &path, std::string const &name) -> std::shared_ptr<any_codec const> {
    if (!name.empty()) return open_codec(codec_named(name), path);
    auto const content = read_file(path);
    std::string reason = "is no model";
    for (auto const &c : codecs())
        if (c.learned) try {
                return c.make(content);
            } catch (std::exception const &e) {
                reason = e.what();
            }
    throw data_error(input_name(path) + ": " + reason);
}

/// A C++ identifier from a file's name.
auto identifier(std::string const &path) -> std::string {
    auto name = path == "-" ? "model" : std::filesystem::path(path).stem().string();
    for (auto &c : name)
        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'))) c = '_';
    return name.empty() || (name[0] >= '0' && name[0] <= '9') ? "model_" + name : name;
}
} // namespace

void add_train(CLI::App &app, action &run) {
    struct options {
        std::string out, codec;
        std::vector<std::string> corpus;
        training how;
        bool overwrite = false;
    };
    auto const o = std::make_shared<options>();
    o->how.threads = std::max(1u, std::thread::hardware_concurrency());
    auto &command = *app.add_subcommand("train", "learn a codec from a folder of pictures, and write its model");
    command.add_option("out", o->out, "the model, a .safetensors file; - for standard output")
        ->required()
        ->type_name("OUT");
    command.add_option("--corpus", o->corpus, "a folder of pictures, or a picture; may be given more than once")
        ->required()
        ->allow_extra_args(false)
        ->type_name("DIR");
    command.add_option("--codec", o->codec, "one that `triptych codecs` calls learned; the first of them if not said")
        ->type_name("NAME");
    command.add_option("--step", o->how.step, "quantisation step that quantizer and coder learn for")
        ->check(CLI::Range(1e-3, 1e6))
        ->type_name("NUMBER")
        ->capture_default_str();
    command
        .add_option("--model-size", o->how.model_size,
                    "bytes that the model may take, where a codec can use any amount")
        ->check(CLI::Range(1000, 100'000'000))
        ->type_name("BYTES")
        ->capture_default_str();
    command.add_option("-j,--threads", o->how.threads, "threads; the model does not depend on them")
        ->check(CLI::Range(1, 1024))
        ->type_name("N");
    command.add_flag("-f,--force", o->overwrite, "replace the model if it exists");
    command.callback([o, &run] {
        run = [o] {
            auto const all = codecs();
            auto const first = std::ranges::find_if(all, &codec_entry::learned);
            if (o->codec.empty() && first == all.end()) throw usage_error("no codec of this tool is learned");
            auto const &entry = o->codec.empty() ? *first : codec_named(o->codec);
            if (!entry.learned) throw usage_error("codec " + std::string(entry.name) + " has nothing to learn");
            check_output(o->out, o->overwrite);
            for (auto const &c : o->corpus) {
                auto files = list_files(c, picture_endings());
                if (files.empty()) throw file_error(c + ": holds no pictures");
                std::ranges::move(files, std::back_inserter(o->how.files));
            }
            std::unique_ptr<progress> bar;
            std::string panel;
            std::size_t shown = 0;
            o->how.progress = [&](std::string_view name, std::size_t done, std::size_t total) {
                if (panel != name)
                    bar.reset(), bar = std::make_unique<progress>("learning the " + std::string(name), total),
                                 shown = 0;
                for (panel = name; shown < done; ++shown) bar->advance();
            };
            auto const codec = entry.train(o->how);
            bar.reset();
            write_file(o->out, codec->save(), o->overwrite);
        };
    });
}

void add_export_header(CLI::App &app, action &run) {
    struct options {
        std::string model, out = "-", codec, name;
        bool overwrite = false;
    };
    auto const o = std::make_shared<options>();
    auto &command =
        *app.add_subcommand("export-header", "write a learned model as a C++ header, to be compiled into a program");
    command.add_option("model", o->model, "what `triptych train` has written")->required()->type_name("MODEL");
    command.add_option("out", o->out, "the header; standard output if not said")->type_name("OUT");
    command.add_option("--name", o->name, "identifier of the model; made of the file's name if not said")
        ->type_name("NAME");
    command.add_option("--codec", o->codec, "whose model it is; found out if not said")->type_name("NAME");
    command.add_flag("-f,--force", o->overwrite, "replace the header if it exists");
    command.callback([o, &run] {
        run = [o] {
            if (o->out != "-") check_output(o->out, o->overwrite);
            auto const codec = open_model(o->model, o->codec);
            auto const text = codec->header(o->name.empty() ? identifier(o->model) : o->name);
            write_file(o->out, text, o->overwrite || o->out == "-");
        };
    });
}

} // namespace cli
