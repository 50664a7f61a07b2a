// SPDX-License-Identifier: MIT
#include "app/workbench/startup.hpp"

#include "app/workbench/play_report.hpp"
#include "core/base/error.hpp"
#include "widgets/panels/workbench_window.hpp"
#include "widgets/view/vtk_view.hpp"

#include <QApplication>
#include <QTimer>

#include <cstdio>
#include <cstdlib>
#include <functional>
#include <memory>

namespace siskin::workbench {

namespace {

constexpr auto kNoDisplay = "cannot open a display";
constexpr auto kNoDisplayHint =
    "set DISPLAY, log in to a desktop or use xvfb-run; 'siskin run' works without a display";

/// Qt knows only abort() for a display that does not answer.
void onStartupMessage(QtMsgType type, const QMessageLogContext&, const QString&) {
    if (type == QtFatalMsg) {
        std::fprintf(stderr, "siskin-workbench: error: %s - %s\n", kNoDisplay, kNoDisplayHint);
        std::_Exit(static_cast<int>(ExitCode::DeviceUnavailable));
    }
}

void endWith(ui::WorkbenchWindow& window, const std::string& screenshot, bool good) {
    if (!screenshot.empty()) {
        good = window.saveWindow(QString::fromStdString(screenshot)) && good;
    }
    QCoreApplication::exit(static_cast<int>(good ? ExitCode::Ok : ExitCode::RunFailed));
}

/// Prints failures as lines and counts them.
std::shared_ptr<int> countFailures(ui::WorkbenchWindow& window) {
    auto failures = std::make_shared<int>(0);
    QObject::connect(
        &window.session(),
        &ui::SessionController::failed,
        &window,
        [failures](const QString& line) {
            ++*failures;
            std::fprintf(stderr, "siskin-workbench: error: %s\n", qPrintable(line));
        }
    );
    return failures;
}

/// Calls `then` once nothing is being opened, loaded or run.
void whenIdle(ui::WorkbenchWindow& window, const std::function<void()>& then) {
    auto* timer = new QTimer(&window);
    constexpr int kLookMs = 100;
    constexpr int kLooks = 4; // in a row: what came last has been laid out and drawn by then
    QObject::connect(timer, &QTimer::timeout, &window, [&window, timer, then, looks = 0]() mutable {
        looks = window.session().isBusy() ? 0 : looks + 1;
        if (looks == kLooks) {
            timer->stop();
            then();
        }
    });
    timer->start(kLookMs);
}

} // namespace

void prepareDisplay() {
    const bool named = qEnvironmentVariableIsSet("DISPLAY") ||
                       qEnvironmentVariableIsSet("WAYLAND_DISPLAY") ||
                       qEnvironmentVariableIsSet("QT_QPA_PLATFORM");
    if (!named) {
        throw DeviceError(kNoDisplay, kNoDisplayHint);
    }
    qInstallMessageHandler(onStartupMessage);
    ui::VtkView::prepareApplication();
}

void checkDisplay() {
    qInstallMessageHandler(nullptr);
    const QString reason = ui::VtkView::unavailableReason();
    if (!reason.isEmpty()) {
        throw DeviceError(
            reason.toStdString(), "use a display with OpenGL 3.2; 'siskin run' works without one"
        );
    }
}

void start(ui::WorkbenchWindow& window, const Options& options) {
    auto& session = window.session();
    session.setRegion(QString::fromStdString(options.region));
    window.setPaneCount(startingPanes(options));
    const auto failures = countFailures(window);
    const auto end = [&window, options, failures] {
        endWith(window, options.screenshot, *failures == 0);
    };
    if (options.playSeconds > 0.0) {
        whenIdle(window, [&window, options, end] {
            measurePlaying(window, options.playSeconds, end);
        });
    } else if (options.paperPreset) {
        whenIdle(window, [&window, options, end] {
            window.compareAsInPaper();
            if (!options.screenshot.empty()) {
                whenIdle(window, end);
            }
        });
    } else if (!options.screenshot.empty()) {
        whenIdle(window, end);
    }
    if (!options.path.empty()) {
        session.openDataset(QString::fromStdString(options.path));
    }
    for (const ModelSpec& spec : options.models) {
        session.addModel(spec);
    }
    if (options.run) {
        session.run();
    }
}

} // namespace siskin::workbench
