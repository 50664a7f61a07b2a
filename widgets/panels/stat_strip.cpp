// SPDX-License-Identifier: MIT
#include "widgets/panels/stat_strip.hpp"

#include "widgets/panels/theme.hpp"
#include "widgets/scene/colouring.hpp"

#include <QFontMetrics>
#include <QLinearGradient>
#include <QPainter>
#include <QStringList>

#include <algorithm>
#include <utility>

namespace siskin::ui {

namespace {

constexpr int kSwatch = 11;
constexpr int kRampWidth = 70;
constexpr int kGap = 6;      // inside one figure
constexpr int kBetween = 14; // between figures

} // namespace

StatStrip::StatStrip(QWidget* parent) : QWidget(parent) {
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
}

void StatStrip::setStats(std::vector<Stat> stats) {
    stats_ = std::move(stats);
    updateTip();
}

void StatStrip::setNotes(QStringList notes) {
    if (notes != notes_) {
        notes_ = std::move(notes);
        updateTip();
    }
}

void StatStrip::updateTip() {
    setToolTip((QStringList(text()) + notes_).join(QLatin1Char('\n')));
    setAccessibleName(toolTip());
    update();
}

QString StatStrip::notesSign() const {
    return notes_.isEmpty()     ? QString()
           : notes_.size() == 1 ? tr("\u24D8 1 note")
                                : tr("\u24D8 %1 notes").arg(notes_.size());
}

QString StatStrip::text() const {
    QStringList parts;
    for (const Stat& stat : stats_) {
        QStringList words{stat.value};
        if (!stat.badge.isEmpty()) {
            words << QLatin1Char('[') + stat.badge + QLatin1Char(']');
        }
        words << stat.caption;
        if (!stat.detail.isEmpty()) {
            words << QLatin1Char('(') + stat.detail + QLatin1Char(')');
        }
        parts << words.join(QLatin1Char(' '));
    }
    return parts.join(QStringLiteral(" | "));
}

QFont StatStrip::valueFont() const {
    QFont chosen = font();
    chosen.setBold(true);
    return chosen;
}

QFont StatStrip::captionFont() const {
    QFont chosen = font();
    chosen.setPointSizeF(chosen.pointSizeF() * 0.85);
    return chosen;
}

int StatStrip::lineHeight() const {
    return QFontMetrics(valueFont()).height() + QFontMetrics(captionFont()).height() + 2;
}

void StatStrip::setLines(int lines) {
    if (lines != lines_) {
        lines_ = lines;
        updateGeometry();
        update();
    }
}

QSize StatStrip::sizeHint() const {
    return {200, lines_ * lineHeight()};
}

QSize StatStrip::minimumSizeHint() const {
    return {60, sizeHint().height()};
}

int StatStrip::widthOf(const Stat& stat) const {
    int value = QFontMetrics(valueFont()).horizontalAdvance(stat.value);
    if (!stat.badge.isEmpty()) {
        value += kGap + QFontMetrics(captionFont()).horizontalAdvance(stat.badge) + 2 * kGap;
    }
    const int lead = stat.ramp ? kRampWidth + kGap : (stat.swatch ? kSwatch + kGap : 0);
    return lead + std::max(value, QFontMetrics(captionFont()).horizontalAdvance(stat.caption));
}

void StatStrip::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const QString sign = notesSign();
    if (!sign.isEmpty()) {
        painter.setFont(captionFont());
        painter.setPen(theme::kQuiet);
        painter.drawText(rect(), Qt::AlignRight | Qt::AlignBottom, sign);
    }
    const int signWidth =
        sign.isEmpty() ? 0 : QFontMetrics(captionFont()).horizontalAdvance(sign) + kBetween;
    int left = 0;
    int line = 0;
    for (const Stat& stat : stats_) {
        const int needed = widthOf(stat);
        if (left > 0 && left + needed > width() && line + 1 < lines_) {
            ++line;
            left = 0;
            painter.translate(0, lineHeight());
        }
        const int room = width() - (line + 1 == lines_ ? signWidth : 0);
        if (left == 0 || left + needed <= room) {
            paintStat(painter, stat, left);
            left += needed + kBetween;
        }
    }
}

void StatStrip::paintStat(QPainter& painter, const Stat& stat, int left) const {
    const QFontMetrics big(valueFont());
    const QFontMetrics small(captionFont());
    if (stat.swatch) {
        painter.fillRect(left, (big.height() - kSwatch) / 2 + 1, kSwatch, kSwatch, *stat.swatch);
        left += kSwatch + kGap;
    }
    if (stat.ramp) {
        QLinearGradient gradient(left, 0, left + kRampWidth, 0);
        constexpr int kStops = 8;
        for (int i = 0; i <= kStops; ++i) {
            const double t = static_cast<double>(i) / kStops;
            const Colour colour = rampColour(t);
            gradient.setColorAt(t, QColor(colour[0], colour[1], colour[2]));
        }
        painter.fillRect(left, (big.height() - kSwatch) / 2 + 1, kRampWidth, kSwatch, gradient);
        left += kRampWidth + kGap;
    }
    painter.setFont(valueFont());
    painter.setPen(theme::kText);
    painter.drawText(left, big.ascent(), stat.value);
    painter.setFont(captionFont());
    if (!stat.badge.isEmpty()) {
        const int at = left + big.horizontalAdvance(stat.value) + kGap;
        const QRect box(at, 1, small.horizontalAdvance(stat.badge) + 2 * kGap, big.height() - 2);
        painter.setPen(theme::kQuiet);
        painter.drawRoundedRect(box, 3, 3);
        painter.drawText(box, Qt::AlignCenter, stat.badge);
    }
    painter.setPen(theme::kQuiet);
    painter.drawText(left, big.height() + small.ascent(), stat.caption);
}

} // namespace siskin::ui
