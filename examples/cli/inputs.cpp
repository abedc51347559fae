#include "inputs.hpp"

#include <filesystem>

#include "errors.hpp"

namespace cli {

auto picture_input::name() const -> std::string {
    auto const n = std::filesystem::path(file).filename().string();
    return stack ? n + "[" + std::to_string(index) + "]" : n;
}
auto picture_input::read(reading const &how) const -> any_picture {
    if (loaded) return *loaded;
    return stack ? stack->of_stack(index) : read_picture(read_file(file), input_name(file), how);
}

auto picture_files(std::vector<std::string> const &paths) -> std::vector<std::string> {
    std::vector<std::string> files;
    for (auto const &path : paths) {
        auto const found = list_files(path, picture_endings());
        if (found.empty()) throw file_error(path + ": holds no pictures");
        files.insert(files.end(), found.begin(), found.end());
    }
    return files;
}

auto pictures_of(std::vector<std::string> const &files, bool apart, reading const &how) -> std::vector<picture_input> {
    std::vector<picture_input> inputs;
    for (auto const &f : files) {
        std::shared_ptr<any_picture const> stack;
        if (apart && ending_of(f) == ".npy") stack = std::make_shared<any_picture>(read_picture(read_file(f), f, how));
        if (stack && stack->stacked())
            for (std::size_t i = 0; i < stack->stacked(); ++i) inputs.push_back({f, stack, i});
        else
            inputs.push_back({f, nullptr, 0});
    }
    return inputs;
}

} // namespace cli
