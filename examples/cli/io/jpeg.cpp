// jpeg.cpp: JPEG through libjpeg, reading only. Errors come by longjmp, so nothing with a destructor lives in the frames it leaves.
#include <algorithm>
#include <array>
#include <csetjmp>
#include <cstdio>
#include <exception>
#include <new>
#include <utility>

#include <jpeglib.h>

#include <jerror.h>

#include "errors.hpp"
#include "io/pictures.hpp"

namespace cli {
namespace {

struct jpeg_reader {
    jpeg_decompress_struct c{};
    jpeg_error_mgr errors{};
    jpeg_progress_mgr passes{};
    jpeg_source_mgr input{};
    byte_source *source = nullptr;
    std::size_t window = 0;     ///< bytes of the source that libjpeg is looking at
    std::exception_ptr failure; ///< what the source threw
    bool out_of_memory = false;
    std::jmp_buf back{};
    std::array<char, JMSG_LENGTH_MAX> text{};
    bool truncated = false, damaged = false;

    explicit jpeg_reader(byte_source &from);
    jpeg_reader(jpeg_reader const &) = delete;
    auto operator=(jpeg_reader const &) -> jpeg_reader & = delete;
    ~jpeg_reader() { jpeg_destroy_decompress(&c); }

    auto header() -> bool {
        if (setjmp(back)) return false;
        jpeg_create_decompress(&c);
        c.client_data = this, c.progress = &passes, c.src = &input;
        jpeg_read_header(&c, TRUE);
        return true;
    }
    auto pixels(std::uint8_t *out) -> bool {
        if (setjmp(back)) return false;
        c.out_color_space = c.num_components == 1 ? JCS_GRAYSCALE : JCS_RGB;
        jpeg_start_decompress(&c);
        for (auto const row = std::size_t{c.output_width} * static_cast<std::size_t>(c.output_components);
             c.output_scanline < c.output_height;) {
            JSAMPROW line = out + c.output_scanline * row;
            jpeg_read_scanlines(&c, &line, 1);
        }
        jpeg_finish_decompress(&c);
        return true;
    }
};

extern "C" {
[[noreturn]] void leave_jpeg(j_common_ptr c) {
    auto *const r = static_cast<jpeg_reader *>(c->client_data);
    c->err->format_message(c, r->text.data());
    if (c->err->msg_code == JERR_OUT_OF_MEMORY) r->out_of_memory = true;
    std::longjmp(r->back, 1);
}
void note_jpeg_message(j_common_ptr c, int level) {
    if (level >= 0) return;
    auto *const r = static_cast<jpeg_reader *>(c->client_data);
    auto const code = c->err->msg_code;
    // Padding before a marker and odd version numbers are common and harmless; all other warnings mean wrong pixels.
    if (code == JWRN_EXTRANEOUS_DATA || code == JWRN_ADOBE_XFORM || code == JWRN_JFIF_MAJOR) return;
    if (!r->damaged) c->err->format_message(c, r->text.data());
    r->damaged = true;
    if (code == JWRN_JPEG_EOF) r->truncated = true;
}
void no_jpeg_output(j_common_ptr) {}
auto fill_jpeg_window(j_decompress_ptr c) -> boolean {
    static constexpr JOCTET end_of_image[] = {0xff, JPEG_EOI};
    auto *const r = static_cast<jpeg_reader *>(c->client_data);
    r->input.next_input_byte = end_of_image, r->input.bytes_in_buffer = 2; // as libjpeg's own sources do at an end
    try {
        r->source->skip(std::exchange(r->window, 0));
        if (auto const part = r->source->ahead(4096); !part.empty())
            r->input.next_input_byte = reinterpret_cast<JOCTET const *>(part.data()),
            r->input.bytes_in_buffer = r->window = part.size();
    } catch (...) {
        r->failure = std::current_exception(); // not from within the handler: longjmp must not skip its end
    }
    if (r->failure) ERREXIT(c, JERR_FILE_READ);
    if (r->window == 0) WARNMS(c, JWRN_JPEG_EOF);
    return TRUE;
}
void skip_jpeg_bytes(j_decompress_ptr c, long n) {
    auto &input = *c->src;
    for (auto left = static_cast<std::size_t>(std::max(n, 0L)); left > 0;) {
        if (input.bytes_in_buffer == 0) {
            fill_jpeg_window(c);
            if (static_cast<jpeg_reader *>(c->client_data)->window == 0) return;
        }
        auto const part = std::min(left, input.bytes_in_buffer);
        input.next_input_byte += part, input.bytes_in_buffer -= part, left -= part;
    }
}
void start_jpeg_source(j_decompress_ptr) {}
void limit_jpeg_scans(j_common_ptr c) {
    // A progressive file of a few kB may ask for thousands of passes over a large picture.
    if (reinterpret_cast<j_decompress_ptr>(c)->input_scan_number > 300) ERREXIT(c, JERR_BAD_PROGRESSION);
}
}

jpeg_reader::jpeg_reader(byte_source &from) : source(&from) {
    input.init_source = input.term_source = start_jpeg_source, input.fill_input_buffer = fill_jpeg_window;
    input.skip_input_data = skip_jpeg_bytes, input.resync_to_restart = jpeg_resync_to_restart;
    c.err = jpeg_std_error(&errors);
    errors.error_exit = leave_jpeg, errors.emit_message = note_jpeg_message, errors.output_message = no_jpeg_output;
    passes.progress_monitor = limit_jpeg_scans;
    c.client_data = this;
}

} // namespace

auto read_jpeg(byte_source &source, reading const &how) -> any_picture {
    jpeg_reader r(source);
    auto const damaged = [&] {
        if (r.failure) std::rethrow_exception(r.failure);
        if (r.out_of_memory) throw std::bad_alloc();
        if (r.truncated) return data_error("is truncated");
        return data_error("is a damaged JPEG file (" + std::string(r.text.data()) + ")");
    };
    if (!r.header()) throw damaged();
    if (r.c.jpeg_color_space == JCS_CMYK || r.c.jpeg_color_space == JCS_YCCK)
        throw data_error("is a JPEG file in CMYK; convert it to RGB first");
    if (r.c.num_components != 1 && r.c.num_components != 3)
        throw data_error("is a JPEG file of " + std::to_string(r.c.num_components) +
                         " components, neither gray nor RGB");
    std::uint64_t const extents[] = {r.c.image_height, r.c.image_width, static_cast<std::uint64_t>(r.c.num_components)};
    check_extents(extents, how);
    any_picture p;
    p.shape = {r.c.image_height, r.c.image_width}, p.components = static_cast<std::size_t>(r.c.num_components),
    p.white = 255;
    std::vector<std::uint8_t> samples(p.shape[0] * p.shape[1] * p.components);
    if (!r.pixels(samples.data()) || r.damaged) throw damaged();
    p.samples = std::move(samples);
    return p;
}

} // namespace cli
