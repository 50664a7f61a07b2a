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
    QObject::connect(timer, &QTimer::timeout, &window, [&window, timer, then] {
        if (!window.session().isBusy()) {
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
    if (options.playSeconds > 0.0) {
        whenIdle(window, [&window, options, failures = countFailures(window)] {
            measurePlaying(window, options.playSeconds, [&window, options, failures] {
                endWith(window, options.screenshot, *failures == 0);
            });
        });
    } else if (!options.screenshot.empty()) {
        whenIdle(window, [&window, options, failures = countFailures(window)] {
            endWith(window, options.screenshot, *failures == 0);
        });
    }
    for (const ModelSpec& spec : options.models) {
        session.addModel(spec);
    }
    if (!options.path.empty()) {
        session.openDataset(QString::fromStdString(options.path));
    }
    if (options.run) {
        session.run();
    }
}

} // namespace siskin::workbench
