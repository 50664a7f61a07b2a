// SPDX-License-Identifier: MIT
#include "widgets/panels/view_bar.hpp"

#include "widgets/controller/session_controller.hpp"
#include "widgets/panels/pane_grid.hpp"

#include <QAction>
#include <QActionGroup>
#include <QComboBox>
#include <QLabel>
#include <QSlider>

namespace siskin::ui {

namespace {

constexpr int kLargestPoint = 10; // pixels
constexpr int kDefaultPoint = 3;
constexpr int kShapePoint = 7; // a shape has a few thousand points
constexpr int kRoomPoint = 4;
constexpr int kDefaultCeiling = 80; // percent of the height
constexpr int kLowestCeiling = 5;

} // namespace

ViewBar::ViewBar(SessionController& session, PaneGrid& grid, QWidget* parent)
    : QToolBar(tr("View"), parent), session_(session), grid_(grid),
      counts_(new QActionGroup(this)) {
    setObjectName(QStringLiteral("viewBar"));
    setMovable(false);
    addPaneCounts();
    addSeparator();
    addPresets();
    addSeparator();
    addLook();
    addSeparator();
    addCeiling();
    addSeparator();
    addRegion();
    connect(&session_, &SessionController::frameChanged, this, &ViewBar::suitScene);
}

void ViewBar::addPaneCounts() {
    addWidget(new QLabel(tr("Panes"), this));
    for (int count = 1; count <= PaneGrid::kMostPanes; ++count) {
        QAction* action = addAction(QString::number(count));
        action->setObjectName(QStringLiteral("panes%1").arg(count));
        action->setCheckable(true);
        action->setData(count);
        action->setShortcut(QKeySequence(Qt::CTRL | static_cast<Qt::Key>(Qt::Key_0 + count)));
        action->setToolTip((
            count == 1 ? tr("One pane (Ctrl+1)") : tr("%1 panes side by side (Ctrl+%1)").arg(count)
        ));
        counts_->addAction(action);
        connect(action, &QAction::triggered, this, [this, count] { grid_.setPaneCount(count); });
    }
    choosePaneCount(grid_.paneCount());
}

void ViewBar::choosePaneCount(int count) {
    for (QAction* action : counts_->actions()) {
        if (action->data().toInt() == count) {
            action->setChecked(true);
        }
    }
    if (grid_.paneCount() != count) {
        grid_.setPaneCount(count);
    }
}

void ViewBar::addPresets() {
    struct Preset {
        QString label;
        ViewPreset preset;
        Qt::Key key;
    };

    const Preset presets[] = {
        {tr("Overview"), ViewPreset::Perspective, Qt::Key_1},
        {tr("Top"), ViewPreset::Top, Qt::Key_2},
        {tr("Side"), ViewPreset::Side, Qt::Key_3},
        {tr("Ego"), ViewPreset::Ego, Qt::Key_4},
    };
    addWidget(new QLabel(tr("Look"), this));
    for (const Preset& preset : presets) {
        QAction* action = addAction(preset.label);
        action->setShortcut(preset.key);
        action->setToolTip(tr("%1 (%2)").arg(preset.label, action->shortcut().toString()));
        connect(action, &QAction::triggered, this, [this, chosen = preset.preset] {
            grid_.lookFrom(chosen);
        });
    }
}

void ViewBar::addLook() {
    addWidget(new QLabel(tr("Point size"), this));
    pointSize_ = new QSlider(Qt::Horizontal, this);
    pointSize_->setObjectName(QStringLiteral("pointSize"));
    pointSize_->setAccessibleName(tr("Point size in pixels"));
    pointSize_->setRange(1, kLargestPoint);
    pointSize_->setValue(kDefaultPoint);
    pointSize_->setFixedWidth(90);
    addWidget(pointSize_);
    connect(pointSize_, &QSlider::valueChanged, this, [this](int pixels) {
        grid_.setPointSize(pixels);
    });
    QAction* shading = addAction(tr("Depth shading"));
    shading->setObjectName(QStringLiteral("eyeDomeLighting"));
    shading->setCheckable(true);
    shading->setChecked(true);
    shading->setShortcut(Qt::Key_E);
    shading->setToolTip(tr("Eye-dome lighting: outlines depth without normals (E)"));
    connect(shading, &QAction::toggled, this, [this](bool on) { grid_.setEyeDomeLighting(on); });
}

void ViewBar::addCeiling() {
    ceiling_ = addAction(tr("Cut above"));
    ceiling_->setObjectName(QStringLiteral("ceilingClip"));
    ceiling_->setCheckable(true);
    ceiling_->setShortcut(Qt::Key_C);
    ceiling_->setToolTip(tr("Hide what lies above a height, to look into a room (C)"));
    ceilingShare_ = new QSlider(Qt::Horizontal, this);
    ceilingShare_->setObjectName(QStringLiteral("ceilingShare"));
    ceilingShare_->setAccessibleName(tr("Height of the cut in percent of the whole height"));
    ceilingShare_->setRange(kLowestCeiling, 100);
    ceilingShare_->setValue(kDefaultCeiling);
    ceilingShare_->setFixedWidth(90);
    ceilingText_ = new QLabel(this);
    ceilingText_->setObjectName(QStringLiteral("ceilingText"));
    ceilingText_->setMinimumWidth(ceilingText_->fontMetrics().horizontalAdvance("00.00 m"));
    addWidget(ceilingShare_);
    addWidget(ceilingText_);
    connect(ceiling_, &QAction::toggled, this, &ViewBar::applyCeiling);
    connect(ceilingShare_, &QSlider::valueChanged, this, &ViewBar::applyCeiling);
    applyCeiling();
}

void ViewBar::applyCeiling() {
    const double share = ceilingShare_->value() / 100.0;
    ceilingShare_->setEnabled(ceiling_->isChecked());
    ceilingText_->setEnabled(ceiling_->isChecked());
    const auto& frame = session_.frame();
    if (frame && frame->task != ModelTask::ShapeParts) {
        const auto& [low, high] = frame->cloud->heights;
        ceilingText_->setText(tr("%1 m").arg(low + share * (high - low), 0, 'f', 1));
    } else {
        ceilingText_->setText(tr("%1 %").arg(ceilingShare_->value()));
    }
    grid_.setCeiling(ceiling_->isChecked() ? std::optional(share) : std::nullopt);
}

void ViewBar::suitScene() {
    if (!session_.frame()) {
        return;
    }
    const SceneKind kind = session_.frame()->cloud->kind;
    if (kind_ != kind) {
        kind_ = kind;
        pointSize_->setValue(
            kind == SceneKind::Shape  ? kShapePoint
            : kind == SceneKind::Room ? kRoomPoint
                                      : kDefaultPoint
        );
        ceiling_->setChecked(kind == SceneKind::Room);
    }
    applyCeiling(); // every frame has its own height
}

void ViewBar::addRegion() {
    addWidget(new QLabel(tr("Electricity of"), this));
    auto* region = new QComboBox(this);
    region->setObjectName(QStringLiteral("region"));
    region->setAccessibleName(tr("Region of the electricity"));
    region->setMaximumWidth(200);
    for (const GridIntensity& row : session_.grid().rows()) {
        const QString title = QStringLiteral("%1 (%2 g/kWh)")
                                  .arg(QString::fromStdString(row.name))
                                  .arg(row.gramsPerKwh.value, 0, 'f', 0);
        region->addItem(title, QString::fromStdString(row.code));
        region->setItemData(
            region->count() - 1, QString::fromStdString(row.source), Qt::ToolTipRole
        );
    }
    region->setCurrentIndex(region->findData(QString::fromStdString(session_.region().code)));
    addWidget(region);
    connect(region, &QComboBox::activated, this, [this, region] {
        session_.setRegion(region->currentData().toString());
    });
}

} // namespace siskin::ui
