#include <array>
#include <cstdio>
#include <filesystem>

#include <CLI/Option.hpp>
#include <CLI/Validators.hpp>

#include <triptych/stream/framing.hpp>

#include "commands/commands.hpp"
#include "errors.hpp"

namespace cli {

void goal_options::add(CLI::App &command, bool many) {
    auto *const group = command.add_option_group("quality", "how good, or how small");
    auto const add = [&](char const *flag, kind k, char const *text, CLI::Validator const &valid) {
        if (many)
            group
                ->add_option_function<std::vector<double>>(
                    flag, [this, k](std::vector<double> const &v) { what = k, values = v; }, text)
                ->check(valid)
                ->delimiter(',')
                ->allow_extra_args(false)
                ->type_name("NUMBER[,NUMBER]...");
        else
            group
                ->add_option_function<double>(
                    flag, [this, k](double const &v) { what = k, values = {v}; }, text)
                ->check(valid)
                ->type_name("NUMBER");
    };
    auto const positive = CLI::Range(1e-9, 1e9);
    add("-q,--quality", kind::scale, "0 (smallest) to 100 (best, though not lossless); 75 if nothing is said",
        CLI::Range(0.0, 100.0));
    add("--psnr", kind::psnr, "peak signal-to-noise ratio in dB, met within 0.1 dB", CLI::Range(0.0, 200.0));
    add("--bpp", kind::bpp, "bits per pixel, met within 1 %", positive);
    add("--max-error", kind::max_error, "no sample differs by more", CLI::Range(0.0, 1e30));
    add("--step", kind::step, "quantisation step, in units of the samples", positive);
    group->add_flag_callback(
        "--lossless", [this] { what = kind::lossless, values = {0}; }, "not a bit is lost");
    group->require_option(0, 1);
}

auto goal_options::quality_for(kind what, double value, opened_codec const &codec) -> triptych::quality {
    switch (what) {
    case kind::none:
        return codec.usual_quality();
    case kind::scale:
        return triptych::scale(value);
    case kind::step:
        return triptych::step(value);
    case kind::psnr:
        return triptych::psnr(value);
    case kind::bpp:
        return triptych::bits_per_pixel(value);
    case kind::max_error:
        return triptych::max_error(value);
    case kind::lossless:
        break;
    }
    return triptych::exact;
}

auto choose_codec(std::string const &name, std::string const &model, goal_options::kind goal, any_picture const &p)
    -> opened_codec {
    using kind = goal_options::kind;
    if (!name.empty()) return open_codec(codec_named(name), model);
    if (!model.empty()) return open_model(model);
    if (goal == kind::lossless) return open_codec(codec_named("lossless"), "");
    auto const &photo = codec_named("photo");
    return open_codec(goal == kind::max_error || !photo.carries(p) ? codec_named("near-lossless") : photo, "");
}

void add_max_samples(CLI::App &command, reading &how) {
    command.add_option("--max-samples", how.max_samples, "refuse larger pictures")
        ->type_name("N")
        ->capture_default_str();
}

void add_reading(CLI::App &command, reading &how) {
    command.add_flag("--array", how.as_array, "take every .npy for an array, also h x w x 2..4 of uint8 or uint16");
    add_max_samples(command, how);
}

auto decode_stream(std::span<std::byte const> content, std::string const &name, std::string const &model,
                   reading const &how) -> any_picture {
    try {
        triptych::limits most;
        most.max_samples = how.max_samples;
        most.max_bytes = std::max(most.max_bytes, 32 * how.max_samples);
        auto const info = triptych::peek(content, most);
        if (info.error) throw triptych::format_error(info.error);
        auto const *const entry = codec_with_id(info.value.codec);
        if (!entry) {
            std::array<char, 11> number{};
            std::snprintf(number.data(), number.size(), "0x%08x", info.value.codec);
            throw data_error("was written by a codec that this tool does not have (" +
                             (info.value.label.empty() ? "" : std::string(info.value.label) + ", ") + number.data() +
                             ")");
        }
        if (entry->learned && model.empty())
            throw usage_error(name + ": codec " + std::string(entry->name) +
                              " is learned; give its model with --model");
        return open_codec(*entry, entry->learned ? model : "").codec->decode(content, most);
    } catch (triptych::format_error const &e) {
        throw data_error(name + ": " + e.what());
    } catch (data_error const &e) {
        throw data_error(std::string_view(e.what()).starts_with(model) && !model.empty() ? e.what()
                                                                                         : name + ": " + e.what());
    }
}

auto load(std::string const &path, std::string const &model, reading const &how) -> any_picture {
    auto const content = read_file(path);
    if (guess_format(content) == file_format::stream) return decode_stream(content, input_name(path), model, how);
    return read_picture(content, input_name(path), how);
}

void print(std::string const &text) {
    write_file("-", text, true);
}

auto with_commas(std::uint64_t n) -> std::string {
    auto text = std::to_string(n);
    for (auto at = static_cast<std::ptrdiff_t>(text.size()) - 3; at > 0; at -= 3)
        text.insert(static_cast<std::size_t>(at), ",");
    return text;
}

auto fixed(double v, int digits) -> std::string {
    std::array<char, 64> text{};
    std::snprintf(text.data(), text.size(), "%.*f", digits, v);
    return text.data();
}

} // namespace cli
