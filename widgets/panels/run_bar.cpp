// SPDX-License-Identifier: MIT
#include "widgets/panels/run_bar.hpp"

#include "widgets/controller/session_controller.hpp"

#include <QAction>
#include <QCheckBox>
#include <QFontMetrics>
#include <QProgressBar>

#include <cmath>

namespace siskin::ui {

namespace {

constexpr int kSteps = 1000;

} // namespace

RunBar::RunBar(SessionController& session, QWidget* parent)
    : QToolBar(tr("Run"), parent), run_(new QAction(tr("\u25B6 Run"), this)),
      cancel_(new QAction(tr("\u25A0 Cancel"), this)), progress_(new QProgressBar(this)) {
    setObjectName(QStringLiteral("runBar"));
    setMovable(false);
    run_->setShortcut(Qt::Key_F5);
    run_->setToolTip(tr("Run the ticked models on this frame (F5)"));
    cancel_->setShortcut(Qt::Key_Escape);
    cancel_->setToolTip(tr("Stop the run (Esc)"));
    progress_->setObjectName(QStringLiteral("runProgress"));
    progress_->setRange(0, kSteps);
    progress_->setFixedWidth(320);
    progress_->setTextVisible(true);
    auto* everyFrame = new QCheckBox(tr("Run on every frame"), this);
    everyFrame->setObjectName(QStringLiteral("runOnEveryFrame"));
    addAction(run_);
    addAction(cancel_);
    addWidget(progress_);
    addWidget(everyFrame);
    connect(run_, &QAction::triggered, &session, &SessionController::run);
    connect(cancel_, &QAction::triggered, &session, &SessionController::cancel);
    connect(everyFrame, &QCheckBox::toggled, &session, &SessionController::setRunOnEveryFrame);
    connect(&session, &SessionController::runningChanged, this, &RunBar::showRunning);
    connect(
        &session,
        &SessionController::progressed,
        this,
        [this](double fraction, const QString& what) {
            progress_->setValue(static_cast<int>(std::lround(fraction * kSteps)));
            const QString shortened =
                progress_->fontMetrics().elidedText(what, Qt::ElideMiddle, progress_->width() - 60);
            progress_->setFormat(shortened + QStringLiteral("  %p%"));
        }
    );
    showRunning(false);
}

void RunBar::showRunning(bool running) {
    run_->setEnabled(!running);
    cancel_->setEnabled(running);
    progress_->setValue(0);
    progress_->setFormat(running ? QString() : tr("ready"));
}

} // namespace siskin::ui
