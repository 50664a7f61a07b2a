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
    addRegion();
}

void ViewBar::addPaneCounts() {
    addWidget(new QLabel(tr("Panes"), this));
    for (int count = 1; count <= PaneGrid::kMostPanes; ++count) {
        QAction* action = addAction(QString::number(count));
        action->setObjectName(QStringLiteral("panes%1").arg(count));
        action->setCheckable(true);
        action->setData(count);
        action->setShortcut(QKeySequence(Qt::CTRL | static_cast<Qt::Key>(Qt::Key_0 + count)));
        action->setToolTip(tr("%n pane(s) side by side (Ctrl+%1)", nullptr, count).arg(count));
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
    auto* size = new QSlider(Qt::Horizontal, this);
    size->setObjectName(QStringLiteral("pointSize"));
    size->setAccessibleName(tr("Point size in pixels"));
    size->setRange(1, kLargestPoint);
    size->setValue(kDefaultPoint);
    size->setFixedWidth(110);
    addWidget(size);
    connect(size, &QSlider::valueChanged, this, [this](int pixels) { grid_.setPointSize(pixels); });
    QAction* shading = addAction(tr("Depth shading"));
    shading->setObjectName(QStringLiteral("eyeDomeLighting"));
    shading->setCheckable(true);
    shading->setChecked(true);
    shading->setShortcut(Qt::Key_E);
    shading->setToolTip(tr("Eye-dome lighting: outlines depth without normals (E)"));
    connect(shading, &QAction::toggled, this, [this](bool on) { grid_.setEyeDomeLighting(on); });
}

void ViewBar::addRegion() {
    addWidget(new QLabel(tr("Electricity of"), this));
    auto* region = new QComboBox(this);
    region->setObjectName(QStringLiteral("region"));
    region->setAccessibleName(tr("Region of the electricity"));
    region->setMaximumWidth(220);
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
