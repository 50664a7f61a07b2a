// SPDX-License-Identifier: MIT
#include "widgets/panels/model_list.hpp"

#include "core/report/format.hpp"
#include "widgets/controller/session_controller.hpp"
#include "widgets/panels/theme.hpp"

#include <QHBoxLayout>
#include <QLabel>
#include <QListView>
#include <QPixmap>
#include <QPushButton>
#include <QVBoxLayout>

namespace siskin::ui {

namespace {

QString detailOf(const ModelEntry& entry) {
    if (!entry.refusal.isEmpty()) {
        return ModelListModel::tr("does not fit: %1").arg(entry.refusal);
    }
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
    const QString text = ModelListModel::tr("%1 parameters").arg(size);
    return info.trained ? text : ModelListModel::tr("%1, untrained").arg(text);
}

QString sourceOf(const ModelEntry& entry) {
    const ModelSpec& spec = entry.spec;
    const auto& path = spec.predictions.empty() ? spec.weights : spec.predictions;
    return path.empty() ? ModelListModel::tr("random weights")
                        : QString::fromStdString(path.string());
}

QString tipOf(const ModelEntry& entry) {
    if (!entry.problem.isEmpty()) {
        return entry.problem;
    }
    return entry.refusal.isEmpty()
               ? ModelListModel::tr("%1\n%2").arg(
                     sourceOf(entry), entry.loaded ? entry.loaded->info.device.c_str() : ""
                 )
               : ModelListModel::tr("%1 takes no part: %2").arg(entry.label, entry.refusal);
}

bool isUsable(const ModelEntry& entry) {
    return entry.state == ModelState::Ready && entry.refusal.isEmpty();
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
        return tipOf(entry);
    case Qt::CheckStateRole:
        if (!entry.refusal.isEmpty()) {
            return {}; // nothing to tick; the tick comes back with a scan that fits
        }
        return entry.selected ? Qt::Checked : Qt::Unchecked;
    case Qt::DecorationRole:
        return accentSwatch(entry.refusal.isEmpty() ? modelAccent(row) : theme::kLine);
    case Qt::ForegroundRole:
        return isUsable(entry) ? QVariant() : QVariant(theme::kNeutralAccent);
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
    const bool tickable =
        index.isValid() && entries_[static_cast<std::size_t>(index.row())].refusal.isEmpty();
    return tickable ? base | Qt::ItemIsUserCheckable : base; // it can be removed all the same
}

ModelList::ModelList(SessionController& session, QWidget* parent)
    : QWidget(parent), session_(session), model_(new ModelListModel(this)),
      view_(new QListView(this)), offers_(new QWidget(this)) {
    view_->setObjectName(QStringLiteral("modelView"));
    view_->setModel(model_);
    view_->setAccessibleName(tr("Models"));
    view_->setIconSize({6, 30});
    view_->setSpacing(2);
    view_->setWordWrap(true);
    view_->setResizeMode(QListView::Adjust);
    view_->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    offers_->setObjectName(QStringLiteral("modelOffers"));
    auto* offered = new QVBoxLayout(offers_);
    offered->setContentsMargins(0, 0, 0, 0);
    offered->setSpacing(4);
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
    layout->addWidget(offers_);
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
    connect(&session_, &SessionController::modelsChanged, this, &ModelList::refresh);
    connect(&session_, &SessionController::frameChanged, this, &ModelList::refresh);
    refresh();
}

void ModelList::refresh() {
    model_->setEntries(session_.models());
    auto offers = session_.offers();
    QStringList titles;
    for (const ModelOffer& offer : offers) {
        titles << QString::fromStdString(offer.title);
    }
    if (titles == shownOffers_) {
        return; // as for every frame while playing
    }
    shownOffers_ = titles;
    for (QWidget* old : offers_->findChildren<QWidget*>(QString(), Qt::FindDirectChildrenOnly)) {
        old->hide();
        old->deleteLater(); // it may be the button that was clicked
    }
    if (offers.empty()) {
        return;
    }
    auto* text =
        new QLabel(tr("Ready to use for this %1:").arg(taskNoun(offers.front().task)), offers_);
    text->setWordWrap(true);
    offers_->layout()->addWidget(text);
    for (const ModelOffer& offer : offers) {
        auto* button =
            new QPushButton(tr("Add %1").arg(QString::fromStdString(offer.title)), offers_);
        button->setToolTip(tr("A trained network that comes with the program"));
        offers_->layout()->addWidget(button);
        connect(button, &QPushButton::clicked, this, [this, spec = offer.spec] {
            session_.addModel(spec);
        });
    }
}

} // namespace siskin::ui
