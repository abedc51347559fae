// pack, unpack, list: many small pictures in one file.
#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <set>
#include <unordered_map>

#include <nlohmann/json.hpp>

#include <triptych/stream/pack_reader.hpp>
#include <triptych/stream/pack_writer.hpp>

#include "commands/commands.hpp"
#include "encoding.hpp"
#include "errors.hpp"
#include "printable.hpp"
#include "progress.hpp"

namespace cli {
namespace {
using triptych::pack_reader;

/// The bytes of a pack: a file's as they are asked for, a pipe's at once, if they begin as a pack does.
class pack_bytes {
public:
    pack_bytes(std::string const &path, reading const &how) {
        if (mapped_file::possible(path)) {
            file_.emplace(path), content_ = file_->content();
            return;
        }
        // Directories stand at the end, so there is no knowing how much will come.
        constexpr std::uint64_t most = std::uint64_t{1} << 31;
        byte_source source(path);
        triptych::byte_reader r(source.ahead(4096), limits_of(how));
        triptych::stream_info info;
        triptych::detail::read_identity(r, triptych::detail::pack_magic, 3, info);
        read_ = source.rest(r.ok() ? most : 4096), content_ = read_;
        if (r.ok() && source.peek() >= 0)
            throw data_error(input_name(path) + ": has more than 2 GiB, which is too much for a pipe");
    }
    auto content() const -> std::span<std::byte const> { return content_; }

private:
    std::optional<mapped_file> file_;
    bytes read_;
    std::span<std::byte const> content_;
};

/// Of a file's bytes, or with `recover` of those up to the last appending that was completed.
auto open_pack(std::span<std::byte const> content, std::string const &path, reading const &how, bool recover)
    -> pack_reader {
    auto const name = input_name(path);
    if (content.empty()) throw data_error(name + ": is empty");
    if (auto const format = guess_format(content); format != file_format::pack && format != file_format::unknown)
        throw data_error(name + ": is a " + format_name(format) + " file, not a pack");
    if (recover) content = content.first(pack_reader::sound_end(content));
    auto opened = pack_reader::open(content, limits_of(how));
    if (opened.error.code == triptych::errc::memory) refuse(name, opened.error);
    if (!opened)
        throw data_error(name + ": " + triptych::format_error(opened.error).what() +
                         (!recover && pack_reader::sound_end(content) != 0
                              ? "; --recover takes what was there before it was last appended to"
                              : ""));
    return std::move(opened.value);
}

/// The codec of a pack, with the model that is named or else the one in the pack.
auto codec_of(pack_reader const &pack, std::string const &path, std::string const &model) -> opened_codec {
    auto const &info = pack.info();
    auto const name = input_name(path);
    auto const *const entry = codec_with_id(info.codec);
    if (!entry)
        throw data_error(name + ": was written by a codec that this tool does not have" +
                         (info.label.empty() ? "" : " (" + std::string(info.label) + ")"));
    opened_codec codec;
    if (!model.empty())
        codec = open_codec(*entry, model);
    else if (!entry->learned)
        codec = open_codec(*entry, "");
    else if (pack.model_file().empty())
        throw usage_error(name + ": codec " + std::string(entry->name) +
                          " is learned, and the pack was written without its model; give it with --model");
    else
        try {
            codec = with_model(*entry, pack.model_file());
        } catch (std::exception const &e) {
            throw data_error(name + ": its model: " + e.what());
        }
    if (codec.codec->model() != info.model)
        throw data_error((model.empty() ? name : input_name(model)) +
                         ": is not the model that the pack was written with");
    return codec;
}

auto shape_of(triptych::packed_record const &p, std::size_t rank) -> std::vector<std::size_t> {
    return {p.shape.begin(), p.shape.begin() + static_cast<std::ptrdiff_t>(rank)};
}
/// Pictures of a pack in their order. Each group is looked at once, however long its names are.
class picture_walk {
public:
    picture_walk(pack_reader const &pack, std::string const &path) : pack_(pack), path_(path) {}

