// SPDX-License-Identifier: MIT
#include "widgets/panels/welcome.hpp"

#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>

namespace siskin::ui {

Welcome::Welcome(QWidget* parent) : QWidget(parent) {
    setObjectName(QStringLiteral("welcome"));
    auto* title = new QLabel(tr("See what your network saw, and what it cost"), this);
    QFont large = title->font();
    large.setPointSizeF(large.pointSizeF() * 1.7);
    large.setBold(true);
    title->setFont(large);
    auto* text = new QLabel(
        tr("Open a LiDAR scan, a room or a shape, add one or more networks, press Run.\n"
           "Each pane shows the ground truth, one network's answer, or where it is right and "
           "wrong,\n"
           "with its time, energy and carbon above it.\n\n"
           "Files, folders and weights can also be dropped onto this window.\n"
           "N / B: next and previous frame.   F5: run.   Esc: cancel.   1-4: look from."),
        this
    );
    auto* column = new QVBoxLayout;
    column->setSpacing(12);
    column->addWidget(title);
    column->addWidget(text);
    const auto addButton = [&](const QString& label, const char* name, auto signal) {
        auto* button = new QPushButton(label, this);
        button->setObjectName(QLatin1String(name));
        button->setMinimumHeight(34);
        column->addWidget(button);
        connect(button, &QPushButton::clicked, this, signal);
    };
    addButton(tr("Open data-set folder..."), "welcomeFolder", &Welcome::folderRequested);
    addButton(tr("Open scan file..."), "welcomeFile", &Welcome::fileRequested);
    auto* demos = new QHBoxLayout;
    const auto addDemo = [&](const QString& label, const char* name, const char* demo) {
        auto* button = new QPushButton(label, this);
        button->setObjectName(QLatin1String(name));
        button->setMinimumHeight(34);
        demos->addWidget(button);
        connect(button, &QPushButton::clicked, this, [this, demo] {
            emit demoRequested(QLatin1String(demo));
        });
    };
    addDemo(tr("Built-in street"), "welcomeDemo", "demo:street");
    addDemo(tr("Built-in rooms"), "welcomeRooms", "demo:rooms");
    addDemo(tr("Built-in shapes"), "welcomeShapes", "demo:shapes");
    column->addLayout(demos);
    auto* middle = new QHBoxLayout;
    middle->addStretch();
    middle->addLayout(column);
    middle->addStretch();
    auto* outer = new QVBoxLayout(this);
    outer->addStretch();
    outer->addLayout(middle);
    outer->addStretch();
}

} // namespace siskin::ui
