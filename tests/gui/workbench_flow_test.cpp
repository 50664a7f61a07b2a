// SPDX-License-Identifier: MIT
// The picture this program exists for: one real frame, two checkpoints, four panes, through real
// widgets and real networks. Leaves workbench_flow.png in the folder it runs in.
#include "app/workbench/options.hpp"
#include "app/workbench/real_services.hpp"
#include "core/base/error.hpp"
#include "core/submission/submission_format.hpp"
#include "datasets/open.hpp"
#include "tests/gui/gui_test.hpp"
#include "tests/support/shared_data.hpp"
#include "widgets/panels/add_model_dialog.hpp"
#include "widgets/panels/message_bar.hpp"
#include "widgets/panels/pane.hpp"
#include "widgets/panels/pane_grid.hpp"
#include "widgets/panels/workbench_window.hpp"
#include "widgets/view/vtk_view.hpp"

#include <QAction>
#include <QComboBox>
#include <QDialogButtonBox>
#include <QLabel>
#include <QLineEdit>
#include <QListView>
#include <QPushButton>
#include <QTableView>
#include <QTest>

#include <gtest/gtest.h>

namespace siskin::ui {
namespace {

using test::settle;
using test::waitFor;

constexpr double kPatience = 180.0; // seconds; software rendering on a busy machine

class WorkbenchFlow : public testing::Test {
  protected:
    void SetUp() override { test::showAndWait(window); }

    void addModel(const char* folder, int kind) {
        QTest::mouseClick(window.findChild<QPushButton*>("addModelButton"), Qt::LeftButton);
        auto* dialog = window.findChild<AddModelDialog*>();
        ASSERT_NE(dialog, nullptr);
        const auto weights = test::sharedRoot() / "golden" / folder / "weights.pt";
        auto* edit = dialog->findChild<QLineEdit*>("modelWeights");
        QTest::keyClicks(edit, QString::fromStdString(weights.string()));
        dialog->findChild<QComboBox*>("modelKind")->setCurrentIndex(kind);
        auto* ok = dialog->findChild<QDialogButtonBox*>()->button(QDialogButtonBox::Ok);
        QTest::mouseClick(ok, Qt::LeftButton);
        ASSERT_TRUE(waitFor([this] { return window.findChild<AddModelDialog*>() == nullptr; }));
    }

    bool idle() { return !window.session().isBusy(); }

