// triptych/version.hpp: the library's version and the inline namespace that everything lives in.
//
// A header-only library inherits the flags of each translation unit that includes it. Two units of one program built
// with different -m or -f flags would otherwise share inline functions at link time, and one of them would run code
// built for the other's machine. The inline namespace is keyed on version and instruction set, so such units keep
// their own copies. Types of the library therefore can't cross between such units (a link error tells); bytes and
// spans can.
#pragma once

#define TRIPTYCH_VERSION_MAJOR 0
#define TRIPTYCH_VERSION_MINOR 1
#define TRIPTYCH_VERSION_PATCH 0

#if defined(__AVX512BW__)
#define TRIPTYCH_DETAIL_ISA avx512
#elif defined(__AVX2__)
#define TRIPTYCH_DETAIL_ISA avx2
#elif defined(__SSE4_1__)
#define TRIPTYCH_DETAIL_ISA sse4
#else
#define TRIPTYCH_DETAIL_ISA base
#endif

#if defined(__FAST_MATH__)
#define TRIPTYCH_DETAIL_MATH fast
#else
#define TRIPTYCH_DETAIL_MATH ieee
#endif

#if defined(TRIPTYCH_COUNT_ALLOCATIONS)
#define TRIPTYCH_DETAIL_MEMORY counted
#else
#define TRIPTYCH_DETAIL_MEMORY plain
#endif

#if defined(__cpp_exceptions)
#define TRIPTYCH_EXCEPTIONS 1
#define TRIPTYCH_DETAIL_ERRORS throws
#else
#define TRIPTYCH_EXCEPTIONS 0
#define TRIPTYCH_DETAIL_ERRORS aborts
#endif

#define TRIPTYCH_DETAIL_GLUE2(a, b, c, d, e, f, g) v##a##_##b##_##c##_##d##_##e##_##f##_##g
#define TRIPTYCH_DETAIL_GLUE(a, b, c, d, e, f, g) TRIPTYCH_DETAIL_GLUE2(a, b, c, d, e, f, g)

/// The inline namespace: `namespace triptych::inline TRIPTYCH_ABI { ... }`.
#define TRIPTYCH_ABI                                                                                                   \
    TRIPTYCH_DETAIL_GLUE(TRIPTYCH_VERSION_MAJOR, TRIPTYCH_VERSION_MINOR, TRIPTYCH_VERSION_PATCH, TRIPTYCH_DETAIL_ISA,  \
                         TRIPTYCH_DETAIL_MATH, TRIPTYCH_DETAIL_MEMORY, TRIPTYCH_DETAIL_ERRORS)
