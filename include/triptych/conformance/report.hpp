// triptych/conformance/report.hpp: what the laws of conformance.hpp found, as a value that any test framework can assert.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <sstream>
#include <string>
#include <string_view>

#include <triptych/bands.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI {

/// How thorough `conformance` is, and what it holds a policy to.
struct conformance_options {
    std::size_t largest = 17;    ///< every shape with extents up to this one is tried ...
    std::size_t every = 1;       ///< ... or each n-th of them, for policies that are slow
    std::size_t mutations = 400; ///< hostile streams for each kind of bands or samples
    std::size_t threads = 4;     ///< that share one const policy; 0 leaves the law out
    std::uint64_t seed = 1;      ///< of all that is random
    double tolerance = -1; ///< largest error of a lossy transform, in samples; negative: `P::tolerance`, or not checked
    double seconds = 5;    ///< processor time that one hostile stream may take
    /// Bytes that a decode may hold besides twice `limits::max_bytes`: tables, and layouts of at most 2^18 bands.
    std::int64_t memory = 1 << 26;
};

/// What was checked, and the first checks that failed.
class conformance_report {
public:
    auto ok() const noexcept -> bool { return failures_ == 0 && checks_ != 0; }
    auto checks() const noexcept -> std::uint64_t { return checks_; }
    auto failures() const noexcept -> std::uint64_t { return failures_; }
    /// Roles that the policy was tried in: "transform of int16 rank 2", ...
    auto roles() const noexcept -> std::string const & { return roles_; }
    /// One line that sums up, and a line for each of the first failures.
    auto text() const -> std::string {
        std::ostringstream out;
        out << checks_ << " checks, " << failures_ << " failed\n" << lines_;
        if (checks_ == 0) out << "the policy meets no concept for any of the bands tried\n";
        if (!roles_.empty()) out << "tried as " << roles_ << '\n';
        return out.str();
    }

    /// `where` is only called for a failure; it gives the case in words.
    template <class Where>
    auto check(bool holds, std::string_view law, Where &&where) -> bool {
        ++checks_;
        if (holds) return true;
        if (++failures_ <= most_lines) lines_.append("  ").append(law).append(": ").append(where()).append("\n");
        return false;
    }
    void role(std::string_view name) { roles_.append(roles_.empty() ? "" : ", ").append(name); }
    void merge(conformance_report const &other) {
        checks_ += other.checks_, failures_ += other.failures_;
        lines_ += other.lines_;
        if (!other.roles_.empty()) role(other.roles_);
    }

private:
    static constexpr std::uint64_t most_lines = 12;
    std::uint64_t checks_ = 0, failures_ = 0;
    std::string lines_, roles_;
};

namespace detail {
template <std::size_t R>
auto shape_text(extents<R> const &shape) -> std::string {
    std::ostringstream out;
    for (std::size_t axis = 0; axis < R; ++axis) out << (axis ? "x" : "") << shape[axis];
    return out.str();
}
template <class T, std::size_t R>
auto bands_text() -> std::string {
    return "int" + std::to_string(8 * sizeof(T)) + " rank " + std::to_string(R);
}
} // namespace detail

} // namespace triptych::inline TRIPTYCH_ABI
