#include "codecs.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include <triptych/learn/storage/safetensors.hpp>

#include "errors.hpp"
#include "suggest.hpp"

namespace cli {
namespace {
/// The step that the tool has written into a model's metadata; nothing if they are not the tool's.
auto step_of(std::span<std::byte const> model) -> std::optional<float> {
    auto const metadata = triptych::metadata_of(model);
    auto const found = metadata.find("triptych.step");
    if (found == metadata.end()) return {};
    auto const step = std::strtof(found->second.c_str(), nullptr);
    return std::isfinite(step) && step > 0 ? std::optional(step) : std::nullopt;
}
} // namespace

// The table. Order is that of `triptych codecs`.
auto photo_codec() -> codec_entry;
auto lossless_codec() -> codec_entry;
auto near_lossless_codec() -> codec_entry;
auto dct_codec() -> codec_entry;
auto wavelet_codec() -> codec_entry;
auto jpeg_like_codec() -> codec_entry;
auto pca_codec() -> codec_entry;
auto icons_codec() -> codec_entry;
auto palette_codec() -> codec_entry;
auto levels2_codec() -> codec_entry;
auto levels3_codec() -> codec_entry;
auto levels4_codec() -> codec_entry;
auto levels6_codec() -> codec_entry;
auto scans_codec() -> codec_entry;
auto mixture_codec() -> codec_entry;
auto blocks_codec() -> codec_entry;
auto blocks8_codec() -> codec_entry;
auto registered_codec() -> codec_entry;

auto codecs() -> std::span<codec_entry const> {
    static std::vector<codec_entry> const table{
        photo_codec(),   lossless_codec(), near_lossless_codec(), dct_codec(),     wavelet_codec(), jpeg_like_codec(),
        pca_codec(),     icons_codec(),    palette_codec(),       levels2_codec(), levels3_codec(), levels4_codec(),
        levels6_codec(), scans_codec(),    mixture_codec(),       blocks_codec(),  blocks8_codec(), registered_codec()};
    return table;
}

auto photo_alpha_codec() -> codec_entry;
auto near_lossless_alpha_codec() -> codec_entry;
auto dct_alpha_codec() -> codec_entry;
auto wavelet_alpha_codec() -> codec_entry;
auto jpeg_like_alpha_codec() -> codec_entry;
auto photo256_codec() -> codec_entry;
auto photo256_alpha_codec() -> codec_entry;
auto lossless256_codec() -> codec_entry;

namespace {
/// Those that are chosen by themselves or by --tile.
auto variants() -> std::span<codec_entry const> {
    static std::vector<codec_entry> const table{photo_alpha_codec(),    near_lossless_alpha_codec(), dct_alpha_codec(),
                                                wavelet_alpha_codec(),  jpeg_like_alpha_codec(),     photo256_codec(),
                                                photo256_alpha_codec(), lossless256_codec()};
    return table;
}
template <class T>
auto find_codec(T const &value, T codec_entry::*member) -> codec_entry const * {
    for (auto const all : {codecs(), variants()})
        if (auto const found = std::ranges::find(all, value, member); found != all.end()) return &*found;
    return nullptr;
}
} // namespace

auto codec_named(std::string_view name) -> codec_entry const & {
    if (auto const *const found = find_codec(name, &codec_entry::name)) return *found;
    std::vector<std::string> names;
    for (auto const &c : codecs()) names.emplace_back(c.name);
    std::string list;
    for (auto const &n : names) list += (list.empty() ? "" : ", ") + n;
    auto const alike = most_alike(name, names);
    throw usage_error("no codec is called \"" + std::string(name) + "\"; " +
                      (alike.empty() ? "" : "did you mean " + alike + "? ") + "There are " + list);
}

auto codec_with_id(std::uint32_t id) -> codec_entry const * {
    return find_codec(id, &codec_entry::id);
}

auto codec_described(std::string_view description) -> codec_entry const * {
    auto const all = codecs();
    auto const found = std::ranges::find(all, description, &codec_entry::description);
    return found == all.end() ? nullptr : &*found;
}

auto open_codec(codec_entry const &entry, std::string const &model) -> opened_codec {
    if (model.empty()) {
        auto codec = entry.make(std::nullopt);
        if (!codec) throw usage_error("codec " + std::string(entry.name) + " is learned; give its model with --model");
        return {&entry, std::move(codec), {}};
    }
    if (!entry.learned) throw usage_error("codec " + std::string(entry.name) + " takes no model");
    auto const content = read_file(model);
    try {
        return with_model(entry, content);
    } catch (std::exception const &e) {
        throw data_error(input_name(model) + ": " + e.what());
    }
}

auto with_tile(opened_codec const &codec, unsigned side) -> opened_codec {
    if (side == 0) return codec;
    auto const name = codec.entry->name;
    if (name != "photo" && name != "lossless")
        throw usage_error("codec " + std::string(name) + " takes no --tile; photo and lossless do");
    if (side != 256 && side != 512) throw usage_error("--tile takes 256 or 512, not " + std::to_string(side));
    if (side == 512) return codec;
    return open_codec(codec_named(std::string(name) + "-" + std::to_string(side)), "");
}

auto with_model(codec_entry const &entry, std::span<std::byte const> model) -> opened_codec {
    return {&entry, entry.make(model), step_of(model)};
}

auto open_model(std::string const &model) -> opened_codec {
    auto const content = read_file(model);
    std::string reason = "is no model";
    try {
        auto const metadata = triptych::metadata_of(content);
        auto const named = metadata.find("triptych.codec");
        for (auto const &c : codecs()) {
            if (!c.learned || (named != metadata.end() && named->second != c.description)) continue;
            try {
                return with_model(c, content);
            } catch (std::exception const &e) {
                reason = e.what();
            }
        }
        if (named != metadata.end() && !codec_described(named->second))
            reason = "is the model of a codec that this tool does not have (" + named->second + ")";
    } catch (triptych::format_error const &e) {
        reason = e.what();
    }
    throw data_error(input_name(model) + ": " + reason);
}

} // namespace cli
