// SPDX-License-Identifier: MIT
#include "widgets/panels/class_legend.hpp"

#include "core/report/format.hpp"
#include "widgets/controller/session_controller.hpp"
#include "widgets/panels/theme.hpp"

#include <QHBoxLayout>
#include <QHeaderView>
#include <QImage>
#include <QPushButton>
#include <QTableView>
#include <QVBoxLayout>

#include <algorithm>
#include <utility>

namespace siskin::ui {

namespace {

constexpr int kClassColumn = 0;
constexpr int kCountColumn = 1;
constexpr int kFirstIouColumn = 2;
constexpr std::size_t kIdCount = 256;
/// With more models the columns are too narrow for a name or a decimal.
constexpr std::size_t kRoomy = 4;
constexpr qsizetype kLongestName = 14; // "PVCNN++ 0.25xC"

std::vector<std::int64_t> countIds(const std::vector<ClassId>& ids) {
    std::vector<std::int64_t> counts(kIdCount, 0);
    for (const ClassId id : ids) {
        ++counts[id];
    }
    return counts;
}

QColor toQt(const Colour& colour) {
    return {colour[0], colour[1], colour[2]};
}

QImage swatch(const QColor& colour) {
    QImage square(10, 10, QImage::Format_RGB32);
    square.fill(colour);
    return square;
}

} // namespace

void ClassLegendModel::setClasses(
    std::shared_ptr<const ClassMap> classMap, std::vector<ClassId> ids
) {
    if (classMap == classMap_ && ids == ids_) {
        return;
    }
    beginResetModel();
    classMap_ = std::move(classMap);
    ids_ = std::move(ids);
    counts_.clear();
    iou_.clear();
    endResetModel();
    setSwitches(ClassSwitches().set());
}

void ClassLegendModel::setCounts(std::vector<std::int64_t> counts, bool predicted) {
    counts_ = std::move(counts);
    predictedCounts_ = predicted;
    if (rowCount() > 0) {
        emit dataChanged(index(0, 0), index(rowCount() - 1, columnCount() - 1));
        emit headerDataChanged(Qt::Horizontal, kCountColumn, kCountColumn);
    }
}

void ClassLegendModel::setIouColumns(std::vector<IouColumn> columns) {
    const auto sameLabel = [](const IouColumn& a, const IouColumn& b) {
        return a.label == b.label;
    };
    if (std::equal(columns.begin(), columns.end(), iou_.begin(), iou_.end(), sameLabel)) {
        iou_ = std::move(columns); // new figures only, as for every frame while playing
        if (rowCount() > 0 && !iou_.empty()) {
            emit dataChanged(index(0, kFirstIouColumn), index(rowCount() - 1, columnCount() - 1));
        }
        return;
    }
    beginResetModel();
    iou_ = std::move(columns);
    endResetModel();
}

ClassId ClassLegendModel::idOfRow(int row) const {
    return static_cast<std::size_t>(row) < ids_.size() ? ids_[static_cast<std::size_t>(row)]
                                                       : kIgnored;
}

void ClassLegendModel::setSwitches(const ClassSwitches& switches) {
    if (switches == switches_) {
        return;
    }
    switches_ = switches;
    if (rowCount() > 0) {
        emit dataChanged(index(0, 0), index(rowCount() - 1, columnCount() - 1));
    }
    emit switchesChanged();
}

void ClassLegendModel::showAll(bool shown) {
    setSwitches(shown ? ClassSwitches().set() : ClassSwitches());
}

void ClassLegendModel::toggleSolo(int row) {
    const ClassSwitches alone = ClassSwitches().set(idOfRow(row));
    setSwitches(switches_ == alone ? ClassSwitches().set() : alone);
}

int ClassLegendModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() || !classMap_ ? 0 : static_cast<int>(ids_.size()) + 1;
}

int ClassLegendModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : kFirstIouColumn + static_cast<int>(iou_.size());
}

