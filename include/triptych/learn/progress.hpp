// triptych/learn/progress.hpp: how long-running learning reports and is stopped.
#pragma once

#include <cstddef>
#include <functional>
#include <stdexcept>
#include <string_view>

#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI::learn {

/// Where learning is: `done` of at most `total` pictures or passes for a panel of a codec ("transform", "quantizer", "coder") or
/// a learner ("k-means", "som", …). A panel that reads its corpus again begins again, in the next `pass`, and can't say how many there will be.
struct progress {
    std::string_view panel;
    std::size_t done = 0, total = 0, pass = 0;
};

/// Called between pieces of work, in the calling thread; false stops.
using progress_callback = std::function<bool(progress const &)>;

/// Thrown when the callback asked to stop.
class cancelled : public std::runtime_error {
public:
    cancelled() : std::runtime_error("learning was cancelled") {}
};

/// Throws `cancelled` if there is a callback and it says stop.
inline void report(progress_callback const &to, progress const &p) {
    if (to && !to(p)) throw cancelled();
}

} // namespace triptych::inline TRIPTYCH_ABI::learn
