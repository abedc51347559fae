// triptych/conformance/per_picture.hpp: the laws of policies that fit something to each picture and send it ahead.
#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include <triptych/concepts.hpp>
#include <triptych/conformance/cases.hpp>
#include <triptych/schedule/planes.hpp>
#include <triptych/stream/writer.hpp>
#include <triptych/version.hpp>

namespace triptych::inline TRIPTYCH_ABI::detail {

template <class B, class P>
void per_picture_laws(P const &policy, conformance_options const &o, conformance_report &report) {
    report.role("per-picture policy of " + bands_text<typename B::value_type, B::rank>());
    auto const bytes_of = [](P const &p) {
        byte_writer w;
        p.write(w);
        return std::move(w).take();
    };
    extents<B::rank> shape;
    for (std::size_t axis = 0; axis < B::rank; ++axis) shape[axis] = axis + 2 < B::rank ? 2 : 24;
    small_random random(o.seed);
    for (std::size_t components = 1; components <= 4; ++components) {
        B x(component_planes<B::rank>(shape, components, 8));
        fill(x, 7, o.seed + components);
        auto const where = [&] { return std::to_string(components) + " components"; };
        auto const written = bytes_of(policy.prepare(x));
        report.check(bytes_of(policy.prepare(x)) == written, "prepare is deterministic", where);
        byte_reader r(written);
        auto const restored = policy.restore(r);
        report.check(r.ok() && r.remaining() == 0, "restore takes exactly the bytes of write", where);
        report.check(bytes_of(restored) == written, "restore gives back what was prepared", where);
        for (std::size_t round = 0; round < o.mutations; ++round) {
            auto wrong = written;
            mutate(wrong, random);
            if (round % 8 == 0) wrong.resize(random.below(written.size()));
            watch const w;
            byte_reader hostile(wrong);
            (void)policy.restore(hostile);
            report.check(w.seconds() <= o.seconds, "wrong bytes end in time", where);
            report.check(w.bytes() <= o.memory, "wrong bytes ask for little memory", where);
        }
        starve([&] {
            byte_reader again(written);
            (void)policy.restore(again);
            return !again.ok();
        });
    }
}

} // namespace triptych::inline TRIPTYCH_ABI::detail
