// SPDX-License-Identifier: MIT
// The comparison of the PVCNN paper, live: what was measured here beside what was published.
#pragma once

#include "core/report/paper_comparison.hpp"
#include "widgets/controller/paper_run.hpp"

#include <QString>
#include <QWidget>

#include <vector>

class QLabel;
class QTableWidget;

namespace siskin::ui {

class SessionController;

/// GUI thread. Follows the session: a row fills itself when its network has run on what is on
/// display.
class PaperTable : public QWidget {
    Q_OBJECT

  public:
    explicit PaperTable(SessionController& session, QWidget* parent = nullptr);
    void setEntries(std::vector<PaperEntry> entries);

  private:
    void refresh();
    void showRow(int row, const PaperRow& figures);
    void showEmptyRow(int row, const PaperEntry& entry);
    void setCell(int row, int column, const QString& text, const QString& tip, bool published);

    SessionController& session_;
    std::vector<PaperEntry> entries_;
    QLabel* title_;
    QTableWidget* table_;
    QLabel* remark_;
};

} // namespace siskin::ui
