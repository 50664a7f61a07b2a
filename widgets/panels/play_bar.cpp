// SPDX-License-Identifier: MIT
#include "widgets/panels/play_bar.hpp"

#include "widgets/controller/playback.hpp"
#include "widgets/controller/session_controller.hpp"

#include <QAction>
#include <QCheckBox>
#include <QComboBox>
#include <QLabel>
#include <QSignalBlocker>
#include <QSlider>

#include <algorithm>

namespace siskin::ui {

PlayBar::PlayBar(SessionController& session, Playback& playback, QWidget* parent)
    : QToolBar(tr("Play"), parent), session_(session), playback_(playback),
      back_(new QAction(tr("\u2758\u25C0"), this)), play_(new QAction(this)),
      next_(new QAction(tr("\u25B6\u2758"), this)) {
    setObjectName(QStringLiteral("playBar"));
    setMovable(false);
    buildActions();
    buildPosition();
    buildSettings();
    connect(&playback_, &Playback::playingChanged, this, &PlayBar::showPlaying);
    connect(&playback_, &Playback::statsChanged, this, &PlayBar::showRate);
    connect(&session_, &SessionController::datasetChanged, this, &PlayBar::showPosition);
    connect(&session_, &SessionController::frameChanged, this, &PlayBar::showPosition);
    showPlaying(false);
    showPosition();
}

void PlayBar::buildActions() {
    back_->setObjectName(QStringLiteral("playBack"));
    // The keys of semantic-kitti-api's viewer, which the field knows by heart, and the arrows.
    back_->setShortcuts({QKeySequence(Qt::Key_B), QKeySequence(Qt::Key_Left)});
    back_->setToolTip(tr("Previous frame (B or left arrow)"));
    next_->setObjectName(QStringLiteral("playNext"));
    next_->setShortcuts({QKeySequence(Qt::Key_N), QKeySequence(Qt::Key_Right)});
    next_->setToolTip(tr("Next frame (N or right arrow)"));
    play_->setObjectName(QStringLiteral("play"));
    play_->setShortcut(Qt::Key_Space);
    play_->setToolTip(tr("Play the drive at its own pace, or pause (space)"));
    addAction(back_);
    addAction(play_);
    addAction(next_);
    connect(back_, &QAction::triggered, this, [this] { playback_.step(-1); });
    connect(next_, &QAction::triggered, this, [this] { playback_.step(1); });
    connect(play_, &QAction::triggered, &playback_, &Playback::toggle);
}

void PlayBar::buildPosition() {
    slider_ = new QSlider(Qt::Horizontal, this);
    slider_->setObjectName(QStringLiteral("frameSlider"));
    slider_->setAccessibleName(tr("Frame"));
    slider_->setFocusPolicy(Qt::NoFocus); // the arrow keys step through frames everywhere
    slider_->setMinimumWidth(200);
    position_ = new QLabel(this);
    position_->setObjectName(QStringLiteral("framePosition"));
    addWidget(slider_);
    addWidget(position_);
    connect(slider_, &QSlider::valueChanged, this, [this](int value) {
        playback_.seek(static_cast<std::size_t>(value));
    });
}

void PlayBar::buildSettings() {
    auto* speed = new QComboBox(this);
    speed->setObjectName(QStringLiteral("playSpeed"));
    speed->setAccessibleName(tr("Speed"));
    for (const double times : {0.25, 0.5, 1.0, 2.0, 4.0}) {
        speed->addItem(QStringLiteral("%1\u00D7").arg(times), times);
    }
    speed->setCurrentIndex(speed->findData(playback_.speed()));
    auto* loop = new QCheckBox(tr("Loop"), this);
    loop->setObjectName(QStringLiteral("playLoop"));
    loop->setChecked(playback_.loop());
    auto* run = new QCheckBox(tr("Run while playing"), this);
    run->setObjectName(QStringLiteral("runWhilePlaying"));
    run->setChecked(true);
    run->setToolTip(tr("Run the ticked models on every frame that is shown; what comes too late is "
                       "left out, so that the picture never lags behind"));
    rate_ = new QLabel(this);
    rate_->setObjectName(QStringLiteral("playRate"));
    rate_->setToolTip(tr("Over the last seconds: pictures per second, time from when a frame was "
                         "due to its picture, frames left out since play was pressed"));
    addWidget(speed);
    addWidget(loop);
    addWidget(run);
    addSeparator();
    addWidget(rate_);
    connect(speed, &QComboBox::activated, this, [this, speed] {
        playback_.setSpeed(speed->currentData().toDouble());
    });
    connect(loop, &QCheckBox::toggled, &playback_, &Playback::setLoop);
    connect(&playback_, &Playback::settingsChanged, loop, [this, loop] {
        loop->setChecked(playback_.loop());
    });
    connect(run, &QCheckBox::toggled, &playback_, &Playback::setRunWhilePlaying);
}

QString PlayBar::rateText() const {
    return rate_->text();
}

void PlayBar::showPlaying(bool playing) {
    play_->setText(playing ? tr("\u275A\u275A Pause") : tr("\u25B6 Play"));
}

void PlayBar::showPosition() {
    const auto* dataset = session_.dataset();
    const int count = dataset == nullptr ? 0 : static_cast<int>(dataset->frames().size());
    const int index = session_.frame() ? static_cast<int>(session_.frame()->index) : 0;
    {
        const QSignalBlocker quiet(slider_); // not a choice of the person's
        slider_->setRange(0, std::max(0, count - 1));
        slider_->setValue(index);
    }
    position_->setText(count == 0 ? QString() : tr(" %1 of %2 ").arg(index + 1).arg(count));
    for (QAction* action : {back_, play_, next_}) {
        action->setEnabled(count > 1);
    }
    slider_->setEnabled(count > 1);
}

void PlayBar::showRate() {
    const PlayStats stats = playback_.stats();
    QString text = tr("shown %1 frames/s, lag %2 ms, dropped %3")
                       .arg(stats.framesPerSecond, 0, 'f', 1)
                       .arg(stats.lagMs, 0, 'f', 0)
                       .arg(stats.dropped);
    if (stats.sideBySide > 1) {
        text += tr(", %1 frames side by side").arg(stats.sideBySide);
    }
    rate_->setText(text);
}

} // namespace siskin::ui
