// SPDX-License-Identifier: MIT
#include "widgets/panels/model_list.hpp"

#include "core/report/format.hpp"
#include "widgets/controller/session_controller.hpp"
#include "widgets/panels/theme.hpp"

#include <QHBoxLayout>
#include <QListView>
#include <QPixmap>
#include <QPushButton>
#include <QVBoxLayout>

namespace siskin::ui {

namespace {

QString detailOf(const ModelEntry& entry) {
    switch (entry.state) {
    case ModelState::Loading:
        return ModelListModel::tr("loading ...");
    case ModelState::Failed:
        return ModelListModel::tr("could not be loaded");
    case ModelState::Ready:
        break;
    }
    const ModelInfo& info = entry.loaded->info;
    if (!info.kind) {
        return ModelListModel::tr("predictions from files");
    }
    const QString size = QString::fromStdString(formatCount(info.parameters));
    const QString text = ModelListModel::tr("%1 parameters, %2").arg(size, info.device.c_str());
    return info.trained ? text : ModelListModel::tr("untrained, %1").arg(text);
}

QString sourceOf(const ModelSpec& spec) {
    const auto& path = spec.predictions.empty() ? spec.weights : spec.predictions;
    return QString::fromStdString(path.string());
}

QPixmap accentSwatch(const QColor& colour) {
    QPixmap swatch(6, 30);
    swatch.fill(colour);
    return swatch;
}

} // namespace

void ModelListModel::setEntries(const std::vector<ModelEntry>& entries) {
    if (entries.size() == entries_.size()) {
        entries_ = entries;
        if (!entries_.empty()) {
            emit dataChanged(index(0), index(static_cast<int>(entries_.size()) - 1));
        }
        return;
    }
    beginResetModel();
    entries_ = entries;
    endResetModel();
}

int ModelListModel::idOf(const QModelIndex& index) const {
    return index.isValid() ? entries_[static_cast<std::size_t>(index.row())].id : 0;
}

int ModelListModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(entries_.size());
}

QVariant ModelListModel::data(const QModelIndex& index, int role) const {
    if (!checkIndex(index, CheckIndexOption::IndexIsValid)) {
        return {};
    }
    const auto row = static_cast<std::size_t>(index.row());
    const ModelEntry& entry = entries_[row];
    switch (role) {
    case Qt::DisplayRole:
        return entry.label + QLatin1Char('\n') + detailOf(entry);
    case Qt::ToolTipRole:
        return entry.problem.isEmpty() ? sourceOf(entry.spec) : entry.problem;
    case Qt::CheckStateRole:
        return entry.selected ? Qt::Checked : Qt::Unchecked;
    case Qt::DecorationRole:
        return accentSwatch(modelAccent(row));
    case Qt::ForegroundRole:
        return entry.state == ModelState::Ready ? QVariant() : QVariant(theme::kQuiet);
    default:
        return {};
    }
}

bool ModelListModel::setData(const QModelIndex& index, const QVariant& value, int role) {
    if (role != Qt::CheckStateRole || !checkIndex(index, CheckIndexOption::IndexIsValid)) {
        return false;
    }
    emit selectedToggled(idOf(index), value.value<Qt::CheckState>() == Qt::Checked);
    return true;
}

Qt::ItemFlags ModelListModel::flags(const QModelIndex& index) const {
    const auto base = QAbstractListModel::flags(index);
    return index.isValid() ? base | Qt::ItemIsUserCheckable : base;
}

ModelList::ModelList(SessionController& session, QWidget* parent)
    : QWidget(parent), session_(session), model_(new ModelListModel(this)),
      view_(new QListView(this)) {
    view_->setObjectName(QStringLiteral("modelView"));
    view_->setModel(model_);
    view_->setAccessibleName(tr("Models"));
    view_->setIconSize({6, 30});
    view_->setSpacing(2);
    view_->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    auto* add = new QPushButton(tr("Add model..."), this);
    add->setObjectName(QStringLiteral("addModelButton"));
    auto* remove = new QPushButton(tr("Remove"), this);
    remove->setObjectName(QStringLiteral("removeModelButton"));
    auto* buttons = new QHBoxLayout;
    buttons->addWidget(add);
    buttons->addWidget(remove);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(8, 6, 8, 6);
    layout->addWidget(view_, 1);
    layout->addLayout(buttons);
    connect(add, &QPushButton::clicked, this, &ModelList::addRequested);
    connect(remove, &QPushButton::clicked, this, [this] {
        if (view_->currentIndex().isValid()) {
            session_.removeModel(model_->idOf(view_->currentIndex()));
        }
    });
    connect(
        model_, &ModelListModel::selectedToggled, &session_, &SessionController::setModelSelected
    );
    connect(&session_, &SessionController::modelsChanged, this, [this] {
        model_->setEntries(session_.models());
    });
    model_->setEntries(session_.models());
}

} // namespace siskin::ui
