// png.cpp: PNG through libpng. libpng reports errors by longjmp, so nothing with a destructor lives in the frames it leaves.
#include <array>
#include <bit>
#include <csetjmp>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <new>

#include <png.h>

#include "errors.hpp"
#include "io/pictures.hpp"

namespace cli {
namespace {

struct png_trouble {
    std::array<char, 200> text{};
    byte_source *source = nullptr; ///< of what is read
    std::exception_ptr failure;    ///< what the source threw
    bool out_of_memory = false;
};

extern "C" {
[[noreturn]] void note_png_error(png_structp png, png_const_charp message) {
    auto *const t = static_cast<png_trouble *>(png_get_error_ptr(png));
    std::snprintf(t->text.data(), t->text.size(), "%s", message);
    png_longjmp(png, 1);
}
void ignore_png_warning(png_structp, png_const_charp) {}

void read_png_bytes(png_structp png, png_bytep out, png_size_t n) {
    bool whole = false;
    auto *const t = static_cast<png_trouble *>(png_get_error_ptr(png));
    try {
        whole = t->source->read(std::as_writable_bytes(std::span(out, n))) == n;
    } catch (...) {
        t->failure = std::current_exception(); // not from within the handler: longjmp must not skip its end
    }
    if (!whole) png_error(png, "is truncated");
}
auto get_png_memory(png_structp png, png_alloc_size_t n) -> png_voidp {
    auto *const p = std::malloc(n);
    if (!p) static_cast<png_trouble *>(png_get_mem_ptr(png))->out_of_memory = true;
    return p;
}
void free_png_memory(png_structp, png_voidp p) {
    std::free(p);
}
void append_png_bytes(png_structp png, png_bytep data, png_size_t n) {
    auto *const out = static_cast<bytes *>(png_get_io_ptr(png));
    auto const *const first = reinterpret_cast<std::byte const *>(data);
    try {
        out->insert(out->end(), first, first + n);
    } catch (...) {
        n = 0; // not from within the handler: longjmp must not skip its end
    }
    if (n == 0) png_error(png, "there is not enough memory");
}
void flush_png_bytes(png_structp) {}
}

struct png_reader {
    png_structp png = nullptr;
    png_infop info = nullptr;
    png_trouble t;
    png_uint_32 width = 0, height = 0;
    std::size_t components = 0, depth = 0;

    explicit png_reader(byte_source &source) {
        t.source = &source;
        png = png_create_read_struct_2(PNG_LIBPNG_VER_STRING, &t, note_png_error, ignore_png_warning, &t,
                                       get_png_memory, free_png_memory);
        info = png ? png_create_info_struct(png) : nullptr;
        if (!info) throw std::bad_alloc();
    }
    png_reader(png_reader const &) = delete;
    auto operator=(png_reader const &) -> png_reader & = delete;
    ~png_reader() { png_destroy_read_struct(&png, &info, nullptr); }

    auto header() -> bool {
        if (setjmp(png_jmpbuf(png))) return false;
        png_set_read_fn(png, nullptr, read_png_bytes);
        png_set_user_limits(png, 0x7fffffff, 0x7fffffff); // check_extents says how large a picture may be
        // Texts and profiles, of which nobody asks anything; more than this is passed over.
        png_set_chunk_malloc_max(png, 1 << 22);
        png_set_chunk_cache_max(png, 64);
        png_read_info(png, info);
        width = png_get_image_width(png, info), height = png_get_image_height(png, info);
        png_set_expand(png); // palettes and fewer than 8 bits; a transparent colour becomes alpha
        if constexpr (std::endian::native == std::endian::little) png_set_swap(png);
        png_set_interlace_handling(png);
        png_read_update_info(png, info);
        components = png_get_channels(png, info), depth = png_get_bit_depth(png, info);
        return true;
    }
    auto pixels(png_bytepp rows) -> bool {
        if (setjmp(png_jmpbuf(png))) return false;
        png_read_image(png, rows);
        png_read_end(png, nullptr);
        return true;
    }
};

struct png_maker {
    png_structp png = nullptr;
    png_infop info = nullptr;
    png_trouble t;

