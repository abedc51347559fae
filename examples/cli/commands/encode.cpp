#include <algorithm>
#include <cmath>
#include <optional>

#include "commands/commands.hpp"
#include "encoding.hpp"
#include "errors.hpp"
#include "io/rows.hpp"
#include "progress.hpp"

namespace cli {
namespace {
struct encode_options {
    std::string in, out, codec, model;
    goal_options goal;
    stream_options more;
    crew_option crew;
    reading how;
    int effort = triptych::target::usual_effort;
    unsigned tile = 0;
    bool overwrite = false;
};

/// Who encodes, to which goal, and who does it instead where that costs no more.
struct encode_plan {
    opened_codec chosen;
    triptych::quality goal;
    std::shared_ptr<any_codec const> instead;
};
auto plan_for(any_picture const &p, encode_options const &o) -> encode_plan {
    auto const value = o.goal.values.empty() ? 0 : o.goal.values[0];
    auto const named = with_tile(choose_codec(o.codec, o.model, o.goal.what, p), o.tile);
    auto const goal = goal_options::quality_for(o.goal.what, value, named).at_effort(o.effort);
    encode_plan plan{for_alpha(named, p, goal), goal, nullptr};
    // Where the user has chosen the codec, it is the one to lose nothing, if it can.
    if (o.codec.empty() && o.model.empty())
        plan.instead = with_tile(open_codec(codec_named("lossless"), ""), o.tile).codec;
    else if (plan.chosen.entry->can_be_exact)
        plan.instead = plan.chosen.codec;
    return plan;
}

/// What is wrong with an input or a wish, under the input's name.
template <class F>
auto in_words(std::string const &name, std::string_view codec, F const &f) {
    try {
        return f();
    } catch (usage_error const &e) {
        throw usage_error(name + ": codec " + std::string(codec) + ": " + e.what());
    } catch (goal_error const &e) {
        throw goal_error(name + ": " + e.what() + ", with codec " + std::string(codec));
    } catch (data_error const &e) {
        throw data_error(name + ": " + e.what());
    } catch (std::bad_alloc const &) {
        throw file_error(name + ": there is not enough memory");
    }
}

/// The goal in a form that needs no look at the samples; nothing if there is none.
auto goal_of_rows(encode_plan const &plan, any_picture const &kind) -> std::optional<triptych::quality> {
    using what = triptych::quality::kind;
    auto const &goal = plan.goal;
    auto const &entry = *plan.chosen.entry;
    if (goal.what == what::exact) return entry.can_be_exact ? std::optional(goal) : std::nullopt;
    if (entry.exact_only || kind.alpha || kind.sample_size() > 2) return {};
    if (goal.what == what::step) return goal;
    if (goal.what != what::scale) return {};
    auto const peak = kind.white == 0 ? (kind.sample_size() == 1 ? 255.0 : 65535.0) : static_cast<double>(kind.white);
    return triptych::step(3 * peak / 255 * std::exp2(7.5 * (100 - goal.value) / 100)).at_effort(goal.effort);
}

/// Rows of which the first were read before.
class read_ahead : public row_source {
public:
    read_ahead(row_source &rows, std::size_t n) : row_source(rows.kind()), rest_(rows), first_(rows.kind()) {
        first_.shape[0] = std::min(n, rows.rows());
        first_.allocate();
        rest_.read_rows(first_.shape[0], first_.raw());
    }
    auto first() const -> any_picture const & { return first_; }
    void read_rows(std::size_t n, std::span<std::byte> out) override {
        auto const known = std::min(n, first_.shape[0] - at_), size = row_bytes();
        std::ranges::copy(std::as_const(first_).raw().subspan(at_ * size, known * size), out.begin());
        at_ += known;
        if (n > known) rest_.read_rows(n - known, out.subspan(known * size));
    }
    void finish() override { rest_.finish(); }

private:
    row_source &rest_;
    any_picture first_;
    std::size_t at_ = 0;
};

/// Encodes what comes by rows, to bytes as they come; false if that can't be done, and nothing has been read.
auto encode_by_rows(row_source &rows, encode_options const &o) -> bool {
    auto const plan = plan_for(rows.kind(), o);
    auto goal = goal_of_rows(plan, rows.kind());
    if (!goal || !plan.chosen.codec->by_rows(rows.kind())) return false;
    auto const crew = o.crew.workers();
    progress const bar("encoding " + input_name(o.in));
    return in_words(input_name(o.in), plan.chosen.entry->name, [&] {
        constexpr std::size_t judged = 256;
        read_ahead all(rows, judged);
        auto const *codec = plan.chosen.codec.get();
        if (plan.instead && goal->what != triptych::quality::kind::exact) {
            auto const size = [&](any_codec const &c, triptych::quality const &q) {
                return c.encode(all.first(), q, triptych::framing::file, crew).size();
            };
            auto const exact = triptych::exact.at_effort(o.effort);
            if (size(*plan.instead, exact) <= size(*codec, *goal)) codec = plan.instead.get(), goal = exact;
        }
        output_file out(o.out, o.overwrite);
        codec->encode_rows(
            all, *goal, [&](std::span<std::byte const> part) { out.write(part); }, crew);
        all.finish();
        out.commit();
        return true;
    });
}

void encode(encode_options const &o) {
    o.more.check_name(o.out, "a triptych stream", ".tpc");
    check_output(o.out, o.overwrite);
    auto const name = input_name(o.in);
    byte_source source(o.in);
    auto const rows = in_words(name, "", [&] { return rows_of(source, o.how); });
    if (rows && encode_by_rows(*rows, o)) return;
    auto p = rows ? in_words(name, "", [&] { return read_rows(*rows); }) : read_picture(source, name, o.how);
    auto const plan = plan_for(p, o);
    if (!o.more.keep_hidden) drop_hidden(p, plan.goal);
    bytes stream;
    {
        progress const bar("encoding " + name);
        stream = in_words(name, plan.chosen.entry->name, [&] {
            return encode_to_goal(*plan.chosen.codec, plan.instead.get(), p, plan.goal, o.crew.workers());
        });
    }
    write_file(o.out, stream, o.overwrite);
}
} // namespace

void add_encode(CLI::App &app, action &run) {
    auto const o = std::make_shared<encode_options>();
    auto &command = *app.add_subcommand("encode", "compress a picture (PNG, JPEG, PNM, PAM) or an array (NPY)");
    command.add_option("in", o->in, "the picture; - for standard input")->required()->type_name("IN");
    command.add_option("out", o->out, "the stream; - for standard output")->required()->type_name("OUT");
    command.add_option("--codec", o->codec, "see `triptych codecs`; chosen by picture and quality if not said")
        ->type_name("NAME");
    command.add_option("--model", o->model, "what `triptych train` has written")->type_name("FILE");
    o->goal.add(command, false);
    command.add_option("--effort", o->effort, "1 (fastest) to 9 (smallest)")
        ->check(CLI::Range(1, 9))
        ->type_name("N")
        ->capture_default_str();
    command.add_option("--tile", o->tile, "side of the tiles of large pictures: 256 or 512; 512 if not said")
        ->check(CLI::PositiveNumber)
        ->type_name("N");
    command.add_flag("-f,--force", o->overwrite, "replace the output if it exists");
    o->more.add(command);
    o->crew.add(command);
    add_reading(command, o->how);
    add_example(command, "dog.png dog.tpc -q 60");
    command.callback([o, &run] { run = [o] { encode(*o); }; });
}

} // namespace cli