QVariant ClassLegendModel::text(ClassId id, int column) const {
    if (column == kClassColumn) {
        return QString::fromStdString(classMap_->info(id).name);
    }
    if (column == kCountColumn) {
        return counts_.empty() ? QString() : QString::fromStdString(formatCount(counts_[id]));
    }
    const auto& perClass = iou_[static_cast<std::size_t>(column - kFirstIouColumn)].perClass;
    const bool known = id < perClass.size() && perClass[id].has_value();
    const int decimals = iou_.size() > kRoomy ? 0 : 1;
    return known ? QString::number(*perClass[id] * 100.0, 'f', decimals) : QStringLiteral("-");
}

QVariant ClassLegendModel::data(const QModelIndex& index, int role) const {
    if (!checkIndex(index, CheckIndexOption::IndexIsValid)) {
        return {};
    }
    const ClassId id = idOfRow(index.row());
    const bool absent = !counts_.empty() && counts_[id] == 0;
    switch (role) {
    case Qt::DisplayRole:
        return text(id, index.column());
    case Qt::DecorationRole:
        return index.column() == kClassColumn ? QVariant(toQt(displayColour(*classMap_, id)))
                                              : QVariant();
    case Qt::CheckStateRole:
        return index.column() == kClassColumn
                   ? QVariant(switches_.test(id) ? Qt::Checked : Qt::Unchecked)
                   : QVariant();
    case Qt::ForegroundRole:
        return absent ? QVariant(theme::kNeutralAccent) : QVariant();
    case Qt::TextAlignmentRole:
        return index.column() == kClassColumn ? QVariant()
                                              : QVariant(Qt::AlignRight | Qt::AlignVCenter);
    default:
        return {};
    }
}

QVariant ClassLegendModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal || section < 0 || section >= columnCount()) {
        return {};
    }
    if (role == Qt::TextAlignmentRole && section != kClassColumn) {
        return QVariant(Qt::AlignRight | Qt::AlignVCenter);
    }
    if (section >= kFirstIouColumn) {
        return iouHeader(iou_[static_cast<std::size_t>(section - kFirstIouColumn)], role);
    }
    if (role != Qt::DisplayRole) {
        return {};
    }
    if (section == kClassColumn) {
        return tr("Class");
    }
    return predictedCounts_ ? tr("Predicted") : tr("Points");
}

QVariant ClassLegendModel::iouHeader(const IouColumn& column, int role) const {
    const auto nameOf = [](const IouColumn& one) {
        // The remark would not fit the column; the model's pane has it as a badge.
        return QString(one.label).remove(QStringLiteral(" (untrained)"));
    };
    const bool narrow =
        iou_.size() > kRoomy || std::any_of(iou_.begin(), iou_.end(), [&](const IouColumn& one) {
            return nameOf(one).size() > kLongestName;
        });
    if (role == Qt::ToolTipRole) {
        return tr("Intersection over union of %1 in percent; '-' where the class is absent")
            .arg(column.label);
    }
    if (role == Qt::DecorationRole && narrow) {
        return swatch(column.accent); // as in the list of models
    }
    if (role != Qt::DisplayRole) {
        return {};
    }
    return narrow ? tr("%") : tr("%1\nIoU %").arg(nameOf(column));
}

bool ClassLegendModel::setData(const QModelIndex& index, const QVariant& value, int role) {
    const bool valid = checkIndex(index, CheckIndexOption::IndexIsValid);
    if (!valid || role != Qt::CheckStateRole || index.column() != kClassColumn) {
        return false;
    }
    ClassSwitches switches = switches_;
    switches.set(idOfRow(index.row()), value.value<Qt::CheckState>() == Qt::Checked);
    setSwitches(switches);
    return true;
}

Qt::ItemFlags ClassLegendModel::flags(const QModelIndex& index) const {
    const auto base = QAbstractTableModel::flags(index);
    const bool checkable = index.isValid() && index.column() == kClassColumn;
    return checkable ? base | Qt::ItemIsUserCheckable : base;
}

