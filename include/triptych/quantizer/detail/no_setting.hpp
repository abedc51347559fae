// triptych/quantizer/detail/no_setting.hpp: what quantizers share that send no setting.
#pragma once

#include <triptych/quality.hpp>
#include <triptych/stream/reader.hpp>
#include <triptych/stream/writer.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI::detail {

/// Whatever the goal is.
struct no_setting {
    struct setting {};

    auto plan(target const &) const -> setting { return {}; }
    template <class B>
    auto plan(B const &, target const &) const -> setting {
        return {};
    }
    void write(setting const &, byte_writer &) const {}
    auto read(byte_reader &) const -> setting { return {}; }
};

} // namespace triptych::inline TRIPTYCH_ABI::detail
