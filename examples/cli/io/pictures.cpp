#include "io/pictures.hpp"

#include <algorithm>
#include <array>
#include <new>

#include "errors.hpp"
#include "io/rows.hpp"

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
        samples *= std::max<std::uint64_t>(e, 1);
    }
}

auto read_picture(byte_source &source, std::string const &name, reading const &how) -> any_picture {
    try {
        auto const start = source.ahead(8);
        if (start.empty()) throw data_error("is empty");
        // Raw samples of four bytes, and as much again as anybody puts into a header.
        auto const format = guess_format(start);
        if (format == file_format::png || format == file_format::jpeg)
            source.end_after((std::uint64_t{1} << 26) + 4 * how.max_samples);
        switch (format) {
        case file_format::png:
            return read_png(source, how);
        case file_format::jpeg:
            return read_jpeg(source, how);
        case file_format::pnm:
            return read_rows(*pnm_rows(source, how));
        case file_format::npy:
            return read_npy(source, how);
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
    } catch (std::bad_alloc const &) {
        throw file_error(name + ": there is not enough memory");
    }
}

auto read_picture(std::span<std::byte const> content, std::string const &name, reading const &how) -> any_picture {
    byte_source source(content);
    return read_picture(source, name, how);
}

auto read_picture_file(std::string const &path, reading const &how) -> any_picture {
    byte_source source(path);
    return read_picture(source, input_name(path), how);
}

auto write_picture(any_picture const &p, std::string const &kind, std::uint32_t white) -> bytes {
    if (kind == "png") return write_png(p);
    if (kind == "jpg" || kind == "jpeg")
        throw usage_error("JPEG is read but not written; choose .png, .pnm, .pam or .npy");
    bytes out;
    out.reserve(256 + p.bytes());
    auto const put = [&](std::span<std::byte const> more) { out.insert(out.end(), more.begin(), more.end()); };
    if (!written_by_rows(kind))
        throw usage_error("no picture format is called \"" + kind + "\"; choose .png, .pgm, .ppm, .pnm, .pam or .npy");
    auto const sink = sink_of(p, kind, white, put);
    // In parts: a sink may make a copy of what it is given.
    auto const samples = p.raw();
    constexpr std::size_t part = 1 << 16;
    for (std::size_t at = 0; at < samples.size(); at += part)
        sink->write_rows(samples.subspan(at, std::min(part, samples.size() - at)));
    return out;
}

} // namespace cli