    WorkbenchWindow window{workbench::realServices("cpu")};
};

TEST_F(WorkbenchFlow, TwoCheckpointsOnOneRealFrame) {
    const auto data = test::sharedRoot() / "data" / "semantickitti";
    window.openPath(QString::fromStdString(data.string()));
    ASSERT_TRUE(waitFor([this] { return window.session().frame() && idle(); }, kPatience));
    EXPECT_EQ(window.session().frame()->scan->pointCount(), 124668U);
    EXPECT_EQ(window.findChild<QListView*>("frameView")->model()->rowCount(), 4);

    addModel("spvcnn_cr025", 1);
    addModel("minkunet_cr025", 0);
    QTest::keyClick(&window, Qt::Key_4, Qt::ControlModifier);
    QTest::keyClick(&window, Qt::Key_F5);
    ASSERT_TRUE(window.session().isRunning());
    ASSERT_TRUE(waitFor(
        [this] {
            const auto& models = window.session().models();
            return models.size() == 2 && models[0].outcome && models[1].outcome && idle();
        },
        kPatience
    )) << window.messages().lines().join("; ").toStdString();
    EXPECT_TRUE(window.messages().lines().isEmpty());

    const char* titles[] = {
        "Ground truth", "Prediction: SPVCNN", "Prediction: MinkUNet", "Right / wrong: SPVCNN"};
    settle();
    for (int i = 0; i < 4; ++i) {
        Pane& pane = window.grid().pane(i);
        EXPECT_TRUE(pane.title().startsWith(titles[i])) << pane.title().toStdString();
        EXPECT_TRUE(test::showsColours(pane.view(), 200)) << i;
    }
    for (const int i : {1, 2}) {
        const QString stats = window.grid().pane(i).statsText();
        for (const char* part : {" per frame", "mIoU", "J/frame", "gCO2e"}) {
            EXPECT_TRUE(stats.contains(part)) << part << " in " << stats.toStdString();
        }
    }
    const auto& spvcnn = *window.session().models()[0].outcome;
    EXPECT_EQ(spvcnn.result.voxels, 91852); // golden/README.md
    EXPECT_EQ(
        spvcnn.scores->confusion.scoredPoints(), spvcnn.rightWrong->right + spvcnn.rightWrong->wrong
    );
    test::keepPicture(window.grab().toImage(), "workbench_flow.png");

    // Look at it: hide the road everywhere, then from above, then another frame.
    const std::size_t all = window.grid().pane(0).scene().visiblePointCount();
    auto* classes = window.findChild<QTableView*>("classView");
    classes->setCurrentIndex(classes->model()->index(0, 0));
    QTest::mouseClick(window.findChild<QPushButton*>("classesSolo"), Qt::LeftButton);
    EXPECT_EQ(window.grid().pane(0).scene().visiblePointCount(), 4234U); // cars, data/README.md
    QTest::mouseClick(window.findChild<QPushButton*>("classesAll"), Qt::LeftButton);
    EXPECT_EQ(window.grid().pane(0).scene().visiblePointCount(), all);
    QTest::keyClick(&window, Qt::Key_N);
    ASSERT_TRUE(
        waitFor([this] { return idle() && window.session().frame()->index == 1; }, kPatience)
    );
    EXPECT_FALSE(window.session().models()[0].outcome);
}

TEST_F(WorkbenchFlow, CancelStopsARealRun) {
    window.openPath("demo:street");
    ASSERT_TRUE(waitFor([this] { return window.session().frame() && idle(); }, kPatience));
    ModelSpec wide;
    wide.randomWidth = 1.0;
    const int id = window.session().addModel(wide);
    ASSERT_TRUE(waitFor([this] { return idle(); }, kPatience));
    EXPECT_FALSE(window.session().model(id)->loaded->info.trained);
    QTest::keyClick(&window, Qt::Key_F5);
    ASSERT_TRUE(window.session().isRunning());
    QTest::qWait(200);
    QTest::keyClick(&window, Qt::Key_Escape);
    EXPECT_FALSE(window.session().isRunning());
    settle();
    EXPECT_FALSE(window.session().model(id)->outcome);
}

TEST_F(WorkbenchFlow, PredictionsFromFilesShowLikeAModel) {
    const auto data = test::sharedRoot() / "data" / "semantickitti";
    const auto reader = openDataset(data);
    const auto scan = reader->read(0);
    const test::TemporaryFolder folder;
    const SubmissionFormat format("semantickitti");
    Prediction truth;
    truth.classMap = scan->groundTruth->classMap;
    truth.classIds = scan->groundTruth->classIds;
    format.write(folder.path(), *scan, truth);
    ModelSpec spec;
    spec.predictions = folder.path();
    const int id = window.session().addModel(spec); // before it is known of which data set
    window.openPath(QString::fromStdString(data.string()));
    ASSERT_TRUE(waitFor([this] { return window.session().frame() && idle(); }, kPatience));
    QTest::keyClick(&window, Qt::Key_F5);
    ASSERT_TRUE(
        waitFor([this, id] { return window.session().model(id)->outcome && idle(); }, kPatience)
    );
    const auto outcome = window.session().model(id)->outcome;
    EXPECT_EQ(outcome->result.model.classMap->name(), "semantickitti-official");
    EXPECT_FALSE(outcome->result.energy.total());
    ASSERT_TRUE(outcome->scores);
    EXPECT_GT(outcome->scores->presentClasses.mean, 0.9); // 1 but for classes that its map ignores
    const auto* models = window.findChild<QListView*>("modelView")->model();
    EXPECT_TRUE(models->index(0, 0).data().toString().contains("predictions from files"));
    settle();
}

/// A hallway with colours and no intensity, then a sensor's scan with intensity and no colours.
TEST_F(WorkbenchFlow, PointFilesShowWhatTheyHave) {
    QTest::keyClick(&window, Qt::Key_2, Qt::ControlModifier);
    const auto shows =
        [this](const char* path, std::size_t points, const char* first, const char* second) {
            const auto file = test::sharedRoot() / "data" / path;
            window.openPath(QString::fromStdString(file.string()));
            ASSERT_TRUE(waitFor(
                [&] {
                    const auto& frame = window.session().frame();
                    return frame && frame->scan->pointCount() == points && idle();
                },
                kPatience
            ));
            settle();
            EXPECT_EQ(window.grid().pane(0).title().toStdString(), first);
            EXPECT_EQ(window.grid().pane(1).title().toStdString(), second);
            EXPECT_TRUE(test::showsColours(window.grid().pane(0).view(), 20));
            EXPECT_TRUE(test::showsColours(window.grid().pane(1).view(), 20));
        };
    shows("ply", 85855, "Colour", "Height");
    shows("raw_lidar/hesai/xt32m_1660893203292679064.pcd", 13410, "Height", "Intensity");
}

TEST_F(WorkbenchFlow, BadWeightsAreALineNotACrash) {
    ModelSpec spec;
    spec.weights = test::sharedRoot() / "data" / "README.md";
    window.session().addModel(spec);
    ASSERT_TRUE(waitFor([this] { return idle(); }, kPatience));
    ASSERT_FALSE(window.messages().lines().isEmpty());
    EXPECT_TRUE(window.messages().lines().last().contains("README.md"));
}

TEST(WorkbenchOptions, ReadsModelsAndRefusesNonsense) {
    const auto options = workbench::parseOptions(
        {"scan.bin", "--model", "spvcnn:a.pt", "--model", "minkunet:random:0.5", "--run"}
    );
    EXPECT_EQ(options.path, "scan.bin");
    ASSERT_EQ(options.models.size(), 2U);
    EXPECT_EQ(options.models[0].weights, "a.pt");
    EXPECT_EQ(options.models[1].randomWidth, 0.5);
    EXPECT_EQ(workbench::startingPanes(options), 4);
    EXPECT_THROW(workbench::parseOptions({"--panes", "9"}), ConfigError);
    EXPECT_THROW(workbench::parseOptions({"--run"}), ConfigError);
    EXPECT_THROW(workbench::parseOptions({"--pane", "2"}), ConfigError);
    EXPECT_TRUE(workbench::parseOptions({"x", "--preset", "pvcnn-paper"}).paperPreset);
    for (const char* foreign : {"--run", "--votes=10", "--play=3", "--model=spvcnn:random:0.1"}) {
        EXPECT_THROW(
            workbench::parseOptions({"x", "--preset", "pvcnn-paper", foreign}), ConfigError
        ) << foreign;
    }
    EXPECT_THROW(workbench::parseOptions({"x", "--model", "spvcnn"}), ConfigError);
}

} // namespace
} // namespace siskin::ui
