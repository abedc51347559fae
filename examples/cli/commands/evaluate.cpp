#include <algorithm>
#include <cmath>
#include <iterator>
#include <memory>

#include <nlohmann/json.hpp>

#include "commands/commands.hpp"
#include "encoding.hpp"
#include "errors.hpp"
#include "inputs.hpp"
#include "measure.hpp"
#include "parallel.hpp"
#include "printable.hpp"
#include "progress.hpp"

namespace cli {
namespace {

/// One picture at one quality.
struct result {
    std::string image;
    std::size_t width = 0, height = 0, bytes = 0, raw = 0;
    double bpp = 0, encode_seconds = 0, decode_seconds = 0;
    bool exact = false;
    scores score;
};

/// Columns of the CSV files; the first ones are what Bjontegaard scripts look for.
struct column {
    char const *name;
    int digits;
    double (*of)(result const &);
};
auto or_nan(std::optional<double> const &v) -> double {
    return v ? *v : std::nan("");
}
constexpr column columns[] = {
    {"bpp", 5, [](result const &r) { return r.bpp; }},
    {"psnr_rgb", 4, [](result const &r) { return r.score.psnr; }},
    {"psnr_y", 4, [](result const &r) { return or_nan(r.score.psnr_y); }},
    {"ssim_y", 6, [](result const &r) { return or_nan(r.score.ssim); }},
    {"msssim_y", 6, [](result const &r) { return or_nan(r.score.ms_ssim); }},
    {"max_error", 4, [](result const &r) { return r.score.max_error; }},
};

auto mean(std::vector<result> const &all, double (*of)(result const &)) -> double {
    double sum = 0;
    for (auto const &r : all) sum += of(r);
    return sum / static_cast<double>(all.size());
}
auto megabytes_per_second(std::vector<result> const &all, double result::*seconds) -> double {
    double bytes = 0, time = 0;
    for (auto const &r : all) bytes += static_cast<double>(r.raw), time += r.*seconds;
    return time > 0 ? bytes / time / 1e6 : 0;
}
auto all_exact(std::vector<result> const &all) -> bool {
    return std::ranges::all_of(all, &result::exact);
}

struct point {
    std::string quality;
    std::vector<result> results;
};

auto as_table(std::vector<point> const &points, bool each) -> std::string {
    std::string text;
    std::size_t widest = 7;
    for (auto const &p : points)
        for (auto const &r : p.results) widest = std::max(widest, printable(r.image).size());
    auto const cell = [](double v, int digits, std::size_t width) {
        auto const t = std::isnan(v) ? "-" : fixed(v, digits);
        return std::string(width > t.size() ? width - t.size() : 1, ' ') + t;
    };
    auto const padded = [&](std::string s) { return s.resize(std::max(widest, s.size()), ' '), s; };
    auto const line = [&](std::string const &name, auto const &value, double enc, double dec) {
        constexpr std::size_t widths[] = {10, 10, 10, 10, 11, 11};
        constexpr int digits[] = {4, 3, 3, 5, 5, 1};
        text += padded(name);
        for (std::size_t i = 0; i < std::size(columns); ++i) text += cell(value(columns[i]), digits[i], widths[i]);
        text += cell(enc, 2, 10) + cell(dec, 2, 10) + "\n";
    };
    for (auto const &p : points) {
        if (each || &p == &points.front()) {
            text += (text.empty() ? "" : "\n") + padded(each ? p.quality : "") +
                    "       bpp   PSNR dB    PSNR-Y      SSIM    MS-SSIM  max error  enc MB/s  dec MB/s\n";
        }
        if (each)
            for (auto const &r : p.results) {
                std::vector<result> const one{r};
                line(
                    printable(r.image), [&](column const &c) { return c.of(r); },
                    megabytes_per_second(one, &result::encode_seconds),
                    megabytes_per_second(one, &result::decode_seconds));
            }
        line(
            each ? "mean of " + std::to_string(p.results.size()) : p.quality,
            [&](column const &c) { return mean(p.results, c.of); },
            megabytes_per_second(p.results, &result::encode_seconds),
            megabytes_per_second(p.results, &result::decode_seconds));
    }
    return text;
}

/// As RFC 4180 has it, where a name needs it.
auto quoted(std::string const &name) -> std::string {
    if (name.find_first_of(",\"\r\n") == std::string::npos) return name;
    std::string out = "\"";
    for (char const c : name) out += c == '"' ? "\"\"" : std::string(1, c);
    return out + '"';
}

auto as_csv(std::string const &codec, std::vector<point> const &points, bool each) -> std::string {
    auto const number = [](double v, int digits) {
        return std::isnan(v) ? "" : std::isinf(v) ? "inf" : fixed(v, digits);
    };
    std::string text = each ? "codec,quality,image,width,height,bytes" : "codec,quality,images,total_bytes";
    for (auto const &c : columns) text += std::string(",") + c.name;
    text += each ? ",exact,enc_s,dec_s\n" : ",exact,enc_MBps,dec_MBps\n";
    for (auto const &p : points) {
        auto const begin = codec + "," + p.quality.substr(p.quality.find(' ') + 1) + ",";
        if (each) {
            for (auto const &r : p.results) {
                text += begin + quoted(r.image) + "," + std::to_string(r.width) + "," + std::to_string(r.height) + "," +
                        std::to_string(r.bytes);
                for (auto const &c : columns) text += "," + number(c.of(r), c.digits);
                text += std::string(r.exact ? ",1" : ",0") + "," + fixed(r.encode_seconds, 6) + "," +
                        fixed(r.decode_seconds, 6) + "\n";
            }
            continue;
        }
        std::size_t total = 0;
        for (auto const &r : p.results) total += r.bytes;
        text += begin + std::to_string(p.results.size()) + "," + std::to_string(total);
        for (auto const &c : columns) text += "," + number(mean(p.results, c.of), c.digits);
        text += std::string(all_exact(p.results) ? ",1" : ",0") + "," +
                fixed(megabytes_per_second(p.results, &result::encode_seconds), 3) + "," +
                fixed(megabytes_per_second(p.results, &result::decode_seconds), 3) + "\n";
    }
    return text;
}

auto as_json(std::string const &codec, std::vector<point> const &points) -> std::string {
    using json = nlohmann::ordered_json;
    json out{{"codec", codec}, {"points", json::array()}};
    for (auto const &p : points) {
        json j{{"quality", p.quality}, {"images", p.results.size()}, {"exact", all_exact(p.results)}};
        for (auto const &c : columns) j["mean"][c.name] = mean(p.results, c.of);
        j["enc_MBps"] = megabytes_per_second(p.results, &result::encode_seconds);
        j["dec_MBps"] = megabytes_per_second(p.results, &result::decode_seconds);
        for (auto const &r : p.results) {
            json one{
                {"image", r.image}, {"width", r.width}, {"height", r.height}, {"bytes", r.bytes}, {"exact", r.exact}};
            for (auto const &c : columns) one[c.name] = c.of(r);
            one["enc_s"] = r.encode_seconds, one["dec_s"] = r.decode_seconds;
            j["pictures"].push_back(std::move(one));
        }
        out["points"].push_back(std::move(j));
    }
    return out.dump(2, ' ', false, json::error_handler_t::replace) + "\n";
}

auto quality_name(goal_options::kind what, double value) -> std::string {
    constexpr char const *names[] = {"q", "q", "step", "psnr", "bpp", "max-error", "lossless"};
    if (what == goal_options::kind::lossless) return "lossless 0";
    auto text = fixed(value, 6);
    text.erase(text.find_last_not_of('0') + 1);
    if (text.ends_with('.')) text.pop_back();
    return std::string(names[static_cast<std::size_t>(what)]) + " " + text;
}

} // namespace

void add_evaluate(CLI::App &app, action &run) {
    struct options {
        std::vector<std::string> paths;
        std::string codec, model;
        goal_options goal;
        reading how;
        unsigned threads = 1;
        bool as_json = false, as_csv = false, each = false, records = false, keep_hidden = false;
    };
    auto const o = std::make_shared<options>();
    auto &command = *app.add_subcommand(
        "evaluate", "compress and restore a folder of pictures, and print rates, distances and speeds");
    command.add_option("dir", o->paths, "folders of pictures, or pictures")->required()->type_name("DIR");
    command.add_option("--codec", o->codec, "see `triptych codecs`; that of the model, or photo, if not said")
        ->type_name("NAME");
    command.add_option("--model", o->model, "what `triptych train` has written")->type_name("FILE");
    o->goal.add(command, true);
    command.add_option("-j,--threads", o->threads, "pictures at a time; speeds are those of one thread all the same")
        ->check(CLI::Range(1, 1024))
        ->type_name("N")
        ->capture_default_str();
    auto *const json = command.add_flag("--json", o->as_json, "print JSON: means and pictures for each quality");
    command.add_flag("--csv", o->as_csv, "print CSV: a line a quality, or with --each a line a picture")
        ->excludes(json);
    command.add_flag("--each", o->each, "a line a picture also where there are several qualities");
    command.add_flag("--records", o->records, "count and decode records, for containers that know codec and extents");
    command.add_flag("--keep-hidden", o->keep_hidden, "encode and count colours where alpha is 0, which nobody sees");
    add_reading(command, o->how);
    add_example(command, "photos/ -q 20,40,60,80 -j 4");
    command.callback([o, &run] {
        run = [o] {
            auto const files = picture_files(o->paths);
            auto what = o->goal.what;
            auto values = o->goal.values;
            bool const lossless = what == goal_options::kind::lossless;
            auto const opened = o->codec.empty() && !o->model.empty()
                                    ? open_model(o->model)
                                    : open_codec(codec_named(!o->codec.empty() ? o->codec
                                                             : lossless        ? "lossless"
                                                                               : "photo"),
                                                 o->model);
            auto const &entry = *opened.entry;
            if (what == goal_options::kind::none) {
                if (entry.exact_only)
                    what = goal_options::kind::lossless, values = {0};
                else if (opened.step)
                    what = goal_options::kind::step, values = {static_cast<double>(*opened.step)};
                else
                    what = goal_options::kind::scale, values = {75};
            }
            std::vector<std::string> failures; // of stacks, then of the other inputs in their order
            auto const inputs = pictures_of(files, !entry.arrays, o->how, &failures);
            std::vector<std::string> failed(inputs.size());

            std::vector<point> points;
            for (auto const v : values) points.push_back({quality_name(what, v), std::vector<result>(inputs.size())});
            {
                progress bar("evaluating " + std::string(entry.name), inputs.size() * values.size());
                auto const frame = o->records ? triptych::framing::record : triptych::framing::file;
                auto const one = [&](any_picture const &p, double value, result &r) {
                    auto const quality = goal_options::quality_for(what, value, opened);
                    auto const codec = for_alpha(opened, p, quality).codec;
                    r.height = p.rank() == 2 ? p.shape[0] : 0, r.width = p.rank() == 2 ? p.shape[1] : 0,
                    r.raw = p.bytes();
                    auto const start = thread_seconds();
                    auto const stream = codec->encode(p, quality, frame);
                    auto const middle = thread_seconds();
                    auto const again = o->records ? codec->decode_record(stream, p) : codec->decode(stream, {});
                    r.encode_seconds = middle - start, r.decode_seconds = thread_seconds() - middle;
                    r.bytes = stream.size();
                    r.bpp =
                        8 * static_cast<double>(r.bytes) / static_cast<double>(std::max<std::size_t>(p.pixels(), 1));
                    r.exact = p == again, r.score = measure(p, o->keep_hidden ? again : as_seen(p, again));
                };
                in_parallel(inputs.size(), o->threads, [&](std::size_t i) {
                    try {
                        auto p = inputs[i].read(o->how);
                        if (!o->keep_hidden) drop_hidden(p, goal_options::quality_for(what, values[0], opened));
                        for (std::size_t k = 0; k < values.size(); ++k, bar.advance()) {
                            points[k].results[i].image = inputs[i].name();
                            try {
                                one(p, values[k], points[k].results[i]);
                            } catch (std::runtime_error const &e) {
                                throw data_error(input_name(inputs[i].file) + ": codec " + std::string(entry.name) +
                                                 ": " + e.what());
                            }
                        }
                    } catch (std::runtime_error const &e) {
                        failed[i] = e.what();
                    }
                });
            }
            for (auto &p : points) {
                std::size_t kept = 0;
                for (std::size_t i = 0; i < inputs.size(); ++i)
                    if (failed[i].empty() && kept++ != i) p.results[kept - 1] = std::move(p.results[i]);
                p.results.resize(kept);
            }
            std::ranges::copy_if(failed, std::back_inserter(failures), [](auto const &f) { return !f.empty(); });
            auto const name = std::string(entry.name);
            if (!points.front().results.empty())
                print(o->as_json  ? as_json(name, points)
                      : o->as_csv ? as_csv(name, points, o->each)
                                  : as_table(points, o->each || points.size() == 1));
            if (failures.empty()) return;
            for (auto const &f : failures) note(f);
            throw data_error(std::to_string(failures.size()) + " of " +
                             std::to_string(failures.size() + points.front().results.size()) +
                             " pictures could not be evaluated");
        };
    });
}

} // namespace cli
