// Packs: the bytes of docs/format/pack.md, each picture by its number, appending, and what is said of damaged ones.
#include <triptych/conformance.hpp> // before all else, so that memory is counted

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <tuple>
#include <type_traits>
#include <vector>

#include <boost/test/unit_test.hpp>

#include <triptych/codec.hpp>
#include <triptych/coder/raw.hpp>
#include <triptych/pack.hpp>
#include <triptych/quantizer/none.hpp>
#include <triptych/transform/identity.hpp>

#include "../golden/pack.hpp"

namespace {
using namespace triptych;
using plain = codec<transform::identity, quantizer::none, coder::raw>;
constexpr plain raw{};
using bytes = std::vector<std::byte>;
using gray = picture<std::uint8_t, 2>;

auto drawn(std::size_t h, std::size_t w, unsigned first, std::size_t components = 1) -> gray {
    gray p({h, w}, components);
    for (std::size_t i = 0; i < p.size(); ++i) p.data()[i] = static_cast<std::uint8_t>(first + i * 7);
    return p;
}
auto same(gray const &a, gray const &b) -> bool {
    return a.shape() == b.shape() && a.components() == b.components() && std::ranges::equal(a.samples(), b.samples());
}
void join(bytes &all, bytes const &more) {
    all.insert(all.end(), more.begin(), more.end());
}
auto opened(bytes const &b) -> pack_reader {
    auto r = pack_reader::open(b);
    BOOST_TEST_REQUIRE(bool(r), message(r.error.code));
    return std::move(r.value);
}
/// Records without a codec: of these lengths, each filled with its number.
void add_records(pack_writer &w, std::vector<std::size_t> const &lengths, unsigned first = 0) {
    for (std::size_t i = 0; i < lengths.size(); ++i) w.add(bytes(lengths[i], static_cast<std::byte>(first + i)));
}
auto usual() -> stream_info {
    stream_info info;
    info.codec = plain::id, info.shape = {2, 2, 0, 0}, info.components = 1;
    return info;
}
/// What a pack says about itself from beginning to end: the first error, or how many pictures decode.
auto read_all(bytes const &b, limits const &most = {}) -> std::tuple<errc, std::uint64_t> {
    auto const r = pack_reader::open(b, most);
    if (!r) return {r.error.code, 0};
    std::uint64_t n = 0;
    auto failed = errc::none;
    auto const e = r.value.for_each([&](std::uint64_t i, packed_record const &p) {
        auto const y =
            plain{}.try_decode<std::uint8_t, 2>(p.bytes, framing::record, {p.shape[0], p.shape[1]}, p.components, most);
        if (!y && failed == errc::none) failed = y.error.code;
        if (i != n++) failed = errc::corrupt;
        return true;
    });
    return {e ? e.code : failed, n};
}

/// The worked example: two pictures with names, of which one has extents of its own; then a third, appended.
auto worked() -> bytes {
    packer<plain> first(raw, {2, 2});
    first.add(drawn(2, 2, 128), exact, "a");
    first.add(drawn(1, 3, 10), exact, "bc");
    auto b = std::move(first).finish();
    auto const before = opened(b);
    packer<plain> more(raw, before);
    more.add(drawn(2, 2, 60), exact);
    join(b, std::move(more).finish());
    return b;
}
} // namespace

BOOST_AUTO_TEST_SUITE(packs)

BOOST_AUTO_TEST_CASE(bytes_as_documented) {
    std::ifstream page("docs/format/pack.md");
    std::string of_page, of_code;
    bool inside = false;
    for (std::string line; std::getline(page, line);) {
        if (line.rfind("    pack ", 0) == 0)
            inside = true;
        else if (line.rfind("    = ", 0) == 0 || line.rfind("    ", 0) != 0)
            inside = false;
        else if (inside)
            for (auto const c : line.substr(0, line.find('#')))
                if (c != ' ') of_page += c;
    }
    for (auto const b : worked()) {
        of_code += "0123456789abcdef"[std::to_integer<unsigned>(b) >> 4];
        of_code += "0123456789abcdef"[std::to_integer<unsigned>(b) & 15];
    }
    BOOST_TEST(of_page == of_code);
}

BOOST_AUTO_TEST_CASE(pictures_come_back_by_their_number_and_name) {
    auto const b = worked();
    auto const pack = opened(b);
    BOOST_TEST(pack.size() == 3u);
    BOOST_TEST(same(unpack(plain{}, pack, 0), drawn(2, 2, 128)));
    BOOST_TEST(same(unpack(plain{}, pack, 1), drawn(1, 3, 10)));
    BOOST_TEST(same(unpack(plain{}, pack, 2), drawn(2, 2, 60)));
    BOOST_TEST(pack.at(1).value.name == "bc");
    BOOST_TEST(pack.at(2).value.name == "");
    BOOST_TEST(pack.find("bc").value == 1u);
    BOOST_TEST(pack.find("b").value == 3u);
    BOOST_TEST((pack.at(3).error.code == errc::limit));
    BOOST_TEST((try_unpack(plain{}, pack, 3).error.code == errc::limit));
}

