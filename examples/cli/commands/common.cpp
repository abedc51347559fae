#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>

#include <CLI/Option.hpp>
#include <CLI/Validators.hpp>

#include <triptych/stream/framing.hpp>
#include <triptych/stream/reader.hpp>
#include <triptych/threads.hpp>

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
    // As text first: a number without sign that is read from "-1" is a large one.
    static CLI::Validator const whole(
        [](std::string const &text) {
            bool const digits = !text.empty() && text.size() <= 15 &&
                                std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
            return digits && text.find_first_not_of('0') != std::string::npos ? "" : "is a whole number from 1 to 1e15";
        },
        "");
    command.add_option("--max-samples", how.max_samples, "refuse larger pictures")
        ->check(whole)
        ->type_name("N")
        ->capture_default_str();
}

void stream_options::add(CLI::App &command) {
    command.add_flag("--keep-hidden", keep_hidden, "keep colours where alpha is 0, which nobody sees");
    command.add_flag("--force-name", force_name, "write it even if OUT is called like a picture");
}

void stream_options::check_name(std::string const &out, char const *what, char const *ending) const {
    constexpr std::string_view others[] = {".gif", ".bmp", ".tif", ".tiff", ".webp", ".jxl", ".avif", ".heic", ".jp2"};
    auto const e = ending_of(out);
    if (force_name || (std::ranges::find(picture_endings(), e) == picture_endings().end() &&
                       std::ranges::find(others, e) == std::end(others)))
        return;
    throw usage_error(out + ": would be " + what + ", not a " + e + " file; call it " + ending +
                      ", or give --force-name");
}

void add_example(CLI::App &command, std::string const &example) {
    command.footer("Example: triptych " + command.get_name() + " " + example);
}

void add_reading(CLI::App &command, reading &how) {
    command.add_flag("--array", how.as_array, "take every .npy for an array, also h x w x 2..4 of uint8 or uint16");
    add_max_samples(command, how);
}

void crew_option::add(CLI::App &command) {
    command.add_option("-j,--threads", threads, "threads, 0 for as many as the machine has; large pictures use them")
        ->check(CLI::Range(0, 1024))
        ->type_name("N")
        ->capture_default_str();
}
auto crew_option::workers() const -> triptych::workers {
    return triptych::threads(threads);
}

auto read_stream(byte_source &source, triptych::limits const &most) -> bytes {
    auto const start = source.ahead(4096);
    triptych::byte_reader r(start, most);
    triptych::stream_info info;
    triptych::detail::read_file_header(r, info);
    if (!r.ok() || info.payload_size > most.max_bytes) return {start.begin(), start.end()};
    return source.rest(info.sized ? r.position() + info.payload_size + 5 : longest_stream(info, most));
}

auto longest_stream(triptych::stream_info const &info, triptych::limits const &most) -> std::uint64_t {
    // No coder needs twice the size of the largest samples.
    std::uint64_t samples = info.components;
    for (std::size_t axis = 0; axis < info.rank; ++axis) samples *= info.shape[axis];
    return std::min(most.max_bytes, 8 * samples + (1 << 20));
}

auto codec_of(triptych::stream_info const &info, std::string const &name, std::string const &model) -> opened_codec {
    auto const *const entry = codec_with_id(info.codec);
    if (!entry) {
        std::array<char, 11> number{};
        std::snprintf(number.data(), number.size(), "0x%08x", info.codec);
        throw data_error(name + ": was written by a codec that this tool does not have (" +
                         (info.label.empty() ? "" : std::string(info.label) + ", ") + number.data() + ")");
    }
    if (entry->learned && model.empty())
        throw usage_error(name + ": codec " + std::string(entry->name) + " is learned; give its model with --model");
    return open_codec(*entry, entry->learned ? model : "");
}

auto decode_stream(std::span<std::byte const> content, std::string const &name, std::string const &model,
                   triptych::limits const &most, triptych::workers const &crew) -> any_picture {
    try {
        auto const info = triptych::peek(content, most);
        if (info.error) throw triptych::format_error(info.error);
        return codec_of(info.value, name, model).codec->decode(content, most, crew);
    } catch (triptych::format_error const &e) {
        refuse(name, e);
    }
}

auto decode_region_of_stream(std::span<std::byte const> content, std::string const &name, std::string const &model,
                             triptych::box<2> const &region, triptych::limits const &most,
                             triptych::workers const &crew) -> any_picture {
    try {
        triptych::byte_reader r(content, {~std::uint64_t{0} >> 8, most.max_bytes});
        triptych::stream_info info;
        triptych::detail::read_file_header(r, info);
        if (!r.ok()) throw triptych::format_error(r.error());
        return codec_of(info, name, model).codec->decode_region(content, region, most, crew);
    } catch (triptych::format_error const &e) {
        refuse(name, e);
    }
}

auto load(std::string const &path, std::string const &model, reading const &how) -> any_picture {
    byte_source source(path);
    if (guess_format(source.ahead(8)) != file_format::stream) return read_picture(source, input_name(path), how);
    auto const most = limits_of(how);
    return decode_stream(read_stream(source, most), input_name(path), model, most, triptych::threads(0));
}

auto limits_of(reading const &how) -> triptych::limits {
    triptych::limits most;
    most.max_samples = how.max_samples;
    most.max_bytes = std::max(most.max_bytes, 32 * how.max_samples);
    return most;
}

void refuse(std::string const &name, triptych::format_error const &e) {
    if (e.code() == triptych::errc::memory) throw file_error(name + ": there is not enough memory");
    throw data_error(name + ": " + e.what());
}
void refuse(std::string const &name, triptych::error const &e) {
    refuse(name, triptych::format_error(e));
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
