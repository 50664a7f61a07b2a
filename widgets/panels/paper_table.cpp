// SPDX-License-Identifier: MIT
#include "widgets/panels/paper_table.hpp"

#include "core/report/format.hpp"
#include "widgets/controller/session_controller.hpp"
#include "widgets/panels/pane_content.hpp"
#include "widgets/panels/theme.hpp"

#include <QHeaderView>
#include <QLabel>
#include <QTableWidget>
#include <QVBoxLayout>

#include <utility>

namespace siskin::ui {

namespace {

enum Column {
    kName,
    kTime,
    kTimeRatio,
    kTimePublished,
    kMemory,
    kMemoryRatio,
    kMemoryPublished,
    kEnergy,
    kIou,
    kIouPublished,
    kAccuracy,
    kAccuracyPublished,
    kColumns
};

const QString kNone = QStringLiteral("\u2013");

QString qt(const std::string& text) {
    return QString::fromStdString(text);
}

QString ratioText(const std::optional<double>& ratio) {
    return ratio ? QStringLiteral("%1\u00D7").arg(*ratio, 0, 'f', 2) : kNone;
}

QString shareText(const std::optional<double>& share) {
    return share ? qt(formatPercent(*share)) : kNone;
}

/// With the status in words: a recalled figure must not look like a confirmed one.
QString published(const QString& text, const std::optional<PublishedFigure>& figure) {
    return figure ? QStringLiteral("%1 %2").arg(text, qt(figure->status)) : kNone;
}

QString figureText(const std::optional<PublishedFigure>& figure) {
    return figure
               ? published(QStringLiteral("%1 %2").arg(figure->value).arg(qt(figure->unit)), figure)
               : kNone;
}

QString sourceOf(const std::optional<PublishedFigure>& figure) {
    if (!figure) {
        return PaperTable::tr("not published");
    }
    const QString hardware = figure->hardware.empty() ? QString() : qt(", " + figure->hardware);
    return PaperTable::tr("%1 of %2: %3 %4%5 (%6; %7)")
        .arg(
            qt(figure->metric),
            qt(figure->model),
            QString::number(figure->value),
            qt(figure->unit),
            hardware,
            qt(figure->source),
            qt(figure->status)
        );
}

} // namespace

PaperTable::PaperTable(SessionController& session, QWidget* parent)
    : QWidget(parent), session_(session), title_(new QLabel(this)),
      table_(new QTableWidget(0, kColumns, this)), remark_(new QLabel(this)) {
    table_->setObjectName(QStringLiteral("paperTable"));
    table_->setAccessibleName(tr("Comparison as in the PVCNN paper"));
    table_->setHorizontalHeaderLabels(
        {tr("Network"),
         tr("Time\nhere"),
         tr("Time\n\u00D7 PVCNN"),
         tr("\u00D7 PVCNN\npublished"),
         tr("Memory\nhere"),
         tr("Memory\n\u00D7 PVCNN"),
         tr("\u00D7 PVCNN\npublished"),
         tr("Energy\nhere"),
         tr("IoU\nhere"),
         tr("IoU\npublished"),
         tr("Accuracy\nhere"),
         tr("Accuracy\npublished")}
    );
    table_->setEditTriggers(QAbstractItemView::NoEditTriggers);
    table_->setShowGrid(false);
    table_->verticalHeader()->hide();
    table_->verticalHeader()->setDefaultSectionSize(23);
    QFont small = table_->horizontalHeader()->font();
    small.setPointSizeF(small.pointSizeF() * 0.85);
    table_->horizontalHeader()->setFont(small);
    table_->horizontalHeader()->setSectionResizeMode(QHeaderView::ResizeToContents);
    for (QLabel* label : {title_, remark_}) {
        label->setWordWrap(true);
        label->setTextInteractionFlags(Qt::TextSelectableByMouse);
    }
    QPalette quiet = remark_->palette();
    quiet.setColor(QPalette::WindowText, theme::kQuiet);
    remark_->setPalette(quiet);
    remark_->setFont(small);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(8, 6, 8, 6);
    layout->addWidget(title_);
    layout->addWidget(table_, 1);
    layout->addWidget(remark_);
    connect(&session_, &SessionController::outcomeChanged, this, &PaperTable::refresh);
    connect(&session_, &SessionController::modelsChanged, this, &PaperTable::refresh);
    connect(&session_, &SessionController::frameChanged, this, &PaperTable::refresh);
    refresh();
}

void PaperTable::setEntries(std::vector<PaperEntry> entries) {
    entries_ = std::move(entries);
    refresh();
}

void PaperTable::setCell(
    int row, int column, const QString& text, const QString& tip, bool isPublished
) {
    auto* item = new QTableWidgetItem(text);
    item->setToolTip(tip);
    item->setTextAlignment((column == kName ? Qt::AlignLeft : Qt::AlignRight) | Qt::AlignVCenter);
    if (isPublished || text == kNone) {
        item->setForeground(theme::kQuiet);
    }
    table_->setItem(row, column, item);
}

void PaperTable::refresh() {
    if (entries_.empty()) {
        title_->setText(tr("Run > Compare as in the PVCNN paper fills this table."));
        return;
    }
    FrameReport report;
    std::vector<std::string> names;
    std::vector<int> rows;
    table_->setRowCount(static_cast<int>(entries_.size()));
    for (std::size_t i = 0; i < entries_.size(); ++i) {
        const ModelEntry* model = session_.model(entries_[i].modelId);
        if (model == nullptr || !model->outcome) {
            showEmptyRow(static_cast<int>(i), entries_[i]);
            continue;
        }
        const RunResult& result = model->outcome->result;
        ModelRun run{result, {result.trace.totalSeconds()}, model->outcome->scores, {}};
        run.result.prediction = {}; // a copy that nobody looks at
        report.runs.push_back(std::move(run));
        names.push_back(entries_[i].name);
        rows.push_back(static_cast<int>(i));
    }
    if (rows.empty() || !session_.frame()) {
        title_->setText(tr("Nothing of the comparison has run on this input yet."));
        remark_->clear();
        return;
    }
    report.scan = session_.frame()->scan;
    const auto comparison = paperComparison(report, names, session_.services().published);
    for (std::size_t i = 0; i < rows.size(); ++i) {
        showRow(rows[i], comparison.rows[i]);
    }
    title_->setText(tr("%1 on %2, beside what is published for %3")
                        .arg(qt(comparison.scan), qt(comparison.device), qt(comparison.dataset)));
    remark_->setText(
        tr("\u00D7 PVCNN: network time per %1 and peak tensor memory, relative to full-width PVCNN "
           "in the same run; published ones are of a GPU. Status of a published figure: confirmed "
           "at its source, recalled (not checked again) or derived from others; hover for the "
           "source. Untrained networks tell cost only. Accuracy here is of this one scan; networks "
           "that come with the program learnt from made-up scans, for a short while.")
            .arg(qt(comparison.batch))
    );
}

void PaperTable::showEmptyRow(int row, const PaperEntry& entry) {
    const ModelEntry* model = session_.model(entry.modelId);
    const QString state = model == nullptr            ? tr("removed")
                          : !model->problem.isEmpty() ? tr("failed")
                          : !model->refusal.isEmpty() ? tr("does not fit")
                                                      : tr("not run");
    setCell(row, kName, qt(entry.name), model == nullptr ? QString() : model->problem, false);
    setCell(row, kTime, state, model == nullptr ? QString() : model->problem, true);
    for (int column = kTimeRatio; column < kColumns; ++column) {
        setCell(row, column, kNone, {}, true);
    }
}

void PaperTable::showRow(int row, const PaperRow& figures) {
    const QString name =
        figures.trained ? qt(figures.name) : tr("%1 (untrained)").arg(qt(figures.name));
    setCell(
        row,
        kName,
        name,
        tr("%1 parameters, weights: %2")
            .arg(qt(formatCount(figures.parameters)), qt(figures.weights)),
        false
    );
    const QString here = tr("measured here");
    setCell(row, kTime, qt(formatLatency(figures.seconds)), here, false);
    setCell(row, kTimeRatio, ratioText(figures.timeRatio), here, false);
    setCell(
        row,
        kTimePublished,
        figures.publishedTimeRatio
            ? published(ratioText(figures.publishedTimeRatio), figures.publishedLatency)
            : kNone,
        sourceOf(figures.publishedLatency),
        true
    );
    setCell(
        row,
        kMemory,
        figures.tensorBytes > 0 ? qt(formatMegabytes(figures.tensorBytes)) + tr(" MB") : kNone,
        here,
        false
    );
    setCell(row, kMemoryRatio, ratioText(figures.memoryRatio), here, false);
    setCell(
        row,
        kMemoryPublished,
        figures.publishedMemoryRatio
            ? published(ratioText(figures.publishedMemoryRatio), figures.publishedMemory)
            : kNone,
        sourceOf(figures.publishedMemory),
        true
    );
    setCell(
        row,
        kEnergy,
        figures.joules ? qt(formatSignificant(figures.joules->value)) + tr(" J") : kNone,
        figures.joules ? qt(formatEstimate(*figures.joules)) + tr(" J") : tr("not measured"),
        false
    );
    setCell(row, kIou, shareText(figures.miou), here, false);
    setCell(
        row, kIouPublished, figureText(figures.publishedMiou), sourceOf(figures.publishedMiou), true
    );
    setCell(row, kAccuracy, shareText(figures.accuracy), here, false);
    setCell(
        row,
        kAccuracyPublished,
        figureText(figures.publishedAccuracy),
        sourceOf(figures.publishedAccuracy),
        true
    );
}

} // namespace siskin::ui
