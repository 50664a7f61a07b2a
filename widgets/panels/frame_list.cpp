// SPDX-License-Identifier: MIT
#include "widgets/panels/frame_list.hpp"

#include "widgets/panels/theme.hpp"

#include <QItemSelectionModel>
#include <QLabel>
#include <QLineEdit>
#include <QListView>
#include <QSignalBlocker>
#include <QSortFilterProxyModel>
#include <QVBoxLayout>

#include <utility>

namespace siskin::ui {

void FrameListModel::setFrames(std::vector<FrameInfo> frames) {
    beginResetModel();
    frames_ = std::move(frames);
    endResetModel();
}

int FrameListModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(frames_.size());
}

QVariant FrameListModel::data(const QModelIndex& index, int role) const {
    if (!checkIndex(index, CheckIndexOption::IndexIsValid)) {
        return {};
    }
    const FrameInfo& frame = frames_[static_cast<std::size_t>(index.row())];
    if (role == Qt::DisplayRole) {
        const QString id = QString::fromStdString(frame.id);
        return frame.hasLabels ? id : tr("%1   no labels").arg(id);
    }
    if (role == Qt::ToolTipRole) {
        return QString::fromStdString(frame.file.string());
    }
    if (role == Qt::ForegroundRole && !frame.hasLabels) {
        return theme::kQuiet;
    }
    return {};
}

FrameList::FrameList(QWidget* parent)
    : QWidget(parent), model_(new FrameListModel(this)), filtered_(new QSortFilterProxyModel(this)),
      title_(new QLabel(this)), filter_(new QLineEdit(this)), view_(new QListView(this)) {
    filtered_->setSourceModel(model_);
    filtered_->setFilterCaseSensitivity(Qt::CaseInsensitive);
    title_->setWordWrap(true);
    title_->setText(tr("no data set"));
    filter_->setPlaceholderText(tr("Filter, e.g. 00/0001"));
    filter_->setClearButtonEnabled(true);
    filter_->setObjectName(QStringLiteral("frameFilter"));
    view_->setObjectName(QStringLiteral("frameView"));
    view_->setModel(filtered_);
    view_->setUniformItemSizes(true);
    view_->setAccessibleName(tr("Frames"));
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(8, 6, 8, 6);
    layout->addWidget(title_);
    layout->addWidget(filter_);
    layout->addWidget(view_, 1);
    connect(filter_, &QLineEdit::textChanged, this, [this](const QString& text) {
        // Filtering may move the current row; that is no choice of the person's.
        const QSignalBlocker quiet(this);
        filtered_->setFilterFixedString(text);
        setCurrent(shown_);
    });
    connect(
        view_->selectionModel(),
        &QItemSelectionModel::currentChanged,
        this,
        [this](const QModelIndex& current) {
            if (current.isValid()) {
                emit frameChosen(static_cast<std::size_t>(filtered_->mapToSource(current).row()));
            }
        }
    );
}

void FrameList::setFrames(const QString& title, std::vector<FrameInfo> frames) {
    filter_->clear();
    title_->setText(title);
    model_->setFrames(std::move(frames));
}

void FrameList::setCurrent(std::size_t index) {
    // Blocking the signals of the selection model would also keep the view from repainting.
    const QSignalBlocker quiet(this);
    shown_ = index;
    const QModelIndex row = filtered_->mapFromSource(model_->index(static_cast<int>(index), 0));
    view_->setCurrentIndex(row);
}

} // namespace siskin::ui
