// SPDX-License-Identifier: MIT
#include "widgets/panels/theme.hpp"

#include <QApplication>
#include <QPalette>
#include <QString>
#include <QStyleFactory>

#include <array>

namespace siskin::ui {

void applyTheme(QApplication& application) {
    using namespace theme;
    application.setStyle(QStyleFactory::create(QStringLiteral("Fusion")));
    QPalette palette;
    palette.setColor(QPalette::Window, kPanel);
    palette.setColor(QPalette::WindowText, kText);
    palette.setColor(QPalette::Base, kBackground);
    palette.setColor(QPalette::AlternateBase, kPanel);
    palette.setColor(QPalette::Text, kText);
    palette.setColor(QPalette::Button, kStrip);
    palette.setColor(QPalette::ButtonText, kText);
    palette.setColor(QPalette::BrightText, Qt::white);
    palette.setColor(QPalette::ToolTipBase, kStrip);
    palette.setColor(QPalette::ToolTipText, kText);
    palette.setColor(QPalette::PlaceholderText, kQuiet);
    palette.setColor(QPalette::Highlight, kHighlight);
    palette.setColor(QPalette::HighlightedText, Qt::white);
    palette.setColor(QPalette::Link, QColor(110, 170, 235));
    for (const auto role : {QPalette::Text, QPalette::WindowText, QPalette::ButtonText}) {
        palette.setColor(QPalette::Disabled, role, QColor(100, 106, 118));
    }
    application.setPalette(palette);
    application.setStyleSheet(QStringLiteral(
        "QToolTip { background: #24282f; color: #e2e6ed; border: 1px solid #363c48; padding: 4px; }"
        "QDockWidget { font-weight: 600; }"
        "QDockWidget::title { background: #24282f; padding: 6px 8px; }"
        "QToolBar { border: none; spacing: 5px; padding: 5px 8px; background: #1c1f26; }"
        "QToolBar QToolButton { padding: 4px 9px; border-radius: 4px; }"
        "QToolBar QToolButton:hover { background: #363c48; }"
        "QToolBar QToolButton:checked { background: #40608a; }"
        "QHeaderView::section { background: #24282f; color: #929aa8; border: none; padding: 4px "
        "6px; }"
        "QAbstractItemView { border: 1px solid #2a2f38; }"
        "QCheckBox::indicator, QAbstractItemView::indicator { width: 11px; height: 11px;"
        " border: 1px solid #7a8496; border-radius: 3px; background: #14161b; }"
        "QCheckBox::indicator:checked, QAbstractItemView::indicator:checked { background: #5b9be0; "
        "}"
        "QStatusBar { color: #929aa8; }"
        "QStatusBar::item { border: none; }"
    ));
}

QColor modelAccent(std::size_t position) {
    // Distinct in brightness as well as hue, none of them the blue/orange of the right/wrong map.
    static const std::array<QColor, 8> accents{
        QColor(92, 200, 170),
        QColor(190, 140, 235),
        QColor(240, 214, 110),
        QColor(236, 120, 150),
        QColor(150, 205, 90),
        QColor(120, 140, 240),
        QColor(206, 156, 110),
        QColor(205, 80, 205),
    };
    return accents[position % accents.size()];
}

} // namespace siskin::ui
