#include "tiles.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <limits>
#include <mutex>

#include "errors.hpp"
#include "measure.hpp"
#include "parallel.hpp"

namespace cli {
namespace {
constexpr std::string_view lossy_families[] = {"scans",   "mixture", "blocks",  "blocks8", "levels2",
                                               "levels3", "levels4", "levels6", "palette"};
constexpr std::string_view exact_families[] = {"icons", "registered"};
/// The others take what they take.
auto any_size(codec_entry const &family) -> bool {
    return family.name != "scans" && !family.name.starts_with("blocks") && family.name != "registered";
}

/// A tenth is held out, in some twenty runs rather than each tenth picture: neighbours in a folder are often siblings (tiles of one scan,
/// signs in several colours), and one that is known would flatter the other.
constexpr std::size_t fold = 10, runs = 20, least_corpus = 20;
/// All families learn from so many pictures and are judged by so many, the best of them learn from all and are judged by more...
constexpr std::size_t sample_known = 500, sample_judged = 60, most_judged = 300;
/// ...but by fewer if they had more samples than that together.
constexpr std::size_t samples_known = 1 << 21, samples_judged = 1 << 19, most_samples_judged = 1 << 21;
/// Before that, an eighth of those must show that a family does not take so many times what the general codec takes (successive
/// halving: Jamieson and Talwalkar, 2016). A family within some decibels above the goal may yet come down.
constexpr double hopeless = 3, near_goal = 3;
constexpr std::size_t glimpse = 8;
/// Families that come within this factor of the best on the sample are tried on the whole, but at most so many.
constexpr double promising = 1.25;
constexpr std::size_t finalists = 3;
/// So do those that missed the goal by no more decibels, for all pictures teach more components; by then a decibel is a fifth more bytes.
constexpr double nearly = 1.5, bytes_a_decibel = 1.2;
/// The smaller model is taken if it costs less than this factor.
constexpr double hardly_larger = 1.01;
/// Pictures that come back exactly have an infinite PSNR; for the mean they count as this far above the goal.
constexpr double exact_above = 20;

/// Evenly spread.
template <class T>
auto sample(std::vector<T> const &all, std::size_t most) -> std::vector<T> {
    if (all.size() <= most) return all;
    std::vector<T> some;
    for (std::size_t i = 0; i < most; ++i) some.push_back(all[i * all.size() / most]);
    return some;
}

/// As many of pictures of `size` samples as have `samples` together, but not hardly any.
auto affordable(std::size_t most, std::size_t samples, std::size_t size) -> std::size_t {
    return std::clamp<std::size_t>(samples / std::max<std::size_t>(size, 1), std::min<std::size_t>(most, 20), most);
}

/// What is looked at: pictures with alpha composited on white, for the colour of what is transparent matters to nobody.
auto on_white(any_picture const &p) -> any_picture {
    auto const *const from = std::get_if<std::vector<std::uint8_t>>(&p.samples);
    if (!from || p.components % 2 != 0) return p;
    auto seen = p;
    seen.components = p.components - 1;
    std::vector<std::uint8_t> to;
    for (std::size_t i = 0; i < from->size(); i += p.components) {
        unsigned const alpha = (*from)[i + seen.components];
        for (std::size_t c = 0; c < seen.components; ++c)
            to.push_back(static_cast<std::uint8_t>(((*from)[i + c] * alpha + 255 * (255 - alpha) + 127) / 255));
    }
    seen.samples = std::move(to);
    return seen;
}

struct judged {
    double bytes = 0, psnr = 0;
};
auto judge(any_codec const &codec, std::vector<any_picture> const &pictures, triptych::quality const &goal, double most)
    -> judged {
    judged j;
    for (auto const &p : pictures) {
        auto const record = codec.encode(p, goal, triptych::framing::record);
        j.bytes += static_cast<double>(record.size());
        j.psnr += std::min(psnr(on_white(p), on_white(codec.decode_record(record, p))), most);
    }
    auto const n = static_cast<double>(pictures.size());
    return {j.bytes / n, j.psnr / n};
}

constexpr double least_step = 0.5, most_step = 512;

/// The step at which a codec has the wanted mean PSNR, found without learning anew, and the bytes there: between the two nearest
/// steps the logarithm of the bytes is taken as straight over decibels.
auto at_psnr(any_codec const &codec, std::vector<any_picture> const &pictures, double wanted, double guess)
    -> std::pair<double, judged> {
    auto const look = [&](double step) { return judge(codec, pictures, triptych::step(step), wanted + exact_above); };
    double fine = 0, coarse = 0; // steps on either side of the goal
    judged above, below;
    double step = std::clamp(guess, least_step, most_step);
    for (int round = 0; round < 8; ++round) {
        auto const j = look(step);
        (j.psnr >= wanted ? fine : coarse) = step;
        (j.psnr >= wanted ? above : below) = j;
        if (std::abs(j.psnr - wanted) < 0.03) break;
        if (fine > 0 && coarse > 0) {
            if (coarse / fine < 1.05) break;
            auto const part = std::clamp((above.psnr - wanted) / (above.psnr - below.psnr), 0.1, 0.9);
            step = fine * std::pow(coarse / fine, part);
            continue;
        }
        if (step == (fine > 0 ? most_step : least_step)) break;
        // A decibel is an eighth of the step, a little more at low rates.
        step = std::clamp(step * std::pow(10, std::clamp((j.psnr - wanted) * 1.3, -20.0, 20.0) / 20), least_step,
                          most_step);
    }
    if (fine == 0) return {coarse, below};
    if (coarse == 0) return {fine, above};
    auto const part = (above.psnr - wanted) / std::max(above.psnr - below.psnr, 1e-9);
    return {fine * std::pow(coarse / fine, part), {above.bytes * std::pow(below.bytes / above.bytes, part), wanted}};
}

auto usual_step(double psnr) -> double {
    return std::clamp(255 * std::pow(10, -psnr / 20) * std::sqrt(12.0), least_step, most_step);
}

/// Learns little and looks: why a family that is compared at `psnr` need not be tried; empty if it should.
auto glimpsed(codec_entry const &family, training how, std::vector<any_picture> const &pictures, double psnr,
              attempt const &general) -> std::string {
    how.pictures = sample(how.pictures, how.pictures.size() / glimpse);
    how.step = static_cast<float>(usual_step(psnr));
    try {
        auto const codec = family.train(how);
        auto const goal = family.exact_only ? triptych::exact : triptych::step(how.step);
        auto const j = judge(*codec, sample(pictures, std::max<std::size_t>(pictures.size() / glimpse, 5)), goal,
                             psnr + exact_above);
        if (j.bytes <= hopeless * general.bytes || (!family.exact_only && j.psnr > psnr + near_goal)) return {};
        std::array<char, 120> text{};
        std::snprintf(text.data(), text.size(), "given up at %.1f bytes for %.1f dB, learned from %zu pictures",
                      j.bytes, j.psnr, how.pictures.size());
        return text.data();
    } catch (data_error const &) {
        return {}; // too few for this family; more may do
    }
}

/// Learns, and learns again where the step turns out to be another one.
void learn_at(attempt &a, training how, std::vector<any_picture> const &pictures, double psnr, int rounds) {
    double step = a.step > 0 ? a.step : usual_step(psnr);
    for (int round = 0; round < rounds; ++round) {
        how.step = static_cast<float>(std::clamp(step, least_step, most_step));
        auto const codec = a.family->train(how);
        auto const [found, j] = at_psnr(*codec, pictures, psnr, how.step);
        step = found;
        // Learning for the very step is not always better: a network that redraws learns less from maps that are too smooth.
        auto const reached = std::min(j.psnr, psnr - 0.05), before = std::min(a.psnr, psnr - 0.05);
        if (round == 0 || reached > before || (reached == before && j.bytes < a.bytes)) {
            a.learned_step = how.step, a.step = static_cast<float>(step);
            a.bytes = j.bytes, a.psnr = j.psnr, a.parameters = codec->parameters();
        }
        if (std::abs(std::log2(step / static_cast<double>(how.step))) < 0.1) break;
    }
    if (a.psnr < psnr - 0.05) {
        std::array<char, 80> text{};
        std::snprintf(text.data(), text.size(), "reaches %.1f dB and no more, in %.1f bytes", a.psnr, a.bytes);
        a.failure = text.data();
    }
}

auto tried(attempt a, training how, std::vector<any_picture> const &pictures, std::optional<double> psnr,
           attempt const &general) -> attempt {
    auto const start = thread_seconds();
    a.learned_from = how.pictures.size();
    a.failure.clear();
    bool const sampled = a.model_size == 0;
    if (!sampled) how.model_size = a.model_size;
    try {
        if (psnr && sampled) a.failure = glimpsed(*a.family, how, pictures, *psnr, general);
        if (!a.failure.empty()) {
            // Not worth more.
        } else if (psnr && !a.family->exact_only) {
            learn_at(a, how, pictures, *psnr, sampled ? 1 : 2);
        } else {
            auto const codec = a.family->train(how);
            a.bytes = judge(*codec, pictures, triptych::exact, 0).bytes;
            a.psnr = std::numeric_limits<double>::infinity(), a.parameters = codec->parameters();
        }
    } catch (data_error const &e) {
        a.failure = e.what();
    } catch (usage_error const &e) {
        a.failure = e.what();
    }
    a.seconds = thread_seconds() - start;
    return a;
}

void sort(std::vector<attempt> &attempts) {
    std::ranges::stable_sort(attempts, {}, [](attempt const &a) { return std::pair(!a.failure.empty(), a.bytes); });
}

} // namespace

auto choose_tiles(training how, std::optional<double> psnr) -> chosen_codec {
    if (how.pictures.size() < least_corpus)
        throw data_error("a corpus of fewer than " + std::to_string(least_corpus) +
                         " pictures is too small to choose by");
    // Small pictures fit into memory, and each is read many times.
    for (auto &i : how.pictures)
        if (!i.stack) i.loaded = std::make_shared<any_picture>(i.read({}));
    auto const whole = how.pictures;
    auto known = how;
    known.pictures.clear(), known.progress = [](std::string_view, std::size_t, std::size_t) {};
    std::vector<any_picture> held;
    auto const run = std::max<std::size_t>(1, whole.size() / (fold * runs));
    for (std::size_t i = 0; i < whole.size(); ++i)
        if (i % (fold * run) >= (fold - 1) * run)
            held.push_back(whole[i].read({}));
        else
            known.pictures.push_back(whole[i]);
    auto const size = held.front().size();
    held = sample(held, affordable(most_judged, most_samples_judged, size));

    std::vector<attempt> attempts;
    auto const add = [&](std::span<std::string_view const> names) {
        for (auto const name : names) attempts.emplace_back().family = &codec_named(name);
    };
    if (psnr) add(lossy_families);
    add(exact_families);

    chosen_codec result;
    result.judged_by = held.size();
    result.general.family = &codec_named(psnr ? "photo" : "lossless");
    auto const general = result.general.family->make(std::nullopt);
    auto const start = thread_seconds();
    if (psnr) {
        auto const [step, j] = at_psnr(*general, held, *psnr, usual_step(*psnr));
        result.general.step = static_cast<float>(step), result.general.bytes = j.bytes, result.general.psnr = j.psnr;
    } else {
        result.general.bytes = judge(*general, held, triptych::exact, 0).bytes;
        result.general.psnr = std::numeric_limits<double>::infinity();
    }
    result.general.seconds = thread_seconds() - start;

    std::mutex mutex;
    std::size_t done = 0;
    auto const try_all = [&](std::string_view what, std::vector<attempt> &all, training const &by,
                             std::vector<any_picture> const &pictures) {
        done = 0, how.progress(what, 0, all.size());
        // An attempt takes one thread, so that as many run at once as there are threads.
        auto single = by;
        single.threads = 1;
        in_parallel(all.size(), how.threads, [&](std::size_t i) {
            all[i] = tried(all[i], single, pictures, psnr, result.general);
            std::lock_guard const lock(mutex);
            how.progress(what, ++done, all.size());
        });
        sort(all);
    };

    auto part = known;
    part.pictures = sample(known.pictures, affordable(sample_known, samples_known, size));
    try_all("trying families of codecs", attempts, part, sample(held, affordable(sample_judged, samples_judged, size)));
    result.sampled = attempts;

    auto const expected = [&](attempt const &a) {
        if (a.failure.empty()) return a.bytes;
        bool const near = psnr && a.psnr > *psnr - nearly;
        return near ? a.bytes * std::pow(bytes_a_decibel, *psnr - a.psnr) : std::numeric_limits<double>::infinity();
    };
    std::ranges::stable_sort(attempts, {}, expected);
    if (std::isinf(expected(attempts.front())))
        throw data_error("no family of codecs can be learned from this corpus; " +
                         std::string(attempts.front().family->name) + ": " + attempts.front().failure);
    for (std::size_t i = 0; i < std::min(finalists, attempts.size()); ++i) {
        auto a = attempts[i];
        if (expected(a) > promising * expected(attempts.front())) break;
        if (any_size(*a.family))
            a.model_size = std::max<std::uint64_t>(how.model_size / 8, 1000), result.whole.push_back(a);
        a.model_size = how.model_size, result.whole.push_back(a);
    }
    try_all("trying the best with all pictures", result.whole, known, held);
    // A size that a family could not fill gave what the other one gave.
    auto const same = [](attempt const &a, attempt const &b) {
        return a.family == b.family && a.parameters == b.parameters;
    };
    result.whole.erase(std::unique(result.whole.begin(), result.whole.end(), same), result.whole.end());
    if (!result.whole.front().failure.empty())
        throw data_error("the corpus can't be learned from: " + result.whole.front().failure);
    auto const smallest = result.whole.front().bytes;
    auto const lean = std::ranges::min_element(result.whole, {}, [&](attempt const &a) {
        return std::pair(!a.failure.empty() || a.bytes > hardly_larger * smallest, a.parameters);
    });
    std::rotate(result.whole.begin(), lean, lean + 1);

    auto &best = result.whole.front();
    how.step = best.learned_step > 0 ? best.learned_step : how.step;
    if (best.model_size > 0) how.model_size = best.model_size;
    result.codec = best.family->train(how);
    return result;
}

auto as_table(chosen_codec const &chosen, std::optional<double> psnr) -> std::string {
    std::string text;
    auto const line = [&](attempt const &a) {
        std::array<char, 400> t{};
        auto const name = std::string(a.family->name);
        if (!a.failure.empty())
            std::snprintf(t.data(), t.size(), "  %-10s  %.300s\n", name.c_str(), a.failure.c_str());
        else if (std::isinf(a.psnr))
            std::snprintf(t.data(), t.size(), "  %-10s %9.1f     exact       -  %11llu %9.1f\n", name.c_str(), a.bytes,
                          static_cast<unsigned long long>(a.parameters), a.seconds);
        else
            std::snprintf(t.data(), t.size(), "  %-10s %9.1f  %8.2f %7.2f  %11llu %9.1f\n", name.c_str(), a.bytes,
                          a.psnr, static_cast<double>(a.step), static_cast<unsigned long long>(a.parameters),
                          a.seconds);
        text += t.data();
    };
    auto const part = [&](std::vector<attempt> const &all) {
        if (all.empty()) return;
        text += "learned from " + std::to_string(all.front().learned_from) + " pictures\n";
        text += "  family         bytes   PSNR dB    step   parameters CPU s\n";
        for (auto const &a : all) line(a);
    };
    part(chosen.sampled);
    part(chosen.whole);
    text += "not learned\n";
    line(chosen.general);
    auto const &best = chosen.best();
    std::array<char, 300> t{};
    std::snprintf(t.data(), t.size(),
                  "chosen: %s, %.1f bytes a picture (mean record of %zu that it has not learned from)",
                  std::string(best.family->name).c_str(), best.bytes, chosen.judged_by);
    text += t.data();
    if (psnr)
        std::snprintf(t.data(), t.size(), " at %.2f dB\n", best.psnr);
    else
        std::snprintf(t.data(), t.size(), ", nothing lost\n");
    text += t.data();
    if (chosen.general.bytes < best.bytes && (!psnr || chosen.general.psnr >= *psnr - 0.05))
        text += "but " + std::string(chosen.general.family->name) +
                ", which needs no model, is smaller on these pictures\n";
    return text;
}

} // namespace cli
