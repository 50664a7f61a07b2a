// SPDX-License-Identifier: MIT
// The lists and tables under Qt's own consistency checker, and what their rows say.
#include "tests/gui/fake_session.hpp"
#include "widgets/panels/class_legend.hpp"
#include "widgets/panels/frame_list.hpp"
#include "widgets/panels/model_list.hpp"

#include <QAbstractItemModelTester>
#include <QImage>
#include <QSignalSpy>

#include <gtest/gtest.h>

namespace siskin::ui {
namespace {

constexpr auto kFatal = QAbstractItemModelTester::FailureReportingMode::Fatal;

TEST(FrameListModel, FollowsTheDataSet) {
    FrameListModel model;
    const QAbstractItemModelTester tester(&model, kFatal);
    model.setFrames({{"00/000000", "00", "a.bin", true}, {"00/000001", "00", "b.bin", false}});
    ASSERT_EQ(model.rowCount(), 2);
    EXPECT_EQ(model.index(0).data().toString(), "00/000000");
    EXPECT_TRUE(model.index(1).data().toString().contains("no labels"));
    model.setFrames({});
    EXPECT_EQ(model.rowCount(), 0);
}

TEST(ModelListModel, ShowsStateAndAsksBeforeChanging) {
    ModelListModel model;
    const QAbstractItemModelTester tester(&model, kFatal);
    ModelEntry loading;
    loading.id = 4;
    loading.label = "SPVCNN";
    ModelEntry failed = loading;
    failed.id = 5;
    failed.state = ModelState::Failed;
    failed.problem = "broken";
    model.setEntries({loading, failed});
    ASSERT_EQ(model.rowCount(), 2);
    EXPECT_TRUE(model.index(0).data().toString().contains("loading"));
    EXPECT_EQ(model.index(1).data(Qt::ToolTipRole).toString(), "broken");
    QSignalSpy toggles(&model, &ModelListModel::selectedToggled);
    EXPECT_TRUE(model.setData(model.index(0), Qt::Unchecked, Qt::CheckStateRole));
    ASSERT_EQ(toggles.size(), 1);
    EXPECT_EQ(toggles[0][0].toInt(), 4);
    model.setEntries({failed});
    EXPECT_EQ(model.idOf(model.index(0)), 5);
}

class LegendTest : public testing::Test {
  protected:
    void SetUp() override {
        model.setClasses(test::fakeClassMap(), {0, 1, 2, 3, 4, 5});
        std::vector<std::int64_t> counts(256, 0);
        counts[0] = 1200;
        counts[kIgnored] = 7;
        model.setCounts(counts, false);
    }

    ClassLegendModel model;
    QAbstractItemModelTester tester{&model, kFatal};
};

TEST_F(LegendTest, ListsEveryClassAndTheIgnoredOnes) {
    ASSERT_EQ(model.rowCount(), 7);
    EXPECT_EQ(model.index(0, 0).data().toString(), "road");
    EXPECT_EQ(model.index(0, 1).data().toString(), "1 200");
    EXPECT_EQ(model.index(6, 0).data().toString(), "unlabelled");
    EXPECT_EQ(model.index(6, 1).data().toString(), "7");
}

TEST_F(LegendTest, ListsOnlyTheClassesThatMayOccur) {
    model.setClasses(test::fakeClassMap(), {4, 1});
    ASSERT_EQ(model.rowCount(), 3);
    EXPECT_EQ(model.index(0, 0).data().toString(), "pole");
    EXPECT_EQ(model.index(1, 0).data().toString(), "car");
    model.toggleSolo(1);
    EXPECT_TRUE(model.switches().test(1));
    EXPECT_EQ(model.switches().count(), 1U);
}

TEST_F(LegendTest, AbsentClassHasNoIou) {
    model.setIouColumns({{"A", Qt::red, {0.5, std::nullopt, 0.0}}, {"B", Qt::blue, {0.25}}});
    ASSERT_EQ(model.columnCount(), 4);
    EXPECT_EQ(model.index(0, 2).data().toString(), "50.0");
    EXPECT_EQ(model.index(1, 2).data().toString(), "-");
    EXPECT_EQ(model.index(2, 2).data().toString(), "0.0");
    EXPECT_EQ(model.index(2, 3).data().toString(), "-");
    EXPECT_TRUE(model.headerData(3, Qt::Horizontal, Qt::DisplayRole).toString().contains("B"));
}

TEST_F(LegendTest, ManyModelsAreToldApartByColour) {
    std::vector<ClassLegendModel::IouColumn> columns;
    for (const auto colour : {Qt::red, Qt::green, Qt::blue, Qt::cyan, Qt::yellow}) {
        columns.push_back({"A rather long name", colour, {0.512}});
    }
    model.setIouColumns(columns);
    EXPECT_EQ(model.index(0, 2).data().toString(), "51");
    EXPECT_EQ(model.headerData(3, Qt::Horizontal, Qt::DisplayRole).toString(), "%");
    const auto mark = model.headerData(3, Qt::Horizontal, Qt::DecorationRole).value<QImage>();
    EXPECT_EQ(mark.pixelColor(2, 2), QColor(Qt::green));
    EXPECT_TRUE(model.headerData(3, Qt::Horizontal, Qt::ToolTipRole)
                    .toString()
                    .contains("A rather long name"));
}

TEST_F(LegendTest, LongNamesGiveWayToColours) {
    model.setIouColumns({{"PVCNN 0.3M (untrained)", Qt::red, {0.5}}});
    EXPECT_EQ(model.headerData(2, Qt::Horizontal, Qt::DisplayRole).toString(), "PVCNN 0.3M\nIoU %");
    model.setIouColumns({{"PVCNN 0.3M", Qt::red, {0.5}}, {"PointNet++ MSG 0.1M", Qt::blue, {0.5}}});
    EXPECT_EQ(model.headerData(2, Qt::Horizontal, Qt::DisplayRole).toString(), "%");
    EXPECT_EQ(model.index(0, 2).data().toString(), "50.0");
}

TEST_F(LegendTest, SwitchesAndSolo) {
    QSignalSpy changes(&model, &ClassLegendModel::switchesChanged);
    model.setData(model.index(1, 0), Qt::Unchecked, Qt::CheckStateRole);
    EXPECT_FALSE(model.switches().test(1));
    EXPECT_TRUE(model.switches().test(0));
    model.toggleSolo(6);
    EXPECT_TRUE(model.switches().test(kIgnored));
    EXPECT_EQ(model.switches().count(), 1U);
    model.toggleSolo(6);
    EXPECT_TRUE(model.switches().all());
    model.showAll(false);
    EXPECT_TRUE(model.switches().none());
    EXPECT_EQ(changes.size(), 4);
}

TEST_F(LegendTest, WithoutADataSetItIsEmpty) {
    model.setIouColumns({{"A", Qt::red, {0.5}}});
    model.setClasses(nullptr, {});
    EXPECT_EQ(model.rowCount(), 0);
}

} // namespace
} // namespace siskin::ui
