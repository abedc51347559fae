#include <algorithm>
#include <filesystem>
#include <thread>

#include "commands/commands.hpp"
#include "errors.hpp"
#include "inputs.hpp"
#include "progress.hpp"
#include "tiles.hpp"

namespace cli {
namespace {
/// A word of C++ itself, or one that its implementations keep for themselves.
auto reserved(std::string_view name) -> bool {
    constexpr std::string_view words[] = {
        "alignas",     "alignof",  "and",        "and_eq",    "asm",       "auto",         "bitand",
        "bitor",       "bool",     "break",      "case",      "catch",     "char",         "char16_t",
        "char32_t",    "char8_t",  "class",      "co_await",  "co_return", "co_yield",     "compl",
        "concept",     "const",    "const_cast", "consteval", "constexpr", "constinit",    "continue",
        "decltype",    "default",  "delete",     "do",        "double",    "dynamic_cast", "else",
        "enum",        "explicit", "export",     "extern",    "false",     "float",        "for",
        "friend",      "goto",     "if",         "inline",    "int",       "long",         "mutable",
        "namespace",   "new",      "noexcept",   "not",       "not_eq",    "nullptr",      "operator",
        "or",          "or_eq",    "private",    "protected", "public",    "register",     "reinterpret_cast",
        "requires",    "return",   "short",      "signed",    "sizeof",    "static",       "static_assert",
        "static_cast", "struct",   "switch",     "template",  "this",      "thread_local", "throw",
        "true",        "try",      "typedef",    "typeid",    "typename",  "union",        "unsigned",
        "using",       "virtual",  "void",       "volatile",  "wchar_t",   "while",        "xor",
        "xor_eq"};
    return std::ranges::find(words, name) != std::end(words) || name.find("__") != std::string_view::npos ||
           name.starts_with('_') || name == "triptych" || name == "std";
}

/// A C++ identifier from a file's name.
auto identifier(std::string const &path) -> std::string {
    auto name = path == "-" ? "model" : std::filesystem::path(path).stem().string();
    for (auto &c : name)
        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'))) c = '_';
    return name.empty() || (name[0] >= '0' && name[0] <= '9') || reserved(name) ? "model_" + name : name;
}
} // namespace

void add_train(CLI::App &app, action &run) {
    struct options {
        std::string out, codec = "tiles";
        std::vector<std::string> corpus;
        std::optional<float> step;
        std::optional<double> psnr;
        training how;
        bool overwrite = false, lossless = false;
    };
    auto const o = std::make_shared<options>();
    o->how.threads = std::max(1u, std::thread::hardware_concurrency());
    auto &command = *app.add_subcommand("train", "learn a codec from a folder of pictures, and write its model");
    command.add_option("out", o->out, "the model, a .safetensors file; - for standard output")
        ->required()
        ->type_name("OUT");
    command
        .add_option("--corpus", o->corpus,
                    "a folder of pictures, or a picture, or a stack of gray ones (.npy); may be given more than once")
        ->required()
        ->allow_extra_args(false)
        ->type_name("DIR");
    command
        .add_option("--codec", o->codec,
                    "one that `triptych codecs` calls learned; or tiles, which tries those for small pictures and "
                    "takes the best")
        ->type_name("NAME")
        ->capture_default_str();
    command.add_option("--psnr", o->psnr, "tiles: the mean PSNR at which bytes are compared, in dB")
        ->check(CLI::Range(5.0, 80.0))
        ->type_name("NUMBER");
    command.add_flag("--lossless", o->lossless, "tiles: nothing is lost")->excludes("--psnr");
    command.add_option("--step", o->step, "quantisation step that quantizer and coder learn for; 8 if not said")
        ->check(CLI::Range(1e-3, 1e6))
        ->type_name("NUMBER");
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
    add_example(command, "tiles.safetensors --corpus scans/ --psnr 35");
    command.callback([o, &run] {
        run = [o] {
            bool const tiles = o->codec == "tiles";
            auto const *const entry = tiles ? nullptr : &codec_named(o->codec);
            if (entry && !entry->learned)
                throw usage_error("codec " + std::string(entry->name) + " has nothing to learn");
            if (tiles && !o->psnr && !o->lossless)
                throw usage_error(
                    "how good shall the pictures be? Give --psnr or --lossless, or a --codec and its --step");
            if (tiles && o->step) throw usage_error("tiles finds the step itself; give --psnr, or name a codec");
            if (!tiles && (o->psnr || o->lossless))
                throw usage_error("--psnr and --lossless are for --codec tiles; others learn for a --step");
            check_output(o->out, o->overwrite);
            auto &how = o->how;
            how.pictures = pictures_of(picture_files(o->corpus), true, {});
            how.step = o->step.value_or(how.step);
            std::unique_ptr<progress> bar;
            std::string stage;
            std::size_t shown = 0;
            how.progress = [&](std::string_view name, std::size_t done, std::size_t total) {
                bool const panel = name == "transform" || name == "quantizer" || name == "coder";
                if (stage != name)
                    bar.reset(),
                        bar = std::make_unique<progress>((panel ? "learning the " : "") + std::string(name), total),
                        shown = 0;
                for (stage = name; shown < done; ++shown) bar->advance();
            };
            if (entry) {
                auto const codec = entry->train(how);
                bar.reset();
                return write_file(o->out, codec->save(how.step), o->overwrite);
            }
            auto const chosen = choose_tiles(how, o->psnr);
            bar.reset();
            write_file(o->out, chosen.codec->save(chosen.best().step > 0 ? chosen.best().step : how.step),
                       o->overwrite);
            if (o->out != "-") print(as_table(chosen, o->psnr));
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
    add_example(command, "tiles.safetensors tiles.hpp --name tiles");
    command.callback([o, &run] {
        run = [o] {
            if (reserved(o->name)) throw usage_error("\"" + o->name + "\" is a name that C++ keeps for itself");
            if (o->out != "-") check_output(o->out, o->overwrite);
            auto const codec =
                (o->codec.empty() ? open_model(o->model) : open_codec(codec_named(o->codec), o->model)).codec;
            auto const text = codec->header(o->name.empty() ? identifier(o->model) : o->name);
            write_file(o->out, text, o->overwrite || o->out == "-");
        };
    });
}

} // namespace cli
