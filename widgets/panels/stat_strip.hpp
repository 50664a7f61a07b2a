// SPDX-License-Identifier: MIT
// A row of figures, each with its unit below: the second line of a pane's title strip.
#pragma once

#include <QColor>
#include <QString>
#include <QStringList>
#include <QWidget>

#include <array>
#include <optional>
#include <vector>

namespace siskin::ui {

/// One figure. `swatch` paints a small square before it (the key of the right/wrong map).
struct Stat {
    QString value;   ///< e.g. "412 ms"
    QString caption; ///< e.g. "per frame"
    std::optional<QColor> swatch;
    QString badge;     ///< e.g. "E2": how the figure was obtained
    bool ramp = false; ///< paints the colour ramp before the value
    QString detail{};  ///< only in the tool tip, e.g. an interval
};

/// GUI thread. Draws as many as fit on its lines; all of them, and the notes, are in the tool tip.
class StatStrip : public QWidget {
    Q_OBJECT

  public:
    explicit StatStrip(QWidget* parent = nullptr);
    void setStats(std::vector<Stat> stats);
    /// Said quietly: a sign at the end of the strip, the lines in the tool tip.
    void setNotes(QStringList notes);
    void setLines(int lines);
    /// Everything as one line of text, for tests, tool tips and screen readers.
    QString text() const;
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

  protected:
    void paintEvent(QPaintEvent* event) override;

  private:
    int widthOf(const Stat& stat) const;
    void paintStat(QPainter& painter, const Stat& stat, int left) const;
    int lineHeight() const;
    QFont valueFont() const;
    QFont captionFont() const;

    void updateTip();
    QString notesSign() const;

    std::vector<Stat> stats_;
    QStringList notes_;
    int lines_ = 1;
};

} // namespace siskin::ui