    auto record(std::uint64_t i) -> triptych::packed_record {
        if (i - first_ >= group_.size()) {
            group_.clear(), first_ = i;
            auto const e = pack_.for_each_from(i, [&](triptych::packed_record const &p) { group_.push_back(p); });
            if (e) fail(i, e);
        }
        return group_[static_cast<std::size_t>(i - first_)];
    }
    auto decoded(any_codec const &codec, std::uint64_t i) -> any_picture {
        auto const p = record(i);
        try {
            return codec.decode_record(
                p.bytes, kind_of_picture(pack_.info().samples, shape_of(p, pack_.info().rank), p.components));
        } catch (triptych::format_error const &e) {
            refuse(input_name(path_) + ": picture " + std::to_string(i), e);
        }
    }

private:
    [[noreturn]] void fail(std::uint64_t i, triptych::error const &e) const {
        refuse(input_name(path_) + ": picture " + std::to_string(i), e);
    }

    pack_reader const &pack_;
    std::string path_;
    std::vector<triptych::packed_record> group_;
    std::uint64_t first_ = 0;
};

/// What a stranger wrote may become the name of a file only if it can't lead elsewhere.
auto plain_name(std::string_view name) -> bool {
    return !name.empty() && name.size() <= 200 && name[0] != '.' && std::ranges::none_of(name, [](char c) {
        return c == '/' || c == '\\' || c == ':' || static_cast<unsigned char>(c) < 32 || c == 127;
    });
}

/// The pictures that --only names, by name or number, in the order of the pack and each once; all if there are none.
auto chosen(pack_reader const &pack, std::string const &path, std::vector<std::string> const &only)
    -> std::vector<std::uint64_t> {
    std::vector<std::uint64_t> numbers;
    if (only.empty())
        for (std::uint64_t i = 0; i < pack.size(); ++i) numbers.push_back(i);
    // All names in one walk; the first picture of a name has it.
    std::unordered_map<std::string_view, std::uint64_t> named;
    for (auto const &text : only) named.emplace(text, pack.size());
    if (!only.empty()) {
        auto const failed = pack.for_each([&](std::uint64_t i, triptych::packed_record const &p) {
            if (auto const found = named.find(p.name); found != named.end()) found->second = std::min(found->second, i);
            return true;
        });
        if (failed) refuse(input_name(path), failed);
    }
    for (auto const &text : only) {
        auto number = named.at(text);
        if (number == pack.size()) {
            auto const [end, code] = std::from_chars(text.data(), text.data() + text.size(), number);
            if (code != std::errc() || end != text.data() + text.size() || number >= pack.size())
                throw usage_error(input_name(path) + ": holds no picture \"" + text + "\"; it has " +
                                  std::to_string(pack.size()));
        }
        numbers.push_back(number);
    }
    std::ranges::sort(numbers);
    numbers.erase(std::unique(numbers.begin(), numbers.end()), numbers.end());
    return numbers;
}

/// Pictures of one kind as one array with an axis more.
auto stack_of(std::vector<any_picture> const &pictures, std::string const &path) -> any_picture {
    auto all = pictures.front();
    std::visit(
        [&]<class V>(V &samples) {
            for (std::size_t i = 1; i < pictures.size(); ++i) {
                if (!pictures[i].same_kind(pictures[0]))
                    throw usage_error(input_name(path) + ": its pictures are not of one kind, so they are no stack");
                auto const &more = std::get<V>(pictures[i].samples);
                samples.insert(samples.end(), more.begin(), more.end());
            }
        },
        all.samples);
    if (all.components != 1 || all.rank() == 4)
        throw usage_error(input_name(path) + ": only pictures of one component and at most three axes make a stack");
    all.shape.insert(all.shape.begin(), pictures.size());
    return all;
}
} // namespace

void add_pack(CLI::App &app, action &run) {
    struct options {
        std::string out, codec, model;
        std::vector<std::string> in;
        goal_options goal;
        stream_options more;
        reading how;
        bool overwrite = false, append = false, recover = false, no_model = false, no_names = false;
    };
    auto const o = std::make_shared<options>();
    auto &command = *app.add_subcommand("pack", "compress many small pictures into one file");
    command.add_option("out", o->out, "the pack; - for standard output")->required()->type_name("OUT");
    command.add_option("in", o->in, "pictures, folders of pictures, or .npy stacks")->required()->type_name("IN");
    command.add_option("--codec", o->codec, "see `triptych codecs`; chosen by the first picture if not said")
        ->type_name("NAME");
    command.add_option("--model", o->model, "what `triptych train` has written")->type_name("FILE");
    o->goal.add(command, false);
    command.add_flag("--without-model", o->no_model, "leave a learned codec's model out of the pack");
    command.add_flag("--without-names", o->no_names, "leave the names of the files out of the pack");
    auto *const force = command.add_flag("-f,--force", o->overwrite, "replace the output if it exists");
    auto *const append = command.add_flag("--append", o->append, "add to the end of a pack")->excludes(force);
    command.add_flag("--recover", o->recover, "drop an appending that was cut short")->needs(append);
    o->more.add(command);
    add_reading(command, o->how);
    add_example(command, "scans.tpk scans/ more.npy -q 60");
    command.callback([o, &run] {
        run = [o] {
            o->more.check_name(o->out, "a pack", ".tpk");
            if (!o->append) check_output(o->out, o->overwrite);
            if (o->append && o->out == "-") throw usage_error("a pack is appended to in a file, not a pipe");
            auto const inputs = pictures_of(picture_files(o->in), !o->how.as_array, o->how);
            auto const first = inputs.front().read(o->how);
            std::optional<growing_file> grown;
            std::optional<pack_bytes> old;
            opened_codec opened;
            std::optional<triptych::pack_writer> writer;
            auto type = first.type();
            auto rank = first.rank();
            std::size_t keep = 0;
            auto const value = o->goal.values.empty() ? 0 : o->goal.values[0];
            if (o->append) {
                grown.emplace(o->out), old.emplace(o->out, o->how);
                auto const pack = open_pack(old->content(), o->out, o->how, o->recover);
                opened = codec_of(pack, o->out, o->model);
                auto const *const named = o->codec.empty() ? nullptr : &codec_named(o->codec);
                if (named && opened.entry->name != named->name && opened.entry->name != named->with_alpha)
                    throw usage_error(o->out + ": was written by another codec than " + o->codec);
                type = pack.info().samples, rank = pack.info().rank, keep = pack.bytes().size();
                writer.emplace(pack);
            } else {
                opened = choose_codec(o->codec, o->model, o->goal.what, first);
                // One codec for all pictures: if any has alpha, the one that keeps it.
                auto const quality = goal_options::quality_for(o->goal.what, value, opened);
                if (!opened.entry->with_alpha.empty())
                    for (std::size_t i = 0; i < inputs.size() && !opened.entry->with_alpha.empty(); ++i)
                        opened = for_alpha(opened, inputs[i].read(o->how), quality);
                auto const &entry = *opened.entry;
                triptych::stream_info usual;
                usual.codec = entry.id, usual.model = opened.codec->model();
                usual.samples = type, usual.rank = rank, usual.components = first.components;
                std::ranges::copy(first.shape, usual.shape.begin());
                if (triptych::detail::plausible_label(entry.name)) usual.label = entry.name;
                writer.emplace(usual, entry.learned && !o->no_model ? opened.codec->save(opened.step) : bytes{});
            }
            auto const quality = goal_options::quality_for(o->goal.what, value, opened);
            bytes content;
            {
                progress bar("packing " + output_name(o->out), inputs.size());
                for (auto const &input : inputs) {
                    auto p = input.read(o->how);
                    if (p.type() != type || p.rank() != rank)
                        throw usage_error(input.name() + ": is " + kind_name(p) +
                                          "; a pack holds pictures of one type, this one " + type_name(type));
                    std::array<std::size_t, triptych::max_rank> shape{};
                    std::ranges::copy(p.shape, shape.begin());
                    if (!o->more.keep_hidden) drop_hidden(p, quality);
                    try {
                        writer->add(opened.codec->encode(p, quality, triptych::framing::record), shape, p.components,
                                    input.stack || o->no_names || input.file == "-" ? "" : input.name());
                    } catch (usage_error const &e) {
                        throw usage_error(input.name() + ": " + e.what());
                    }
                    bar.advance();
                }
                content = std::move(*writer).finish();
            }
            if (o->append)
                grown->write_behind(keep, content);
            else
                write_file(o->out, content, o->overwrite);
        };
    });
}

void add_unpack(CLI::App &app, action &run) {
    struct options {
        std::string in, out = ".", model, format = "png";
        std::vector<std::string> only;
        reading how;
        bool overwrite = false, recover = false;
    };
    auto const o = std::make_shared<options>();
    auto &command = *app.add_subcommand("unpack", "restore the pictures of a pack, or some of them");
    command.add_option("pack", o->in, "the pack; - for standard input")->required()->type_name("PACK");
    command.add_option("out", o->out, "a folder for the pictures; a .npy for all of them as one stack")
        ->type_name("OUT")
        ->capture_default_str();
    command.add_option("--only", o->only, "a picture, by name or number (from 0); may be given more than once")
        ->allow_extra_args(false)
        ->type_name("NAME");
    command.add_option("--model", o->model, "the model, if it is not in the pack")->type_name("FILE");
    command.add_option("--format", o->format, "png, pgm, ppm, pnm, pam or npy")
        ->check(CLI::IsMember({"png", "pgm", "ppm", "pnm", "pam", "npy"}))
        ->type_name("KIND")
        ->capture_default_str();
    command.add_flag("-f,--force", o->overwrite, "replace pictures that exist");
    command.add_flag("--recover", o->recover, "up to the last appending that was completed");
    add_max_samples(command, o->how);
    add_example(command, "scans.tpk restored/ --only dog.png --only 1741");
    command.callback([o, &run] {
        run = [o] {
            namespace fs = std::filesystem;
            bool const stacked = ending_of(o->out) == ".npy" && !fs::is_directory(o->out);
            if (stacked) check_output(o->out, o->overwrite);
            pack_bytes const file(o->in, o->how);
            auto const pack = open_pack(file.content(), o->in, o->how, o->recover);
            auto const codec = codec_of(pack, o->in, o->model).codec;
            auto const numbers = chosen(pack, o->in, o->only);
            picture_walk walk(pack, o->in);
            if (stacked) {
                if (numbers.empty()) throw usage_error(input_name(o->in) + ": holds no pictures");
                std::vector<any_picture> pictures;
                {
                    progress bar("unpacking " + input_name(o->in), numbers.size());
                    for (auto const i : numbers) pictures.push_back(walk.decoded(*codec, i)), bar.advance();
                }
                return write_file(o->out, write_picture(stack_of(pictures, o->in), "npy", 0), o->overwrite);
            }
            // Names before work: nobody waits for files that can't be written. Every name once; a number where it is no good one.
            std::vector<std::string> paths;
            std::set<std::string> taken;
            auto const digits = std::to_string(pack.size()).size();
            std::exception_ptr damage; // of a group; what lies before it is restored all the same
            for (auto const i : numbers) {
                auto number = std::to_string(i);
                number.insert(0, digits - std::min(digits, number.size()), '0');
                auto name = number;
                try {
                    if (auto const text = walk.record(i).name; plain_name(text)) name = fs::path(text).stem().string();
                } catch (...) {
                    damage = std::current_exception();
                    break;
                }
                while (!taken.insert(name).second) name += "-" + number;
                paths.push_back((fs::path(o->out) / (name + "." + o->format)).string());
                if (fs::is_directory(o->out)) check_output(paths.back(), o->overwrite);
            }
            std::error_code code;
            fs::create_directories(o->out, code);
            if (code) throw file_error(o->out + ": cannot make the folder: " + code.message());
            progress bar("unpacking " + input_name(o->in), numbers.size());
            for (std::size_t k = 0; k < paths.size(); ++k, bar.advance())
                write_file(paths[k], write_picture(walk.decoded(*codec, numbers[k]), o->format, 0), o->overwrite);
            if (damage) std::rethrow_exception(damage);
        };
    });
}

void add_list(CLI::App &app, action &run) {
    struct options {
        std::string in;
        reading how;
        bool as_json = false, recover = false;
    };
    auto const o = std::make_shared<options>();
    auto &command =
        *app.add_subcommand("list", "say what a pack holds: number, bytes, extents and name of each picture");
    command.add_option("pack", o->in, "the pack; - for standard input")->required()->type_name("PACK");
    command.add_flag("--json", o->as_json, "print JSON");
    command.add_flag("--recover", o->recover, "up to the last appending that was completed");
    add_max_samples(command, o->how);
    add_example(command, "scans.tpk");
    command.callback([o, &run] {
        run = [o] {
            pack_bytes const file(o->in, o->how);
            auto const pack = open_pack(file.content(), o->in, o->how, o->recover);
            auto const &info = pack.info();
            auto const *const entry = codec_with_id(info.codec);
            nlohmann::ordered_json pictures = nlohmann::ordered_json::array();
            std::string lines;
            std::uint64_t records = 0;
            auto const failed = pack.for_each([&](std::uint64_t i, triptych::packed_record const &p) {
                auto const shape = shape_of(p, info.rank);
                records += p.bytes.size();
                if (o->as_json) {
                    nlohmann::ordered_json one{
                        {"number", i}, {"bytes", p.bytes.size()}, {"shape", shape}, {"components", p.components}};
                    if (!p.name.empty()) one["name"] = std::string(p.name);
                    pictures.push_back(std::move(one));
                    return true;
                }
                std::array<char, 64> line{};
                std::snprintf(line.data(), line.size(), "%8llu %9zu  %-14s %2zu  ", static_cast<unsigned long long>(i),
                              p.bytes.size(), shape_name(shape).c_str(), p.components);
                lines += line.data() + printable(p.name);
                lines.erase(lines.find_last_not_of(' ') + 1);
                lines += '\n';
                return true;
            });
            if (failed) refuse(input_name(o->in), failed);
            std::string const codec = entry ? std::string(entry->name) : std::string(info.label);
            if (o->as_json) {
                nlohmann::ordered_json j{
                    {"file", input_name(o->in)}, {"format", "triptych pack"}, {"version", info.version}};
                j["codec"] = codec, j["known"] = entry != nullptr, j["samples"] = type_name(info.samples);
                j["pictures"] = pack.size(), j["bytes"] = pack.bytes().size(), j["record_bytes"] = records;
                j["model_bytes"] = pack.model_file().size(), j["list"] = std::move(pictures);
                return print(j.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n");
            }
            auto const size = pack.bytes().size();
            auto text = with_commas(pack.size()) + " pictures of " + type_name(info.samples) + ", codec " +
                        (codec.empty() ? "unnamed" : codec) + (entry ? "" : ", which this tool does not have") + "\n" +
                        with_commas(size) + " bytes: " + with_commas(records) + " of records, " +
                        with_commas(pack.model_file().size()) + " of the model, " +
                        with_commas(size - records - pack.model_file().size()) + " of names and index\n\n" +
                        "  number     bytes  extents        components, name\n";
            print(text + lines);
        };
    });
}

} // namespace cli
