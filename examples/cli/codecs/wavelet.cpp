#include <triptych/families.hpp>

#include "codecs/alpha.hpp"

namespace cli {
auto wavelet_codec() -> codec_entry {
    return with_partner(make_entry<triptych::families::wavelet, carried::pictures>(
                            "wavelet", "YCbCr, 9/7 wavelet, dead zone, adaptive range coder"),
                        "wavelet-alpha");
}
auto wavelet_alpha_codec() -> codec_entry {
    return alpha_entry<triptych::families::wavelet>("wavelet-alpha");
}
} // namespace cli
