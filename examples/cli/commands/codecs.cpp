#include "commands/commands.hpp"

namespace cli {

void add_codecs(CLI::App &app, action &run) {
    auto &command = *app.add_subcommand("codecs", "list the codecs that --codec may name");
    auto const panels = std::make_shared<bool>(false);
    command.add_flag("--panels", *panels, "show what each is composed of");
    add_example(command, "--panels");
    command.callback([panels, &run] {
        run = [panels] {
            std::string text;
            for (auto const &c : codecs()) {
                std::string name(c.name);
                name.resize(15, ' ');
                text += name + std::string(c.summary) + (c.learned ? " (needs --model)" : "") + "\n";
                if (*panels) text += std::string(15, ' ') + c.description + "\n";
            }
            print(text);
        };
    });
}

} // namespace cli
