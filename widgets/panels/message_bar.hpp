// SPDX-License-Identifier: MIT
// Lines of trouble, or of remarks, above the panes: visible, readable, never in the way.
#pragma once

#include <QFrame>
#include <QStringList>

class QLabel;
class QToolButton;

namespace siskin::ui {

enum class MessageTone {
    Trouble, ///< something did not work
    Remark,  ///< worth knowing, e.g. what is odd about a scan
};

/// GUI thread. Non-modal; stays until closed; keeps the newest few lines.
class MessageBar : public QFrame {
    Q_OBJECT

  public:
    explicit MessageBar(MessageTone tone, QWidget* parent = nullptr);
    void showLine(const QString& line);
    void dismiss();

    const QStringList& lines() const noexcept { return lines_; }

  private:
    QStringList lines_;
    QLabel* text_ = nullptr;
};

} // namespace siskin::ui
