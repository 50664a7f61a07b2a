// SPDX-License-Identifier: MIT
#include "app/workbench/startup.hpp"

#include "core/base/error.hpp"
#include "widgets/panels/workbench_window.hpp"
#include "widgets/view/vtk_view.hpp"

#include <QApplication>
#include <QTimer>

#include <cstdio>
#include <cstdlib>

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

/// Ends the application once nothing is being opened, loaded or run.
void saveWhenDone(ui::WorkbenchWindow& window, const QString& file) {
    auto failures = std::make_shared<int>(0);
    auto& session = window.session();
    QObject::connect(
        &session,
        &ui::SessionController::failed,
        &window,
        [failures](const QString& line) {
            ++*failures;
            std::fprintf(stderr, "siskin-workbench: error: %s\n", qPrintable(line));
        }
    );
    auto* timer = new QTimer(&window);
    constexpr int kLookMs = 100;
    QObject::connect(timer, &QTimer::timeout, &window, [&window, timer, failures, file] {
        if (window.session().isBusy()) {
            return;
        }
        timer->stop();
        const bool good = window.saveWindow(file) && *failures == 0;
        QCoreApplication::exit(static_cast<int>(good ? ExitCode::Ok : ExitCode::RunFailed));
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
    if (!options.screenshot.empty()) {
        saveWhenDone(window, QString::fromStdString(options.screenshot));
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
