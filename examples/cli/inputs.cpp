#include "inputs.hpp"

#include <algorithm>
#include <filesystem>

#include "errors.hpp"
#include "printable.hpp"

namespace cli {

auto picture_input::name() const -> std::string {
    auto const n = std::filesystem::path(file).filename().string();
    return stack ? n + "[" + std::to_string(index) + "]" : n;
}
auto picture_input::read(reading const &how) const -> any_picture {
    if (loaded) return *loaded;
    return stack ? stack->of_stack(index) : read_picture_file(file, how);
}

auto picture_files(std::vector<std::string> const &paths) -> std::vector<std::string> {
    std::vector<std::string> files;
    for (auto const &path : paths) {
        auto const found = list_files(path, picture_endings());
        constexpr std::size_t most = 5;
        std::string others;
        for (std::size_t i = 0; i < std::min(most, found.skipped.size()); ++i)
            others += (i == 0 ? "" : ", ") + found.skipped[i];
        if (found.skipped.size() > most) others += " and " + std::to_string(found.skipped.size() - most) + " more";
        if (found.files.empty())
            throw file_error(path + ": holds no pictures" + (others.empty() ? "" : ", only " + others));
        if (!others.empty()) note(path + ": skipped " + others);
        files.insert(files.end(), found.files.begin(), found.files.end());
    }
    return files;
}

auto pictures_of(std::vector<std::string> const &files, bool apart, reading const &how,
                 std::vector<std::string> *failures) -> std::vector<picture_input> {
    std::vector<picture_input> inputs;
    for (auto const &f : files) {
        std::shared_ptr<any_picture const> stack;
        try {
            if (apart && ending_of(f) == ".npy") stack = std::make_shared<any_picture>(read_picture_file(f, how));
        } catch (std::runtime_error const &e) {
            if (!failures) throw;
            failures->push_back(e.what());
            continue;
        }
        if (stack && stack->stacked())
            for (std::size_t i = 0; i < stack->stacked(); ++i) inputs.push_back({f, stack, i});
        else
            inputs.push_back({f, nullptr, 0});
    }
    return inputs;
}

} // namespace cli
