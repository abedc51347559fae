// triptych: the command-line tool. docs/cli.md
#include <algorithm>
#include <csignal>
#include <cstdio>
#include <new>
#include <system_error>

#include <triptych/version.hpp>

#include "commands/commands.hpp"
#include "errors.hpp"
#include "printable.hpp"
#include "suggest.hpp"

namespace {

#define TRIPTYCH_TEXT2(x) #x
#define TRIPTYCH_TEXT(x) TRIPTYCH_TEXT2(x)
constexpr char version[] = "triptych " TRIPTYCH_TEXT(TRIPTYCH_VERSION_MAJOR) "." TRIPTYCH_TEXT(
    TRIPTYCH_VERSION_MINOR) "." TRIPTYCH_TEXT(TRIPTYCH_VERSION_PATCH);

auto complain(cli::exit_code code, std::string const &what) -> int {
    cli::note(what);
    return code;
}

/// Positional arguments under the names that people know from manuals: IN, not in.
class formatter : public CLI::Formatter {
public:
    auto make_option_name(CLI::Option const *option, bool positional) const -> std::string override {
        return positional ? option->get_type_name() : CLI::Formatter::make_option_name(option, positional);
    }
    auto make_option_opts(CLI::Option const *option) const -> std::string override {
        return option->get_positional() ? "" : CLI::Formatter::make_option_opts(option);
    }
};

auto is_option(std::string const &word) -> bool {
    return word.size() > 1 && word[0] == '-';
}
auto did_you_mean(std::string const &word, std::vector<std::string> const &known) -> std::string {
    auto const alike = cli::most_alike(word, known);
    return alike.empty() ? "" : "; did you mean " + alike + "?";
}

/// For what is wrong with a command's arguments: the command, and how it is called.
auto with_usage(formatter const &manners, CLI::App const &command, CLI::ParseError const &e) -> std::string {
    std::string text = e.what();
    if (e.get_exit_code() == static_cast<int>(CLI::ExitCodes::ExtrasError)) {
        std::vector<std::string> known;
        auto const note = [&](CLI::App const *from) {
            for (auto const *option : from->get_options())
                for (auto const &name : option->get_lnames()) known.push_back("--" + name);
        };
        note(&command);
        for (auto const *group : command.get_subcommands([](CLI::App const *) { return true; })) note(group);
        for (auto const &word : command.remaining())
            if (is_option(word)) return "there is no " + word + did_you_mean(word.substr(0, word.find('=')), known);
    }
    if (text.find('\n') != std::string::npos) text.erase(text.find('\n'));
    auto usage = manners.make_usage(&command, "triptych " + command.get_name());
    usage.erase(usage.find_last_not_of('\n') + 1);
    return text + ". " + usage;
}

/// Parses, then runs; only usage can be wrong in the first part.
auto tool(int argc, char **argv) -> int {
    CLI::App app("Compresses and restores pictures and arrays.", "triptych");
    auto const manners = std::make_shared<formatter>();
    manners->column_width(34);
    app.formatter(manners);
    app.require_subcommand(1);
    app.set_version_flag("--version", version);
    app.footer("Examples: triptych encode dog.png dog.tpc -q 60\n"
               "          triptych decode dog.tpc again.png\n"
               "`triptych COMMAND --help` lists the options of a command.\n\n"
               "Exit codes: 0 done, 1 wrong use, 2 damaged or foreign input, 3 file trouble or too little memory,\n"
               "4 a goal that can't be met.");
    cli::action run;
    cli::add_encode(app, run), cli::add_decode(app, run), cli::add_info(app, run), cli::add_compare(app, run);
    cli::add_evaluate(app, run), cli::add_train(app, run), cli::add_export_header(app, run), cli::add_codecs(app, run);
    cli::add_pack(app, run), cli::add_unpack(app, run), cli::add_list(app, run);
    if (argc < 2) {
        std::fputs(app.help().c_str(), stderr);
        return cli::wrong_use;
    }
    std::vector<std::string> names;
    for (auto const *command : app.get_subcommands([](CLI::App const *) { return true; }))
        names.push_back(command->get_name());
    if (std::string const first = argv[1]; !is_option(first) && std::ranges::find(names, first) == names.end()) {
        auto const guess = did_you_mean(first, names);
        return complain(cli::wrong_use, "no command is called \"" + first + "\"" +
                                            (guess.empty() ? "; `triptych --help` lists them" : guess));
    }
    try {
        app.parse(argc, argv);
    } catch (CLI::CallForHelp const &) {
        return cli::print(app.help()), cli::done;
    } catch (CLI::CallForVersion const &) {
        return cli::print(std::string(version) + "\n"), cli::done;
    } catch (CLI::ParseError const &e) {
        auto const chosen = app.get_subcommands();
        return complain(cli::wrong_use, chosen.empty() ? e.what() : with_usage(*manners, *chosen.back(), e));
    }
    run();
    return cli::done;
}

} // namespace

int main(int argc, char **argv) {
    // A reader that went away, and a limit on the size of files, are errors like any other.
    std::signal(SIGPIPE, SIG_IGN), std::signal(SIGXFSZ, SIG_IGN);
    try {
        return tool(argc, argv);
    } catch (cli::usage_error const &e) {
        return complain(cli::wrong_use, e.what());
    } catch (cli::data_error const &e) {
        return complain(cli::wrong_data, e.what());
    } catch (cli::file_error const &e) {
        return complain(cli::file_trouble, e.what());
    } catch (cli::goal_error const &e) {
        return complain(cli::goal_missed, e.what());
    } catch (std::bad_alloc const &) {
        return complain(cli::file_trouble, "there is not enough memory");
    } catch (std::length_error const &) {
        return complain(cli::file_trouble, "there is not enough memory"); // what encoders throw for want of it
    } catch (std::system_error const &e) {
        return complain(cli::file_trouble, e.what()); // a thread that can't be had, a folder that can't be read
    } catch (std::exception const &e) {
        return complain(cli::wrong_data, e.what());
    }
}
