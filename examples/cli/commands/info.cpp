#include <cstdio>

#include <nlohmann/json.hpp>

#include <triptych/stream/framing.hpp>

#include "commands/commands.hpp"
#include "errors.hpp"
#include "printable.hpp"

namespace cli {
namespace {

using json = nlohmann::ordered_json;

auto hexadecimal(std::uint32_t v) -> std::string {
    std::array<char, 11> text{};
    std::snprintf(text.data(), text.size(), "0x%08x", v);
    return text.data();
}

auto about_stream(std::span<std::byte const> content, std::string const &name, reading const &how) -> json {
    auto const peeked = triptych::peek(content, limits_of(how));
    if (peeked.error) refuse(name, peeked.error);
    auto const &info = peeked.value;
    auto const *const entry = codec_with_id(info.codec);
    std::vector<std::size_t> const shape(info.shape.begin(),
                                         info.shape.begin() + static_cast<std::ptrdiff_t>(info.rank));
    std::uint64_t pixels = 1;
    for (auto const e : shape) pixels *= e;
    constexpr std::size_t sizes[] = {1, 2, 2, 4, 4};
    auto const raw = pixels * info.components * sizes[static_cast<std::size_t>(info.samples)];
    json j{{"file", name}, {"format", "triptych"}, {"version", info.version}, {"codec", std::string(info.label)}};
    j["fingerprint"] = hexadecimal(info.codec);
    j["known"] = entry != nullptr;
    if (entry) j["description"] = entry->description;
    if (info.model != 0) j["model"] = hexadecimal(info.model);
    j["shape"] = shape, j["components"] = info.components, j["samples"] = type_name(info.samples);
    j["bytes"] = content.size(), j["payload_bytes"] = info.payload_size, j["raw_bytes"] = raw;
    if (pixels) j["bits_per_pixel"] = 8 * static_cast<double>(content.size()) / static_cast<double>(pixels);
    if (raw) j["ratio"] = static_cast<double>(raw) / static_cast<double>(content.size());
    return j;
}

auto about_picture(byte_source &source, std::string const &name, reading const &how) -> json {
    auto const format = format_name(guess_format(source.ahead(8)));
    auto const p = read_picture(source, name, how);
    auto const size = source.size().value_or(source.taken());
    json j{{"file", name}, {"format", format}};
    j["shape"] = p.shape, j["components"] = p.components, j["samples"] = type_name(p.type());
    if (p.white != 0) j["maxval"] = p.white;
    j["bytes"] = size, j["raw_bytes"] = p.bytes();
    if (p.pixels()) j["bits_per_pixel"] = 8 * static_cast<double>(size) / static_cast<double>(p.pixels());
    if (p.bytes()) j["ratio"] = static_cast<double>(p.bytes()) / static_cast<double>(size);
    return j;
}

/// The same for people: a line a fact.
auto as_text(json const &j) -> std::string {
    std::string text;
    auto const line = [&](std::string label, std::string const &value) {
        label.resize(12, ' ');
        text += label + value + "\n";
    };
    line("file", printable(j["file"].get<std::string>()));
    line("format", j["format"]);
    if (j.contains("codec")) {
        auto const label = j["codec"].get<std::string>();
        line("codec", (label.empty() ? "unnamed" : label) + " (" + j["fingerprint"].get<std::string>() + ")" +
                          (j["known"].get<bool>() ? "" : ", which this tool does not have"));
        if (j.contains("description")) line("panels", j["description"]);
        line("model", j.contains("model") ? j["model"].get<std::string>() : "none");
    }
    line("extents", shape_name(j["shape"].get<std::vector<std::size_t>>()));
    line("components", std::to_string(j["components"].get<std::size_t>()));
    line("samples", j["samples"].get<std::string>() +
                        (j.contains("maxval") ? ", up to " + std::to_string(j["maxval"].get<std::uint32_t>()) : ""));
    line("size", with_commas(j["bytes"].get<std::uint64_t>()) + " bytes, of " +
                     with_commas(j["raw_bytes"].get<std::uint64_t>()) + " raw" +
                     (j.contains("ratio") ? " (" + fixed(j["ratio"].get<double>(), 2) + " : 1)" : ""));
    if (j.contains("bits_per_pixel")) line("rate", fixed(j["bits_per_pixel"].get<double>(), 4) + " bits per pixel");
    return text;
}

} // namespace

void add_info(CLI::App &app, action &run) {
    struct options {
        std::vector<std::string> files;
        reading how;
        bool as_json = false;
    };
    auto const o = std::make_shared<options>();
    auto &command = *app.add_subcommand("info", "say what a stream or a picture file holds");
    command.add_option("file", o->files, "a stream or picture; - for standard input")->required()->type_name("FILE");
    command.add_flag("--json", o->as_json, "print JSON: an object a file, in an array if there are more than one");
    add_reading(command, o->how);
    add_example(command, "dog.tpc dog.png");
    command.callback([o, &run] {
        run = [o] {
            json all = json::array();
            for (auto const &f : o->files) {
                byte_source source(f);
                all.push_back(guess_format(source.ahead(8)) == file_format::stream
                                  ? about_stream(read_stream(source, limits_of(o->how)), input_name(f), o->how)
                                  : about_picture(source, input_name(f), o->how));
            }
            std::string text;
            if (o->as_json)
                text = (all.size() == 1 ? all[0] : all).dump(2, ' ', false, json::error_handler_t::replace) + "\n";
            else
                for (auto const &j : all) text += (text.empty() ? "" : "\n") + as_text(j);
            print(text);
        };
    });
}

} // namespace cli