BOOST_AUTO_TEST_CASE(the_rest_of_a_group_is_read_in_one_walk) {
    packer<plain> pack(raw, {2, 3});
    for (unsigned i = 0; i < 130; ++i) pack.add(drawn(2, 3, i), exact, "picture " + std::to_string(i));
    auto const content = std::move(pack).finish();
    auto const opened = pack_reader::open(content);
    BOOST_REQUIRE(bool(opened));
    auto const &reader = opened.value;
    for (std::uint64_t i : {0u, 1u, 63u, 64u, 100u, 129u}) {
        auto n = i;
        auto const e = reader.for_each_from(i, [&](packed_record const &p) {
            BOOST_TEST(p.name == reader.at(n).value.name);
            BOOST_TEST(p.bytes.data() == reader.at(n).value.bytes.data());
            ++n;
        });
        BOOST_TEST(!e);
        BOOST_TEST(n == std::min<std::uint64_t>(130, i / 64 * 64 + 64));
    }
    BOOST_TEST((reader.for_each_from(130, [](packed_record const &) {}).code == errc::limit));
}

BOOST_AUTO_TEST_CASE(lengths_and_extents_of_all_kinds) {
    small_random random(3);
    for (std::size_t const n : {0u, 1u, 63u, 64u, 65u, 1000u}) {
        std::vector<std::size_t> lengths(n);
        std::vector<std::array<std::size_t, max_rank>> shapes(n);
        pack_writer w(usual());
        bytes b;
        for (std::size_t i = 0; i < n; ++i) {
            lengths[i] = i % 200 == 7 ? 70'000 : random.below(1 + i % 300);
            shapes[i] = {i % 90 == 3 ? 3u : 2u, 2, 0, 0};
            w.add(bytes(lengths[i], static_cast<std::byte>(i)), shapes[i], 1 + i / 500,
                  i % 100 < 50 ? "" : std::to_string(i));
            if (random.below(3) == 0) join(b, w.take());
        }
        join(b, std::move(w).finish());
        auto const pack = opened(b);
        BOOST_TEST(pack.size() == n);
        std::size_t seen = 0;
        auto const check = [&](std::uint64_t i, packed_record const &p) {
            BOOST_TEST(p.bytes.size() == lengths[i]);
            BOOST_TEST(std::ranges::all_of(p.bytes, [&](auto v) { return v == static_cast<std::byte>(i); }));
            BOOST_TEST((p.shape == shapes[i]));
            BOOST_TEST(p.components == 1 + i / 500);
            BOOST_TEST(p.name == (i % 100 < 50 ? "" : std::to_string(i)));
        };
        auto const e = pack.for_each([&](std::uint64_t i, packed_record const &p) { return check(i, p), ++seen < n; });
        BOOST_TEST((e.code == errc::none));
        BOOST_TEST(seen == n);
        for (std::size_t i = 0; i < n; ++i) check(i, pack.at(i).value);
        for (std::size_t i = 50; i < n; i += 100) BOOST_TEST(pack.find(std::to_string(i)).value == i);
    }
}

