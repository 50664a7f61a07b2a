// SPDX-License-Identifier: MIT
#include "widgets/panels/pane_grid.hpp"

#include "widgets/controller/session_controller.hpp"
#include "widgets/panels/pane.hpp"
#include "widgets/view/vtk_view.hpp"

#include <QGridLayout>

#include <algorithm>

namespace siskin::ui {

namespace {

constexpr std::size_t kLightPoints = 40'000; // per pane, while the picture moves and GL is slow

bool isOffered(const SessionController& session, const PaneContent& content) {
    const auto choices = contentChoices(session);
    return std::any_of(choices.begin(), choices.end(), [&content](const ContentChoice& choice) {
        return choice.content == content;
    });
}

} // namespace

template <typename Change>
void PaneGrid::forEachScene(Change change) {
    for (Pane* pane : panes_) {
        pane->changeScene(change);
    }
}

PaneGrid::PaneGrid(SessionController& session, QWidget* parent)
    : QWidget(parent), session_(session), layout_(new QGridLayout(this)) {
    layout_->setContentsMargins(0, 0, 0, 0);
    layout_->setSpacing(4);
    connect(&session_, &SessionController::datasetChanged, this, [this] { viewFresh_ = true; });
    connect(&session_, &SessionController::frameChanged, this, &PaneGrid::onFrameChanged);
    connect(&session_, &SessionController::modelsChanged, this, &PaneGrid::refresh);
    connect(&session_, &SessionController::outcomeChanged, this, &PaneGrid::refresh);
    connect(&session_, &SessionController::regionChanged, this, &PaneGrid::refresh);
    connect(&session_, &SessionController::runningChanged, this, &PaneGrid::refresh);
    connect(&link_, &CameraLink::moved, this, &PaneGrid::lightenWhileMoving);
    constexpr int kStillMs = 250;
    stillness_.setSingleShot(true);
    stillness_.setInterval(kStillMs);
    connect(&stillness_, &QTimer::timeout, this, &PaneGrid::restoreWhenStill);
    setPaneCount(1);
}

PaneGrid::~PaneGrid() = default;

void PaneGrid::setPaneCount(int count) {
    const int wanted = std::clamp(count, 1, kMostPanes);
    while (paneCount() < wanted) {
        addPane();
    }
    while (paneCount() > wanted) {
        delete panes_.back();
        panes_.pop_back();
    }
    arrange();
    refresh();
}

void PaneGrid::addPane() {
    auto* pane = new Pane(session_, this);
    CloudScene& scene = pane->scene();
    pane->setPointSize(pointSize_);
    scene.setEyeDomeLighting(eyeDomeLighting_ && !light_);
    scene.drawCheaply(light_ ? kLightPoints : 0);
    scene.setSwitches(switches_);
    scene.setCeiling(ceiling_);
    if (!panes_.empty()) {
        scene.setPose(panes_.front()->scene().pose());
    }
    link_.add(pane->view(), scene);
    connect(pane, &Pane::linkToggled, this, [this, pane](bool linked) {
        link_.setLinked(pane->view(), linked);
    });
    connect(pane, &Pane::pointPicked, this, &PaneGrid::markPoint);
    if (panes_.empty()) {
        connect(&pane->view(), &QOpenGLWidget::frameSwapped, this, &PaneGrid::painted);
    }
    panes_.push_back(pane);
}

void PaneGrid::arrange() {
    while (QLayoutItem* item = layout_->takeAt(0)) {
        delete item;
    }
    const int columns = paneCount() == kMostPanes ? 2 : paneCount();
    for (int i = 0; i < paneCount(); ++i) {
        layout_->addWidget(&pane(i), i / columns, i % columns);
        pane(i).setStatLines(columns); // the narrower a pane, the more lines its figures need
        pane(i).show();
    }
    for (int i = 0; i < kMostPanes; ++i) {
        layout_->setColumnStretch(i, i < columns ? 1 : 0);
        layout_->setRowStretch(i, i * columns < paneCount() ? 1 : 0);
    }
}

void PaneGrid::assignDefaults() {
    for (std::size_t i = 0; i < panes_.size(); ++i) {
        if (!isOffered(session_, panes_[i]->content())) {
            panes_[i]->forgetChoice();
        }
        if (!panes_[i]->isChosen()) {
            panes_[i]->setContent(defaultContent(session_, i, panes_.size()));
        }
    }
}

void PaneGrid::refresh() {
    assignDefaults();
    for (Pane* pane : panes_) {
        pane->refresh();
    }
}

void PaneGrid::onFrameChanged() {
    refresh();
    if (viewFresh_ && session_.frame()) {
        viewFresh_ = false;
        lookFrom(ViewPreset::Perspective);
    }
    if (playing_) {
        lightenWhileMoving();
    }
}

void PaneGrid::setPointSize(double pixels) {
    pointSize_ = pixels;
    for (Pane* pane : panes_) {
        pane->setPointSize(pixels);
    }
}

void PaneGrid::setEyeDomeLighting(bool on) {
    eyeDomeLighting_ = on;
    const bool now = on && !light_; // later, when the picture is still
    forEachScene([now](CloudScene& scene) { scene.setEyeDomeLighting(now); });
}

void PaneGrid::setCeiling(std::optional<double> share) {
    ceiling_ = share;
    forEachScene([share](CloudScene& scene) { scene.setCeiling(share); });
}

void PaneGrid::setSwitches(const ClassSwitches& switches) {
    switches_ = switches;
    forEachScene([&switches](CloudScene& scene) { scene.setSwitches(switches); });
}

void PaneGrid::lookFrom(ViewPreset preset) {
    if (!session_.frame()) {
        return;
    }
    const CloudPoints& cloud = *session_.frame()->cloud;
    const QSize size = panes_.front()->view().size();
    const double aspect = size.isEmpty() ? 1.0 : static_cast<double>(size.width()) / size.height();
    const CameraPose pose = presetPose(preset, cloud.bounds, cloud.kind, aspect);
    forEachScene([&pose](CloudScene& scene) { scene.setPose(pose); });
}

void PaneGrid::lightenWhileMoving() {
    // Software GL needs about 100 ms for a shaded pane and 30 ms for all points of a plain one; a
    // drag or a drive must not wait for four of them.
    constexpr double kSlowFrame = 0.04; // seconds
    const bool slow = std::any_of(panes_.begin(), panes_.end(), [](const Pane* pane) {
        return pane->view().lastRenderSeconds() > kSlowFrame;
    });
    if (!slow && !light_) {
        return;
    }
    if (!light_) {
        light_ = true;
        forEachScene([](CloudScene& scene) {
            scene.setEyeDomeLighting(false);
            scene.drawCheaply(kLightPoints);
        });
    }
    stillness_.start();
}

void PaneGrid::restoreWhenStill() {
    if (playing_) {
        stillness_.start(); // the next frame is only a moment away
    } else {
        forEachScene([this](CloudScene& scene) {
            scene.setEyeDomeLighting(eyeDomeLighting_);
            scene.drawCheaply(0);
        });
        light_ = false;
    }
}

void PaneGrid::setPlaying(bool playing) {
    playing_ = playing;
}

void PaneGrid::markPoint(std::size_t index) {
    forEachScene([index](CloudScene& scene) { scene.setMarker(index); });
    emit pointPicked(index);
}

} // namespace siskin::ui
