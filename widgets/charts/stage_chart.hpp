// SPDX-License-Identifier: MIT
// Where each model's time went: one stacked bar per model, all on the same scale.
#pragma once

#include <QColor>
#include <QString>
#include <QWidget>

#include <vector>

namespace siskin::ui {

struct StageTime {
    QString name;
    double seconds = 0.0;
};

struct StageBar {
    QString label;
    QColor accent;
    std::vector<StageTime> stages; ///< in the order they ran
    double total = 0.0;            ///< seconds; not less than the stages' sum
};

/// GUI thread. Painted with QPainter.
class StageChart : public QWidget {
    Q_OBJECT

  public:
    explicit StageChart(QWidget* parent = nullptr);
    void setBars(std::vector<StageBar> bars);

    const std::vector<StageBar>& bars() const noexcept { return bars_; }

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

  protected:
    void paintEvent(QPaintEvent* event) override;
    bool event(QEvent* event) override;

  private:
    struct Segment {
        QRectF box;
        QString tip;
        QColor colour;
    };

    std::vector<Segment> segmentsOf(std::size_t row) const;
    void paintKey(QPainter& painter) const;
    QColor colourOf(const QString& stage) const;
    int labelWidth() const;
    int rowHeight() const;

    std::vector<StageBar> bars_;
    std::vector<QString> stageNames_; ///< of all bars, in order of first appearance
};

} // namespace siskin::ui
