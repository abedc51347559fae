#include <nlohmann/json.hpp>

#include "commands/commands.hpp"
#include "errors.hpp"
#include "measure.hpp"
#include "progress.hpp"

namespace cli {

void add_compare(CLI::App &app, action &run) {
    struct options {
        std::string a, b, model;
        reading how;
        bool as_json = false, hidden = false;
    };
    auto const o = std::make_shared<options>();
    auto &command = *app.add_subcommand("compare", "measure how far two pictures differ; streams are decoded");
    command.add_option("a", o->a, "the original")->required()->type_name("A");
    command.add_option("b", o->b, "the picture to judge")->required()->type_name("B");
    command.add_option("--model", o->model, "the model of streams that need one")->type_name("FILE");
    command.add_flag("--json", o->as_json, "print JSON; an infinite PSNR is null");
    command.add_flag("--keep-hidden", o->hidden, "count also colours where both alphas are 0, which nobody sees");
    add_reading(command, o->how);
    add_example(command, "dog.png dog.tpc");
    command.callback([o, &run] {
        run = [o] {
            if (o->a == "-" && o->b == "-") throw usage_error("only one of the two can be standard input");
            progress const bar("comparing");
            auto const a = load(o->a, o->model, o->how), b = load(o->b, o->model, o->how);
            if (!a.same_kind(b))
                throw data_error(input_name(o->b) + ": is " + kind_name(b) + ", but " + input_name(o->a) + " is " +
                                 kind_name(a));
            auto const s = measure(a, o->hidden ? b : as_seen(a, b));
            bool const same = a == b;
            if (o->as_json) {
                nlohmann::ordered_json j{{"a", input_name(o->a)}, {"b", input_name(o->b)}, {"identical", same}};
                j["psnr"] = s.psnr; // JSON has no infinity: the library writes null
                if (s.psnr_y) j["psnr_y"] = *s.psnr_y;
                if (s.ssim) j["ssim_y"] = *s.ssim;
                if (s.ms_ssim) j["ms_ssim_y"] = *s.ms_ssim;
                j["mse"] = s.mse, j["mae"] = s.mae, j["max_error"] = s.max_error;
                return print(j.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n");
            }
            std::string text = same ? "identical\n" : "";
            text += "PSNR       " + fixed(s.psnr, 3) + " dB\n";
            if (s.psnr_y) text += "PSNR-Y     " + fixed(*s.psnr_y, 3) + " dB\n";
            if (s.ssim) text += "SSIM       " + fixed(*s.ssim, 6) + "\n";
            if (s.ms_ssim) text += "MS-SSIM    " + fixed(*s.ms_ssim, 6) + "\n";
            text += "MSE        " + fixed(s.mse, 6) + "\nMAE        " + fixed(s.mae, 6) + "\nmax error  " +
                    fixed(s.max_error, 6) + "\n";
            print(text);
        };
    });
}

} // namespace cli
