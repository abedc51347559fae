// tiles.hpp: which family of learned codecs suits a corpus, found out by trying them on a part that they have not learned from.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "codecs.hpp"

namespace cli {

/// A family learned with one amount of model, at the goal, judged by pictures that it has not learned from.
struct attempt {
    codec_entry const *family = nullptr;
    std::uint64_t model_size = 0; ///< as in `training`; 0 for what is tried on a sample
    std::size_t learned_from = 0; ///< pictures
    float step = 0;               ///< at which the goal is met
    float learned_step = 0;       ///< which was learned for
    double bytes = 0;             ///< mean of a record, at the goal
    double psnr = 0;              ///< mean where `bytes` was measured; infinite if nothing is lost
    std::uint64_t parameters = 0;
    double seconds = 0;  ///< CPU time of learning and judging
    std::string failure; ///< why there are no figures; empty if there are
};

struct chosen_codec {
    std::vector<attempt> sampled; ///< all families, learned from a sample; the best first, failures last
    std::vector<attempt> whole;   ///< the best of them, learned from all pictures but the judging ones; the best first
    attempt general;              ///< the tool's general codec, which learns nothing
    std::size_t judged_by = 0;    ///< pictures
    std::shared_ptr<any_codec const> codec; ///< of the family of `whole.front()`, learned from the whole corpus
    attempt const &best() const { return whole.front(); }
};

/// Tries all families of codecs for small pictures, at the mean PSNR that is asked for, or those that lose nothing. `how` gives corpus,
/// model size, threads; its progress is told "what is done", done, total. Throws data_error if the corpus is too small or none can be learned.
auto choose_tiles(training how, std::optional<double> psnr) -> chosen_codec;
/// The report, for people.
auto as_table(chosen_codec const &chosen, std::optional<double> psnr) -> std::string;

} // namespace cli
