#include "io/pictures.hpp"

#include <algorithm>
#include <array>

#include "errors.hpp"

namespace cli {
namespace {
auto begins(std::span<std::byte const> content, std::string_view what) -> bool {
    return content.size() >= what.size() &&
           std::equal(what.begin(), what.end(), content.begin(), [](char a, std::byte b) {
               return static_cast<unsigned char>(a) == static_cast<unsigned char>(b);
           });
}
} // namespace

auto guess_format(std::span<std::byte const> content) -> file_format {
    if (begins(content, "\xd7TPC")) return file_format::stream;
    if (begins(content, "\xd7TPK")) return file_format::pack;
    if (begins(content, "\x89PNG")) return file_format::png;
    if (begins(content, "\xff\xd8")) return file_format::jpeg;
    if (begins(content, "\x93NUMPY")) return file_format::npy;
    if (content.size() > 2 && begins(content, "P")) {
        auto const kind = static_cast<char>(content[1]);
        auto const after = static_cast<char>(content[2]);
        if (kind >= '1' && kind <= '7' &&
            (after == '\n' || after == '\r' || after == ' ' || after == '\t' || after == '#'))
            return file_format::pnm;
    }
    return file_format::unknown;
}

auto format_name(file_format f) -> char const * {
    constexpr std::array names{"unknown", "triptych", "triptych pack", "PNG", "JPEG", "PNM", "NPY"};
    return names[static_cast<std::size_t>(f)];
}

auto picture_endings() -> std::span<std::string_view const> {
    static constexpr std::array<std::string_view, 9> endings{".png", ".jpg", ".jpeg", ".pbm", ".pgm",
                                                             ".ppm", ".pnm", ".pam",  ".npy"};
    return endings;
}

void check_extents(std::span<std::uint64_t const> extents, reading const &how) {
    std::uint64_t samples = 1;
    for (auto const e : extents) {
        if (e != 0 && samples > how.max_samples / e)
            throw data_error("has more than " + std::to_string(how.max_samples) +
                             " samples; --max-samples raises the limit");
        samples *= e;
        if (e == 0) return;
    }
}

auto read_picture(std::span<std::byte const> content, std::string const &name, reading const &how) -> any_picture {
    if (content.empty()) throw data_error(name + ": is empty");
    try {
        switch (guess_format(content)) {
        case file_format::png:
            return read_png(content, how);
        case file_format::jpeg:
            return read_jpeg(content, how);
        case file_format::pnm:
            return read_pnm(content, how);
        case file_format::npy:
            return read_npy(content, how);
        case file_format::stream:
            throw data_error("is a triptych stream, not a picture; decode it first");
        case file_format::pack:
            throw data_error("is a pack of pictures; see `triptych list` and `triptych unpack`");
        case file_format::unknown:
            break;
        }
        throw data_error("is no PNG, JPEG, PNM, PAM or NPY file");
    } catch (data_error const &e) {
        throw data_error(name + ": " + e.what());
    }
}

auto write_picture(any_picture const &p, std::string const &kind, std::uint32_t white) -> bytes {
    if (kind == "png") return write_png(p);
    if (kind == "npy") return write_npy(p);
    if (kind == "pnm" || kind == "pgm" || kind == "ppm" || kind == "pam") return write_pnm(p, kind, white);
    if (kind == "jpg" || kind == "jpeg")
        throw usage_error("JPEG is read but not written; choose .png, .pnm, .pam or .npy");
    throw usage_error("no picture format is called \"" + kind + "\"; choose .png, .pgm, .ppm, .pnm, .pam or .npy");
}

} // namespace cli
