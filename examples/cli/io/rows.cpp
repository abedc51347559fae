#include "io/rows.hpp"

#include "errors.hpp"

namespace cli {

auto row_bytes_of(any_picture const &kind) -> std::size_t {
    auto n = kind.components * kind.sample_size();
    for (std::size_t axis = 1; axis < kind.rank(); ++axis) n *= kind.shape[axis];
    return n;
}

auto written_by_rows(std::string const &format) -> bool {
    return format == "npy" || format == "pnm" || format == "pgm" || format == "ppm" || format == "pam";
}

auto sink_of(any_picture const &kind, std::string const &format, std::uint32_t white, byte_sink put)
    -> std::unique_ptr<row_sink> {
    return format == "npy" ? npy_sink(kind, std::move(put)) : pnm_sink(kind, format, white, std::move(put));
}

auto rows_of(byte_source &source, reading const &how) -> std::unique_ptr<row_source> {
    switch (guess_format(source.ahead(8))) {
    case file_format::pnm:
        return pnm_rows(source, how);
    case file_format::npy:
        return npy_rows(source, how);
    default:
        return nullptr;
    }
}

auto read_rows(row_source &rows) -> any_picture {
    auto p = rows.kind();
    p.allocate();
    rows.read_rows(rows.rows(), p.raw());
    rows.finish();
    return p;
}

} // namespace cli
