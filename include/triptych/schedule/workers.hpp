// triptych/schedule/workers.hpp: who does the jobs that a schedule cuts a picture into.
//
// The core knows no threads: by default jobs run one after the other, and a decoder links nothing. `threads(n)` of <triptych/threads.hpp>
// makes workers of the standard library's threads. The bytes never depend on who does the jobs.
#pragma once

#include <cstddef>

#include <triptych/detail/function_ref.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI {

/// A value, copied freely.
class workers {
public:
    using job = function_ref<void(std::size_t)>;
    using runner = void (*)(unsigned, std::size_t, job);

    /// One, in the calling thread.
    constexpr workers() = default;
    /// `run(count, jobs, f)` calls f(0) ... f(jobs - 1), at most `count` at a time, in any order, and returns when all are done.
    constexpr workers(unsigned count, runner run) : count_(count == 0 ? 1 : count), run_(run) {}

    /// How many jobs may run at a time.
    constexpr auto count() const noexcept -> unsigned { return count_; }
    void operator()(std::size_t jobs, job f) const {
        if (run_ && count_ > 1 && jobs > 1)
            run_(count_, jobs, f);
        else
            for (std::size_t i = 0; i < jobs; ++i) f(i);
    }

private:
    unsigned count_ = 1;
    runner run_ = nullptr;
};

} // namespace triptych::inline TRIPTYCH_ABI
