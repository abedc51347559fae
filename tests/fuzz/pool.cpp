// Large blocks of memory, kept for the next decode: AddressSanitizer maps and unmaps each one, and a model of 200 KB then costs three times
// what decoding with it does. Linked with --wrap=malloc,free,realloc, which turns the calls in this program's own code to these functions.
// Blocks stay poisoned where nobody may touch them: around them, and all of them once they are freed. One thread alone.
#include <cstddef>
#include <cstring>
#include <vector>

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define __SANITIZE_ADDRESS__ // as g++ says it
#endif
#endif
#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/asan_interface.h>
#else
#define ASAN_POISON_MEMORY_REGION(p, n) (void)(p), (void)(n)
#define ASAN_UNPOISON_MEMORY_REGION(p, n) (void)(p), (void)(n)
#endif

extern "C" {
/// Freed memory is watched for a while; by default for 256 MB, which no cache holds.
char const *__asan_default_options() {
    return "quarantine_size_mb=1:thread_local_quarantine_size_kb=64";
}
void *__real_malloc(std::size_t n);
void __real_free(void *p);
void *__real_realloc(void *p, std::size_t n);
}

namespace {
constexpr std::size_t large = 1 << 16, most = 1 << 23, zone = 256;

struct block {
    std::byte *start; ///< of the zone before it
    std::size_t room; ///< between the zones
    std::size_t held; ///< 0: free
    auto user() const -> std::byte * { return start + zone; }
};

auto blocks() -> std::vector<block> & {
    static auto *const all = new std::vector<block>; // never destroyed: others may free behind us
    return *all;
}

auto find(void const *p) -> block * {
    for (auto &b : blocks())
        if (b.held != 0 && b.user() == p) return &b;
    return nullptr;
}
} // namespace

extern "C" void *__wrap_malloc(std::size_t n) {
    if (n < large || n > most) return __real_malloc(n);
    block *best = nullptr;
    for (auto &b : blocks())
        if (b.held == 0 && b.room >= n && b.room / 2 <= n && (!best || b.room < best->room)) best = &b;
    if (!best) {
        auto *const start = static_cast<std::byte *>(__real_malloc(n + 2 * zone));
        if (!start) return nullptr;
        ASAN_POISON_MEMORY_REGION(start, n + 2 * zone);
        blocks().push_back({start, n, 0});
        best = &blocks().back();
    }
    best->held = n;
    ASAN_UNPOISON_MEMORY_REGION(best->user(), n);
    return best->user();
}

extern "C" void __wrap_free(void *p) {
    auto *const b = find(p);
    if (!b) return __real_free(p);
    ASAN_POISON_MEMORY_REGION(b->user(), b->held);
    b->held = 0;
}

extern "C" void *__wrap_realloc(void *p, std::size_t n) {
    auto *const b = find(p);
    if (!b) return __real_realloc(p, n);
    auto const held = b->held;
    auto *const moved = __wrap_malloc(n);
    if (!moved) return nullptr;
    std::memcpy(moved, p, held < n ? held : n);
    __wrap_free(p);
    return moved;
}
