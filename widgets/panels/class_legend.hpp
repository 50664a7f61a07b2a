// SPDX-License-Identifier: MIT
// The classes: colour, name, how many points, how well each model found them, shown or hidden.
#pragma once

#include "widgets/controller/session_values.hpp"
#include "widgets/scene/cloud_scene.hpp"

#include <QAbstractTableModel>
#include <QColor>
#include <QWidget>

#include <memory>
#include <optional>
#include <vector>

class QTableView;

namespace siskin::ui {

class SessionController;

/// Rows: classes of the map, then the points without a scored class. Columns: class
/// (checkable), points, then one IoU per model that has run.
class ClassLegendModel : public QAbstractTableModel {
    Q_OBJECT

  public:
    struct IouColumn {
        QString label;
        QColor accent;
        std::vector<std::optional<double>> perClass;
    };

    using QAbstractTableModel::QAbstractTableModel;
    /// `ids`: the classes to list, e.g. the parts of one category.
    void setClasses(std::shared_ptr<const ClassMap> classMap, std::vector<ClassId> ids);
    /// Number of points of each class id; 256 entries. `predicted`: counted in a prediction,
    /// because the scan has no labels.
    void setCounts(std::vector<std::int64_t> counts, bool predicted);
    void setIouColumns(std::vector<IouColumn> columns);

    const ClassSwitches& switches() const noexcept { return switches_; }

    void showAll(bool shown);
    /// Only this row's class; everything again when it already is the only one.
    void toggleSolo(int row);

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;
    bool setData(const QModelIndex& index, const QVariant& value, int role) override;
    Qt::ItemFlags flags(const QModelIndex& index) const override;

  signals:
    void switchesChanged();

  private:
    ClassId idOfRow(int row) const;
    void setSwitches(const ClassSwitches& switches);
    QVariant text(ClassId id, int column) const;
    QVariant iouHeader(const IouColumn& column, int role) const;

    std::shared_ptr<const ClassMap> classMap_;
    std::vector<ClassId> ids_; // of the rows but the last
    std::vector<std::int64_t> counts_;
    bool predictedCounts_ = false;
    std::vector<IouColumn> iou_;
    ClassSwitches switches_ = ClassSwitches().set();
};

/// GUI thread.
class ClassLegend : public QWidget {
    Q_OBJECT

  public:
    explicit ClassLegend(SessionController& session, QWidget* parent = nullptr);

    const ClassSwitches& switches() const noexcept { return model_->switches(); }

  signals:
    void switchesChanged();

  private:
    void refreshFrame();
    void refreshScores();

    SessionController& session_;
    ClassLegendModel* model_;
    QTableView* view_;
};

} // namespace siskin::ui
