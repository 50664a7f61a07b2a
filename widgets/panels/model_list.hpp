// SPDX-License-Identifier: MIT
// The models of the session: which are loaded, which take part in a run, which could be added.
#pragma once

#include "widgets/controller/model_entry.hpp"

#include <QAbstractListModel>
#include <QStringList>
#include <QWidget>

#include <vector>

class QListView;

namespace siskin::ui {

class SessionController;

/// One checkable row per model.
class ModelListModel : public QAbstractListModel {
    Q_OBJECT

  public:
    using QAbstractListModel::QAbstractListModel;
    /// Replaces the rows; keeps the view's selection when only their contents changed.
    void setEntries(const std::vector<ModelEntry>& entries);
    int idOf(const QModelIndex& index) const;
    int rowCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    bool setData(const QModelIndex& index, const QVariant& value, int role) override;
    Qt::ItemFlags flags(const QModelIndex& index) const override;

  signals:
    void selectedToggled(int id, bool selected);

  private:
    std::vector<ModelEntry> entries_;
};

/// GUI thread.
class ModelList : public QWidget {
    Q_OBJECT

  public:
    explicit ModelList(SessionController& session, QWidget* parent = nullptr);

  signals:
    void addRequested();

  private:
    void refresh();

    SessionController& session_;
    ModelListModel* model_;
    QListView* view_;
    QWidget* offers_; ///< a button for each network that is offered
    QStringList shownOffers_;
};

} // namespace siskin::ui
