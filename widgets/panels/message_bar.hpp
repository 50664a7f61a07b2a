// SPDX-License-Identifier: MIT
// A line of trouble above the panes: visible, readable, never in the way.
#pragma once

#include <QFrame>
#include <QStringList>

class QLabel;
class QToolButton;

namespace siskin::ui {

/// GUI thread. Non-modal; stays until closed; keeps the newest few lines.
class MessageBar : public QFrame {
    Q_OBJECT

  public:
    explicit MessageBar(QWidget* parent = nullptr);
    void showLine(const QString& line);
    void dismiss();

    const QStringList& lines() const noexcept { return lines_; }

  private:
    QStringList lines_;
    QLabel* text_ = nullptr;
};

} // namespace siskin::ui
