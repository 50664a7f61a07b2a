// SPDX-License-Identifier: MIT
#include "app/cli/version.hpp"
#include "app/workbench/options.hpp"
#include "app/workbench/real_services.hpp"
#include "app/workbench/startup.hpp"
#include "core/base/error.hpp"
#include "widgets/panels/theme.hpp"
#include "widgets/panels/workbench_window.hpp"

#include <QApplication>

#include <fmt/format.h>

#include <cstdio>
#include <exception>

namespace {

int runWorkbench(int argc, char** argv) {
    using namespace siskin;
    const auto options = workbench::parseOptions({argv + 1, argv + argc});
    if (options.help) {
        fmt::print("{}", workbench::helpText());
        return 0;
    }
    if (options.version) {
        fmt::print("{}", cli::versionText());
        fmt::print("  {:<14} {}\n", "Qt", qVersion());
        return 0;
    }
    workbench::prepareDisplay();
    int qtArgc = 1; // the options are ours; Qt need not look at them
    QApplication application(qtArgc, argv);
    workbench::checkDisplay();
    ui::applyTheme(application);
    ui::WorkbenchWindow window(workbench::realServices(options.device));
    workbench::start(window, options);
    window.show();
    return QApplication::exec();
}

} // namespace

int main(int argc, char** argv) {
    try {
        return runWorkbench(argc, argv);
    } catch (const siskin::Error& error) {
        fmt::print(stderr, "siskin-workbench: error: {}\n", error.line());
        return static_cast<int>(error.exitCode());
    } catch (const std::exception& error) {
        fmt::print(stderr, "siskin-workbench: error: {}\n", error.what());
        return static_cast<int>(siskin::ExitCode::RunFailed);
    }
}
