#include "io/rows.hpp"

#include "errors.hpp"

namespace cli {

auto row_source::row_bytes() const -> std::size_t {
    auto n = kind_.components * kind_.sample_size();
    for (std::size_t axis = 1; axis < kind_.rank(); ++axis) n *= kind_.shape[axis];
    return n;
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
