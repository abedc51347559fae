// triptych: the command-line tool. docs/cli.md
#include <csignal>
#include <cstdio>
#include <new>

#include <triptych/version.hpp>

#include "commands/commands.hpp"
#include "errors.hpp"

namespace {

#define TRIPTYCH_TEXT2(x) #x
#define TRIPTYCH_TEXT(x) TRIPTYCH_TEXT2(x)
constexpr char version[] = "triptych " TRIPTYCH_TEXT(TRIPTYCH_VERSION_MAJOR) "." TRIPTYCH_TEXT(
    TRIPTYCH_VERSION_MINOR) "." TRIPTYCH_TEXT(TRIPTYCH_VERSION_PATCH);

auto complain(cli::exit_code code, std::string const &what) -> int {
    std::fprintf(stderr, "triptych: %s\n", what.c_str());
    return code;
}

/// Parses, then runs; only usage can be wrong in the first part.
auto tool(int argc, char **argv) -> int {
    CLI::App app("Compresses and restores pictures and arrays.", "triptych");
    app.require_subcommand(1);
    app.set_version_flag("--version", version);
    app.get_formatter()->column_width(34);
    app.footer("Exit codes: 0 done, 1 wrong use, 2 damaged or foreign input, 3 file trouble.");
    cli::action run;
    cli::add_encode(app, run), cli::add_decode(app, run), cli::add_info(app, run), cli::add_compare(app, run);
    cli::add_evaluate(app, run), cli::add_train(app, run), cli::add_export_header(app, run), cli::add_codecs(app, run);
    cli::add_pack(app, run), cli::add_unpack(app, run), cli::add_list(app, run);
    try {
        app.parse(argc, argv);
    } catch (CLI::CallForHelp const &) {
        for (auto const *command : app.get_subcommands()) return cli::print(command->help()), cli::done;
        return cli::print(app.help()), cli::done;
    } catch (CLI::CallForVersion const &) {
        return cli::print(std::string(version) + "\n"), cli::done;
    } catch (CLI::ParseError const &e) {
        return complain(cli::wrong_use, e.what());
    }
    run();
    return cli::done;
}

} // namespace

int main(int argc, char **argv) {
    std::signal(SIGPIPE, SIG_IGN); // a reader that went away is an error like any other
    try {
        return tool(argc, argv);
    } catch (cli::usage_error const &e) {
        return complain(cli::wrong_use, e.what());
    } catch (cli::data_error const &e) {
        return complain(cli::wrong_data, e.what());
    } catch (cli::file_error const &e) {
        return complain(cli::file_trouble, e.what());
    } catch (std::bad_alloc const &) {
        return complain(cli::file_trouble, "there is not enough memory");
    } catch (std::exception const &e) {
        return complain(cli::wrong_data, e.what());
    }
}
