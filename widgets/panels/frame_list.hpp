// SPDX-License-Identifier: MIT
// The frames of the open data set, with a filter.
#pragma once

#include "core/scan/dataset_reader.hpp"

#include <QAbstractListModel>
#include <QWidget>

#include <vector>

class QLabel;
class QLineEdit;
class QListView;
class QSortFilterProxyModel;

namespace siskin::ui {

/// One row per frame; "00/000000", and whether it has labels.
class FrameListModel : public QAbstractListModel {
    Q_OBJECT

  public:
    using QAbstractListModel::QAbstractListModel;
    void setFrames(std::vector<FrameInfo> frames);
    int rowCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;

  private:
    std::vector<FrameInfo> frames_;
};

/// GUI thread.
class FrameList : public QWidget {
    Q_OBJECT

  public:
    explicit FrameList(QWidget* parent = nullptr);
    void setFrames(const QString& title, std::vector<FrameInfo> frames);
    /// Marks the frame on display without asking for it again.
    void setCurrent(std::size_t index);

  signals:
    void frameChosen(std::size_t index);

  private:
    std::size_t shown_ = 0;
    FrameListModel* model_;
    QSortFilterProxyModel* filtered_;
    QLabel* title_;
    QLineEdit* filter_;
    QListView* view_;
};

} // namespace siskin::ui
