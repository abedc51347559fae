// rows.hpp: pictures and arrays a few rows at a time, from PNM, PAM and NPY files and to them, so that memory need not grow with their height.
//
// A *row* is all samples of one index of the slowest axis, as they lie in any_picture: of a picture a row of pixels, of an array of rank 1 a
// sample, of rank 3 and 4 a slab.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>

#include "any_picture.hpp"
#include "io/pictures.hpp"
#include "io/source.hpp"

namespace cli {

/// Of a picture of this kind.
auto row_bytes_of(any_picture const &kind) -> std::size_t;

class row_source {
public:
    explicit row_source(any_picture kind) : kind_(std::move(kind)) {}
    row_source(row_source const &) = delete;
    auto operator=(row_source const &) -> row_source & = delete;
    virtual ~row_source() = default;

    /// Extents, components and type; no samples.
    auto kind() const -> any_picture const & { return kind_; }
    auto rows() const -> std::size_t { return kind_.shape[0]; }
    auto row_bytes() const -> std::size_t { return row_bytes_of(kind_); }
    /// The next `n` rows, `n * row_bytes()` bytes of samples in this machine's order; no more than there are.
    virtual void read_rows(std::size_t n, std::span<std::byte> out) = 0;
    /// After the last row: nothing may follow.
    virtual void finish() = 0;

private:
    any_picture kind_;
};

class row_sink {
public:
    row_sink() = default;
    row_sink(row_sink const &) = delete;
    auto operator=(row_sink const &) -> row_sink & = delete;
    virtual ~row_sink() = default;
    /// Whole rows, of samples in this machine's order, as many as the picture has, in as many calls as one likes.
    virtual void write_rows(std::span<std::byte const> rows) = 0;
};

/// Where a sink puts the bytes of a file.
using byte_sink = std::function<void(std::span<std::byte const>)>;

// Read a header, and throw data_error for what is wrong with it, without the file's name. The source must outlive what they return.
auto pnm_rows(byte_source &source, reading const &how) -> std::unique_ptr<row_source>;
/// Of an array in Fortran order the rows do not follow each other: null then. `read_npy` reads it.
auto npy_rows(byte_source &source, reading const &how) -> std::unique_ptr<row_source>;
/// By the first bytes; null for what can't be read by rows (PNG, JPEG, Fortran order): `read_picture` can. The source then stands at its begin.
auto rows_of(byte_source &source, reading const &how) -> std::unique_ptr<row_source>;

// Write a header, and throw usage_error for a picture that such a file can't hold.
auto pnm_sink(any_picture const &kind, std::string const &format, std::uint32_t white, byte_sink put)
    -> std::unique_ptr<row_sink>;
auto npy_sink(any_picture const &kind, byte_sink put) -> std::unique_ptr<row_sink>;
/// Whether there is a sink for this format.
auto written_by_rows(std::string const &format) -> bool;
auto sink_of(any_picture const &kind, std::string const &format, std::uint32_t white, byte_sink put)
    -> std::unique_ptr<row_sink>;

/// A whole picture through its rows.
auto read_rows(row_source &rows) -> any_picture;
auto read_npy(byte_source &source, reading const &how) -> any_picture;

} // namespace cli