    png_maker() {
        png = png_create_write_struct(PNG_LIBPNG_VER_STRING, &t, note_png_error, ignore_png_warning);
        info = png ? png_create_info_struct(png) : nullptr;
        if (!info) throw std::bad_alloc();
    }
    png_maker(png_maker const &) = delete;
    auto operator=(png_maker const &) -> png_maker & = delete;
    ~png_maker() { png_destroy_write_struct(&png, &info); }

    auto write(bytes *out, png_uint_32 width, png_uint_32 height, int depth, int colour, png_bytepp rows) -> bool {
        if (setjmp(png_jmpbuf(png))) return false;
        png_set_user_limits(png, 0x7fffffff, 0x7fffffff);
        png_set_write_fn(png, out, append_png_bytes, flush_png_bytes);
        png_set_IHDR(png, info, width, height, depth, colour, PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT,
                     PNG_FILTER_TYPE_DEFAULT);
        png_write_info(png, info);
        if constexpr (std::endian::native == std::endian::little)
            if (depth == 16) png_set_swap(png);
        png_write_image(png, rows);
        png_write_end(png, nullptr);
        return true;
    }
};

/// libpng's words, made part of a sentence.
[[noreturn]] void damaged(png_trouble const &t) {
    if (t.failure) std::rethrow_exception(t.failure);
    if (t.out_of_memory) throw std::bad_alloc();
    std::string_view const text(t.text.data());
    if (text == "is truncated") throw data_error("is truncated");
    throw data_error("is a damaged PNG file (" + std::string(text) + ")");
}

template <class S>
auto row_pointers(std::vector<S> &samples, std::size_t height) -> std::vector<png_bytep> {
    std::vector<png_bytep> rows(height);
    for (std::size_t y = 0; y < height; ++y)
        rows[y] = reinterpret_cast<png_bytep>(samples.data() + y * (samples.size() / height));
    return rows;
}

} // namespace

auto read_png(byte_source &source, reading const &how) -> any_picture {
    png_reader r(source);
    if (!r.header()) damaged(r.t);
    std::uint64_t const extents[] = {r.height, r.width, r.components};
    check_extents(extents, how);
    any_picture p;
    p.shape = {r.height, r.width}, p.components = r.components, p.white = r.depth == 16 ? 65535 : 255;
    p.alpha = r.components % 2 == 0;
    auto const read = [&]<class S>(std::vector<S> samples) {
        auto rows = row_pointers(samples, r.height);
        if (!r.pixels(rows.data())) damaged(r.t);
        p.samples = std::move(samples);
    };
    auto const size = std::size_t{r.height} * r.width * r.components;
    if (r.depth == 16)
        read(std::vector<std::uint16_t>(size));
    else
        read(std::vector<std::uint8_t>(size));
    return p;
}

auto write_png(any_picture const &p) -> bytes {
    auto const type = p.type();
    if (p.rank() != 2 || p.components == 0 || p.components > 4 ||
        (type != triptych::sample_type::uint8 && type != triptych::sample_type::uint16))
        throw usage_error("a PNG file holds pictures of 1 to 4 components, uint8 or uint16; this is " + kind_name(p) +
                          ": write .npy");
    if (p.size() == 0 || p.shape[0] > 0x7fffffff || p.shape[1] > 0x7fffffff)
        throw usage_error("a PNG file can't hold " + shape_name(p.shape) + " pixels: write .npy");
    constexpr std::array colours{PNG_COLOR_TYPE_GRAY, PNG_COLOR_TYPE_GRAY_ALPHA, PNG_COLOR_TYPE_RGB,
                                 PNG_COLOR_TYPE_RGB_ALPHA};
    bytes out;
    png_maker w;
    auto const write = [&](auto samples) { // a copy: libpng takes rows that it might write to
        auto rows = row_pointers(samples, p.shape[0]);
        if (!w.write(&out, static_cast<png_uint_32>(p.shape[1]), static_cast<png_uint_32>(p.shape[0]),
                     type == triptych::sample_type::uint16 ? 16 : 8, colours[p.components - 1], rows.data()))
            throw std::bad_alloc();
    };
    if (type == triptych::sample_type::uint16)
        write(std::get<std::vector<std::uint16_t>>(p.samples));
    else
        write(std::get<std::vector<std::uint8_t>>(p.samples));
    return out;
}

} // namespace cli
