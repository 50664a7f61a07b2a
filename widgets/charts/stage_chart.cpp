// SPDX-License-Identifier: MIT
#include "widgets/charts/stage_chart.hpp"

#include "core/report/format.hpp"

#include <QFontMetrics>
#include <QHelpEvent>
#include <QPainter>
#include <QToolTip>

#include <algorithm>
#include <array>
#include <utility>

namespace siskin::ui {

namespace {

constexpr int kMargin = 10;
constexpr int kTotalWidth = 84;
constexpr int kLargestLabel = 220;
const QColor kQuietText(146, 154, 168);
const QColor kPlainText(226, 230, 237);

QString duration(double seconds) {
    return QString::fromStdString(formatLatency(seconds));
}

} // namespace

StageChart::StageChart(QWidget* parent) : QWidget(parent) {
    setAccessibleName(tr("Time per stage"));
}

void StageChart::setBars(std::vector<StageBar> bars) {
    bars_ = std::move(bars);
    stageNames_.clear();
    for (const StageBar& bar : bars_) {
        for (const StageTime& stage : bar.stages) {
            if (std::find(stageNames_.begin(), stageNames_.end(), stage.name) ==
                stageNames_.end()) {
                stageNames_.push_back(stage.name);
            }
        }
    }
    updateGeometry();
    update();
}

int StageChart::rowHeight() const {
    return fontMetrics().height() + 10;
}

int StageChart::labelWidth() const {
    int widest = 0;
    for (const StageBar& bar : bars_) {
        widest = std::max(widest, fontMetrics().horizontalAdvance(bar.label));
    }
    return std::min(widest + 4, kLargestLabel) + kMargin; // 4: rounding of the text's width
}

QSize StageChart::sizeHint() const {
    const int rows = std::max(1, static_cast<int>(bars_.size()));
    return {400, rows * rowHeight() + fontMetrics().height() + 2 * kMargin + 6};
}

QSize StageChart::minimumSizeHint() const {
    return {200, sizeHint().height()};
}

QColor StageChart::colourOf(const QString& stage) const {
    static const std::array<QColor, 7> colours{
        QColor(110, 122, 142),
        QColor(84, 156, 196),
        QColor(222, 168, 84),
        QColor(120, 178, 120),
        QColor(190, 120, 160),
        QColor(150, 140, 210),
        QColor(204, 122, 100),
    };
    const auto found = std::find(stageNames_.begin(), stageNames_.end(), stage);
    return colours[static_cast<std::size_t>(found - stageNames_.begin()) % colours.size()];
}

std::vector<StageChart::Segment> StageChart::segmentsOf(std::size_t row) const {
    double longest = 0.0;
    for (const StageBar& bar : bars_) {
        longest = std::max(longest, bar.total);
    }
    const double room = width() - 2.0 * kMargin - labelWidth() - kTotalWidth;
    const double perSecond = longest > 0.0 ? std::max(0.0, room) / longest : 0.0;
    double left = kMargin + labelWidth();
    const double top = kMargin + static_cast<double>(row) * rowHeight();
    std::vector<Segment> segments;
    for (const StageTime& stage : bars_[row].stages) {
        const double wide = stage.seconds * perSecond;
        segments.push_back(
            {QRectF(left, top + 3.0, wide, rowHeight() - 6.0),
             QStringLiteral("%1: %2").arg(stage.name, duration(stage.seconds)),
             colourOf(stage.name)}
        );
        left += wide;
    }
    return segments;
}

void StageChart::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    if (bars_.empty()) {
        painter.setPen(kQuietText);
        painter.drawText(rect(), Qt::AlignCenter, tr("Time per stage appears here after a run"));
        return;
    }
    for (std::size_t row = 0; row < bars_.size(); ++row) {
        const StageBar& bar = bars_[row];
        const int top = kMargin + static_cast<int>(row) * rowHeight();
        painter.fillRect(kMargin - 6, top + 4, 4, rowHeight() - 8, bar.accent);
        painter.setPen(kPlainText);
        const QRect labelBox(kMargin + 2, top, labelWidth() - kMargin, rowHeight());
        const QString label =
            fontMetrics().elidedText(bar.label, Qt::ElideMiddle, labelBox.width());
        painter.drawText(labelBox, Qt::AlignLeft | Qt::AlignVCenter, label);
        double right = kMargin + labelWidth();
        for (const Segment& segment : segmentsOf(row)) {
            painter.fillRect(segment.box, segment.colour);
            right = segment.box.right();
        }
        const QRectF totalBox(right + 8.0, top, kTotalWidth, rowHeight());
        painter.drawText(totalBox, Qt::AlignLeft | Qt::AlignVCenter, duration(bar.total));
    }
    paintKey(painter);
}

void StageChart::paintKey(QPainter& painter) const {
    constexpr int kSquare = 10;
    int left = kMargin + labelWidth();
    const int top = kMargin + static_cast<int>(bars_.size()) * rowHeight() + 4;
    for (const QString& name : stageNames_) {
        painter.fillRect(left, top + 4, kSquare, kSquare, colourOf(name));
        painter.setPen(kQuietText);
        painter.drawText(left + kSquare + 5, top + fontMetrics().ascent(), name);
        left += kSquare + 5 + fontMetrics().horizontalAdvance(name) + 16;
    }
}

bool StageChart::event(QEvent* event) {
    if (event->type() != QEvent::ToolTip) {
        return QWidget::event(event);
    }
    const auto* help = static_cast<QHelpEvent*>(event);
    for (std::size_t row = 0; row < bars_.size(); ++row) {
        for (const Segment& segment : segmentsOf(row)) {
            if (segment.box.contains(help->pos())) {
                QToolTip::showText(help->globalPos(), segment.tip, this);
                return true;
            }
        }
    }
    QToolTip::hideText();
    return true;
}

} // namespace siskin::ui
