// SPDX-License-Identifier: MIT
#include "widgets/panels/message_bar.hpp"

#include "widgets/panels/theme.hpp"

#include <QHBoxLayout>
#include <QLabel>
#include <QToolButton>

namespace siskin::ui {

MessageBar::MessageBar(MessageTone tone, QWidget* parent)
    : QFrame(parent), text_(new QLabel(this)) {
    const bool trouble = tone == MessageTone::Trouble;
    setObjectName(trouble ? QStringLiteral("messageBar") : QStringLiteral("remarkBar"));
    setStyleSheet(QStringLiteral("#%1 { background: %2; border-left: 4px solid %3; } "
                                 "QLabel { color: %4; }")
                      .arg(
                          objectName(),
                          (trouble ? theme::kTrouble : theme::kStrip).name(),
                          (trouble ? theme::kTrouble : theme::kCaution).name(),
                          (trouble ? QColor(Qt::white) : theme::kText).name()
                      ));
    text_->setWordWrap(true);
    text_->setTextFormat(Qt::PlainText);
    text_->setTextInteractionFlags(Qt::TextSelectableByMouse);
    auto* close = new QToolButton(this);
    close->setObjectName(objectName() + QStringLiteral("Close"));
    close->setText(QStringLiteral("\u2715"));
    close->setAutoRaise(true);
    close->setToolTip(tr("Dismiss"));
    close->setAccessibleName(tr("Dismiss message"));
    connect(close, &QToolButton::clicked, this, &MessageBar::dismiss);
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(12, 6, 6, 6);
    layout->addWidget(text_, 1);
    layout->addWidget(close, 0, Qt::AlignTop);
    hide();
}

void MessageBar::showLine(const QString& line) {
    constexpr qsizetype kKept = 3;
    lines_.removeAll(line);
    lines_.append(line);
    while (lines_.size() > kKept) {
        lines_.removeFirst();
    }
    text_->setText(lines_.join(QLatin1Char('\n')));
    show();
}

void MessageBar::dismiss() {
    lines_.clear();
    hide();
}

} // namespace siskin::ui