BOOST_AUTO_TEST_CASE(the_index_costs_about_a_byte_a_picture) {
    small_random random(5);
    for (auto const &[least, spread, most] :
         {std::tuple{30u, 32u, 0.9}, std::tuple{100u, 100u, 1.1}, std::tuple{700u, 400u, 1.4}}) {
        pack_writer w(usual());
        std::size_t payload = 0;
        std::vector<std::size_t> lengths(20'000);
        for (auto &n : lengths) payload += n = least + random.below(spread);
        add_records(w, lengths);
        auto const b = std::move(w).finish();
        auto const each = static_cast<double>(b.size() - payload) / static_cast<double>(lengths.size());
        BOOST_TEST(each < most);
        BOOST_TEST(each > 0.5); // log2 of the spread is more
    }
}

BOOST_AUTO_TEST_CASE(appending_leaves_what_is_there_and_few_directories) {
    bytes b = pack_writer(usual()).finish();
    std::vector<std::size_t> sizes{b.size()};
    for (unsigned i = 0; i < 300; ++i) {
        auto const before = b;
        auto const pack = opened(b);
        pack_writer w(pack);
        add_records(w, std::vector<std::size_t>(1 + i % 3, 5), i);
        join(b, std::move(w).finish());
        BOOST_TEST(std::equal(before.begin(), before.end(), b.begin()));
        auto const after = opened(b);
        BOOST_TEST(after.directories().size() <= 1u + static_cast<unsigned>(std::bit_width(i + 1)));
        BOOST_TEST(after.size() == pack.size() + 1 + i % 3);
        sizes.push_back(b.size());
    }
    std::uint64_t n = 0;
    auto const pack = opened(b);
    for (unsigned i = 0; i < 300; ++i)
        for (unsigned k = 0; k <= i % 3; ++k, ++n)
            BOOST_TEST((pack.at(n).value.bytes.front() == static_cast<std::byte>(i + k)));
    // What an entry costs is paid log2 times: 600 records of 5 bytes, 300 heads, directories.
    BOOST_TEST(b.size() < 600 * 5 + 300 * (7 + 14 + 4 * 9));
    // Each end of an append is a pack, and any other beginning is one that was cut.
    for (std::size_t cut = 0; cut < b.size(); cut += 1 + cut / 50) {
        auto const end = std::ranges::upper_bound(sizes, cut)[-1 + (cut < sizes[0])];
        auto const part = bytes(b.begin(), b.begin() + static_cast<std::ptrdiff_t>(cut));
        auto const r = pack_reader::open(part);
        if (cut != end) BOOST_TEST((r.error.code == errc::truncated), cut << ": " << message(r.error.code));
        BOOST_TEST(pack_reader::sound_end(part) == (cut < sizes[0] ? 0 : end));
    }
}

BOOST_AUTO_TEST_CASE(a_model_may_travel_along) {
    bytes const model(1000, std::byte{7});
    packer<plain> w(raw, {2, 2}, 1, model);
    w.add(drawn(2, 2, 3), exact);
    auto const b = std::move(w).finish();
    auto const pack = opened(b);
    BOOST_TEST(std::ranges::equal(pack.model_file(), model));
    BOOST_TEST(same(unpack(plain{}, pack, 0), drawn(2, 2, 3)));
}

BOOST_AUTO_TEST_CASE(another_codec_is_named) {
    auto const b = worked();
    auto const pack = opened(b);
    using other = codec<transform::identity, quantizer::none, coder::raw, strips<1>>;
    constexpr other borrowed{};
    static_assert(!std::is_constructible_v<packer<other>, other, extents<2>>); // it would be gone
    BOOST_TEST((try_unpack(other{}, pack, 0).error.code == errc::codec));
    BOOST_TEST((try_unpack<std::uint16_t, 2>(plain{}, pack, 0).error.code == errc::sample));
    BOOST_TEST((try_unpack<std::uint8_t, 3>(plain{}, pack, 0).error.code == errc::sample));
    BOOST_CHECK_THROW((packer<other>(borrowed, pack)), std::invalid_argument);
    // Swapped records are not noticed, those of another codec or of other extents are: the checksum is theirs.
    packer<other> w(borrowed, {2, 2});
    w.add(drawn(2, 2, 1), exact);
    auto foreign = std::move(w).finish();
    pack_writer mixed(pack);
    mixed.add(opened(foreign).at(0).value.bytes);
    auto all = b;
    join(all, std::move(mixed).finish());
    BOOST_TEST((try_unpack(plain{}, opened(all), 3).error.code == errc::checksum));
}

BOOST_AUTO_TEST_CASE(every_flipped_bit_is_reported) {
    auto const b = worked();
    BOOST_TEST((read_all(b) == std::tuple(errc::none, 3u)));
    for (std::size_t bit = 0; bit < 8 * b.size(); ++bit) {
        auto damaged = b;
        damaged[bit / 8] ^= static_cast<std::byte>(1u << (bit % 8));
        auto const [code, n] = read_all(damaged);
        // The directory of the first two pictures was taken over by the second one, and is no longer looked at.
        auto const pack = opened(b);
        auto const first =
            bit / 8 >= pack.groups()[0].position + pack.groups()[0].size && bit / 8 < pack.groups()[1].position;
        BOOST_TEST((code != errc::none) == !first, "bit " << bit);
    }
}

BOOST_AUTO_TEST_CASE(foreign_bytes_and_limits) {
    auto b = worked();
    BOOST_TEST((pack_reader::open({}).error.code == errc::truncated));
    b[3] = std::byte{'C'};
    BOOST_TEST((pack_reader::open(b).error.code == errc::foreign));
    b = worked(), b[4] = std::byte{2};
    BOOST_TEST((pack_reader::open(b).error.code == errc::version));
    BOOST_TEST((pack_reader::open(worked(), {.max_samples = 3}).error.code == errc::limit));
    BOOST_TEST((pack_reader::open(worked(), {.max_bytes = 40}).error.code == errc::limit));
    BOOST_TEST((peek(worked()).error.code == errc::foreign));
}

// Wrong bytes that checksums vouch for: of the header, of one group's head, of one directory.
BOOST_AUTO_TEST_CASE(hostile_bytes_give_an_error_in_bounded_time_and_memory) {
    auto const rounds = std::getenv("TRIPTYCH_LONG") ? 3'000'000 : 30'000;
    bytes seed;
    {
        pack_writer w(usual());
        small_random random(9);
        for (unsigned i = 0; i < 200; ++i) {
            auto const p = drawn(1 + random.below(3), 2, i);
            w.add(plain{}.encode(p, exact, framing::record), {p.shape()[0], 2, 0, 0}, 1, i % 7 ? "" : "name");
        }
        seed = std::move(w).finish();
        pack_writer more(opened(seed));
        add_records(more, {3, 4, 5});
        join(seed, std::move(more).finish());
    }
    auto const whole = opened(seed);
    BOOST_TEST_REQUIRE(whole.directories().size() == 2u);
    small_random random(1);
    std::array<std::size_t, 16> outcomes{};
    constexpr limits small{1 << 16, 1 << 20};
    for (int round = 0; round < rounds; ++round) {
        auto const piece = [&](std::uint64_t from, std::uint64_t to) {
            return bytes(seed.begin() + static_cast<std::ptrdiff_t>(from),
                         seed.begin() + static_cast<std::ptrdiff_t>(to));
        };
        auto const sum = [](bytes &b) {
            byte_writer w;
            w.bytes(b), w.u32(crc32c(b));
            b = std::move(w).take();
        };
        bytes b;
        if (auto const what = random.below(4); what == 0) {
            auto head = piece(0, whole.header_size() - 4);
            mutate(head, random), sum(head);
            b = head, join(b, piece(whole.header_size(), seed.size()));
        } else if (what == 1) {
            auto const &g = whole.groups()[random.below(whole.groups().size())];
            auto body = piece(g.position, g.position + g.size);
            auto const head = random.below(body.size()); // where the checksum will stand is anyone's guess: try each
            bytes front(body.begin(), body.begin() + static_cast<std::ptrdiff_t>(head));
            if (!front.empty()) mutate(front, random);
            sum(front);
            front.resize(body.size());
            b = seed;
            std::ranges::copy(front, b.begin() + static_cast<std::ptrdiff_t>(g.position));
        } else {
            auto const end = what == 2 ? seed.size() : whole.directories()[0].end;
            std::uint32_t size;
            auto const at = end - 12;
            size = std::to_integer<std::uint32_t>(seed[at]) | std::to_integer<std::uint32_t>(seed[at + 1]) << 8;
            auto directory = piece(at - size, at);
            mutate(directory, random);
            byte_writer w;
            w.bytes(piece(0, at - size)), w.bytes(directory);
            w.u32(static_cast<std::uint32_t>(directory.size())), w.u32(crc32c(directory)), w.bytes(piece(end - 4, end));
            w.bytes(piece(end, seed.size()));
            b = std::move(w).take();
        }
        triptych::detail::watch const w;
        auto const [code, n] = read_all(b, small);
        (void)pack_reader::sound_end(b);
        ++outcomes[static_cast<std::size_t>(code)];
        BOOST_TEST_REQUIRE(n <= 100'000u);
        BOOST_TEST_REQUIRE(w.bytes() <= (1 << 21));
        BOOST_TEST_REQUIRE(w.seconds() < 5);
    }
    for (auto const code : {errc::none, errc::corrupt, errc::truncated, errc::limit, errc::checksum})
        BOOST_TEST(outcomes[static_cast<std::size_t>(code)] > 0u, message(code));
}

BOOST_AUTO_TEST_CASE(without_memory_there_is_an_error) {
    auto const b = worked();
    for (int grants = 0; grants < 6; ++grants) {
        triptych::detail::meter.fail_in = grants;
        auto const r = pack_reader::open(b);
        triptych::detail::meter.fail_in = -1;
        BOOST_TEST((r ? r.value.size() == 3 : r.error.code == errc::memory));
        BOOST_TEST((grants != 0 || !r));
    }
}

BOOST_AUTO_TEST_CASE(a_pack_that_was_written_once_is_read_for_ever) {
    std::ifstream file("tests/golden/pack-0.tpk", std::ios::binary);
    std::string const text{std::istreambuf_iterator<char>(file), {}};
    bytes b(text.size());
    std::memcpy(b.data(), text.data(), text.size());
    auto const pack = opened(b);
    BOOST_TEST(pack.size() == 150u);
    BOOST_TEST(pack.directories().size() == 2u);
    for (unsigned i = 0; i < 150; ++i) {
        BOOST_TEST(same(unpack(plain{}, pack, i), golden::packed_picture(i)));
        BOOST_TEST(pack.at(i).value.name == golden::packed_name(i));
    }
    BOOST_TEST((golden::pack() == b)); // and the writer writes what it wrote
}

BOOST_AUTO_TEST_SUITE_END()