ClassLegend::ClassLegend(SessionController& session, QWidget* parent)
    : QWidget(parent), session_(session), model_(new ClassLegendModel(this)),
      view_(new QTableView(this)) {
    view_->setObjectName(QStringLiteral("classView"));
    view_->setModel(model_);
    view_->setAccessibleName(tr("Classes"));
    view_->setShowGrid(false);
    view_->setSelectionBehavior(QAbstractItemView::SelectRows);
    view_->verticalHeader()->hide();
    view_->verticalHeader()->setDefaultSectionSize(23);
    QFont small = view_->horizontalHeader()->font();
    small.setPointSizeF(small.pointSizeF() * 0.8);
    view_->horizontalHeader()->setFont(small);
    view_->horizontalHeader()->setMinimumSectionSize(24);
    view_->horizontalHeader()->setTextElideMode(Qt::ElideRight);
    view_->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    view_->setToolTip(tr("Tick to show or hide; double-click to show one class alone"));
    auto* buttons = new QHBoxLayout;
    const auto addButton = [&](const QString& label, const char* name, auto action) {
        auto* button = new QPushButton(label, this);
        button->setObjectName(QLatin1String(name));
        connect(button, &QPushButton::clicked, this, action);
        buttons->addWidget(button);
    };
    addButton(tr("All"), "classesAll", [this] { model_->showAll(true); });
    addButton(tr("None"), "classesNone", [this] { model_->showAll(false); });
    addButton(tr("Solo"), "classesSolo", [this] {
        if (view_->currentIndex().isValid()) {
            model_->toggleSolo(view_->currentIndex().row());
        }
    });
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(8, 6, 8, 6);
    layout->addWidget(view_, 1);
    layout->addLayout(buttons);
    connect(view_, &QTableView::doubleClicked, this, [this](const QModelIndex& index) {
        model_->toggleSolo(index.row());
    });
    connect(model_, &ClassLegendModel::switchesChanged, this, &ClassLegend::switchesChanged);
    connect(&session_, &SessionController::frameChanged, this, &ClassLegend::refreshFrame);
    connect(&session_, &SessionController::modelsChanged, this, &ClassLegend::refreshScores);
    connect(&session_, &SessionController::outcomeChanged, this, &ClassLegend::refreshScores);
}

void ClassLegend::refreshFrame() {
    if (session_.dataset() == nullptr) {
        model_->setClasses(nullptr, {});
    } else if (session_.frame()) { // which of them it may hold is not known before
        model_->setClasses(session_.dataset()->classMap(), session_.frame()->classes);
    }
    refreshScores();
}

void ClassLegend::refreshScores() {
    std::vector<ClassLegendModel::IouColumn> columns;
    std::vector<std::int64_t> counts;
    bool predicted = false;
    if (session_.frame() && session_.frame()->scan->groundTruth) {
        counts = countIds(session_.frame()->scan->groundTruth->classIds);
    }
    for (std::size_t position = 0; position < session_.models().size(); ++position) {
        const ModelEntry& entry = session_.models()[position];
        if (!entry.outcome) {
            continue;
        }
        const auto& toLegend = entry.outcome->legendIds;
        if (entry.outcome->scores) {
            const auto& perClass = entry.outcome->scores->presentClasses.perClass;
            std::vector<std::optional<double>> shown(kIdCount);
            for (std::size_t id = 0; id < std::min(perClass.size(), toLegend.size()); ++id) {
                if (toLegend[id] != kIgnored) {
                    shown[toLegend[id]] = perClass[id];
                }
            }
            columns.push_back({entry.label, modelAccent(position), std::move(shown)});
        }
        if (counts.empty()) {
            const auto own = countIds(entry.outcome->result.prediction.classIds);
            counts.assign(kIdCount, 0);
            for (std::size_t id = 0; id < kIdCount; ++id) {
                counts[id < toLegend.size() ? toLegend[id] : kIgnored] += own[id];
            }
            predicted = true;
        }
    }
    model_->setIouColumns(std::move(columns));
    // The models share what names and counts leave over, so that none is out of sight.
    auto* header = view_->horizontalHeader();
    header->setSectionResizeMode(QHeaderView::Stretch);
    header->setSectionResizeMode(kClassColumn, QHeaderView::ResizeToContents);
    header->setSectionResizeMode(kCountColumn, QHeaderView::ResizeToContents);
    model_->setCounts(std::move(counts), predicted);
}

} // namespace siskin::ui
