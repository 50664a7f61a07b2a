// SPDX-License-Identifier: MIT
// The whole window with made-up data, driven through its widgets and looked at.
#include "tests/gui/fake_session.hpp"
#include "tests/gui/gui_test.hpp"
#include "widgets/panels/add_model_dialog.hpp"
#include "widgets/panels/message_bar.hpp"
#include "widgets/panels/pane.hpp"
#include "widgets/panels/pane_grid.hpp"
#include "widgets/panels/workbench_window.hpp"
#include "widgets/view/gl_window.hpp"
#include "widgets/view/vtk_view.hpp"

#include <QApplication>
#include <QCheckBox>
#include <QClipboard>
#include <QComboBox>
#include <QDialogButtonBox>
#include <QDir>
#include <QDoubleSpinBox>
#include <QDragEnterEvent>
#include <QDropEvent>
#include <QLabel>
#include <QLineEdit>
#include <QListView>
#include <QMimeData>
#include <QPushButton>
#include <QRadioButton>
#include <QSlider>
#include <QTableView>
#include <QTemporaryDir>
#include <QTest>
#include <QToolButton>
#include <QUrl>

#include <gtest/gtest.h>

namespace siskin::ui {
namespace {

using test::settle;
using test::waitFor;

class WindowTest : public testing::Test {
  protected:
    void SetUp() override { test::showAndWait(window); }

    void open() {
        window.openPath("fake");
        ASSERT_TRUE(waitFor([this] { return window.session().frame() && idle(); }));
    }

    void addModels() {
        ModelSpec spvcnn;
        spvcnn.weights = "spvcnn/weights.pt";
        ModelSpec mink;
        mink.kind = ModelKind::MinkUNet;
        window.session().addModel(spvcnn);
        window.session().addModel(mink);
        ASSERT_TRUE(waitFor([this] { return idle(); }));
    }

    void openAndRun() {
        open();
        addModels();
        QTest::keyClick(&window, Qt::Key_F5);
        ASSERT_TRUE(window.session().isRunning());
        ASSERT_TRUE(waitFor([this] { return window.session().models()[1].outcome && idle(); }));
    }

    bool idle() { return !window.session().isBusy(); }

    Pane& pane(int position) { return window.grid().pane(position); }

    template <typename Widget>
    Widget* child(const char* name) {
        return window.findChild<Widget*>(name);
    }

    void choose(Pane& where, const QString& title) {
        auto* chooser = where.findChild<QComboBox*>("contentChooser");
        const int index = chooser->findText(title);
        ASSERT_GE(index, 0) << title.toStdString();
        chooser->setCurrentIndex(index);
        emit chooser->activated(index);
    }

    test::Script script;
    WorkbenchWindow window{test::fakeServices(script)};
};

TEST_F(WindowTest, WelcomesThenShowsTwoPanes) {
    ASSERT_TRUE(child<QWidget>("welcome")->isVisible());
    test::keepPicture(window.grab().toImage(), "window_welcome.png");
    QTest::mouseClick(child<QPushButton>("welcomeDemo"), Qt::LeftButton);
    ASSERT_TRUE(waitFor([this] { return window.session().frame() && idle(); }));
    EXPECT_FALSE(child<QWidget>("welcome")->isVisible());
    EXPECT_EQ(window.grid().paneCount(), 2);
    EXPECT_EQ(pane(0).title(), "Ground truth");
    EXPECT_TRUE(pane(0).statsText().contains("4 000 points"));
}

TEST_F(WindowTest, FourPanesSayWhatIsWhat) {
    script.points = 60000;
    window.setPaneCount(4);
    ASSERT_NO_FATAL_FAILURE(openAndRun());
    EXPECT_EQ(pane(0).title(), "Ground truth");
    EXPECT_EQ(pane(1).title(), "Prediction: SPVCNN cr 0.25");
    EXPECT_EQ(pane(2).title(), "Prediction: MinkUNet cr 0.25");
    EXPECT_EQ(pane(3).title(), "Right / wrong: SPVCNN cr 0.25");
    const QString stats = pane(1).statsText();
    for (const char* part : {"610 ms", "3.10 J/frame", "[E2]", "1.00", "9.20", "gCO2e", "mIoU"}) {
        EXPECT_TRUE(stats.contains(part)) << part << " in " << stats.toStdString();
    }
    EXPECT_FALSE(pane(1).findChild<QLabel*>("untrainedBadge")->isVisible());
    EXPECT_TRUE(pane(2).findChild<QLabel*>("untrainedBadge")->isVisible());
    EXPECT_TRUE(pane(3).statsText().contains("right"));
    for (int i = 0; i < 4; ++i) {
        EXPECT_TRUE(test::showsColours(pane(i).view(), 50)) << i;
    }
    // The prediction arrived in a pane that was empty before: it must not be clipped to nothing.
    const auto covered = [this](int i) {
        return test::coveredPixels(pane(i).view().grabFramebuffer());
    };
    EXPECT_NEAR(covered(1), covered(0), 0.1 * covered(0));
    test::keepPicture(window.grab().toImage(), "window_four_panes.png");
}

TEST_F(WindowTest, PaneCountsFromTheToolBar) {
    ASSERT_NO_FATAL_FAILURE(openAndRun());
    for (const int count : {3, 1, 4, 2}) {
        QTest::keyClick(&window, static_cast<Qt::Key>(Qt::Key_0 + count), Qt::ControlModifier);
        settle();
        EXPECT_EQ(window.grid().paneCount(), count);
        EXPECT_TRUE(pane(count - 1).isVisible());
        EXPECT_TRUE(test::showsColours(pane(count - 1).view(), 20)) << count;
    }
}

TEST_F(WindowTest, ChosenContentStaysThroughARun) {
    ASSERT_NO_FATAL_FAILURE(open());
    ASSERT_NO_FATAL_FAILURE(addModels());
    choose(pane(0), "Height");
    EXPECT_TRUE(pane(0).statsText().contains("height in metres"));
    choose(pane(1), "Right / wrong: MinkUNet cr 0.25");
    QTest::keyClick(&window, Qt::Key_F5);
    ASSERT_TRUE(waitFor([this] { return window.session().models()[1].outcome && idle(); }));
    EXPECT_EQ(pane(0).title(), "Height");
    EXPECT_EQ(pane(1).title(), "Right / wrong: MinkUNet cr 0.25");
}

TEST_F(WindowTest, NotMeasuredIsNeverZero) {
    script.withEnergy = false;
    ASSERT_NO_FATAL_FAILURE(openAndRun());
    const QString stats = pane(1).statsText();
    EXPECT_TRUE(stats.contains("not measured J/frame")) << stats.toStdString();
    EXPECT_TRUE(stats.contains("not measured gCO2e"));
}

TEST_F(WindowTest, RegionChangesTheCarbonFigure) {
    ASSERT_NO_FATAL_FAILURE(openAndRun());
    const QString world = pane(1).statsText();
    auto* region = child<QComboBox>("region");
    ASSERT_GT(region->count(), 10);
    EXPECT_EQ(region->currentData().toString(), "WORLD");
    region->setCurrentIndex(region->findData("FRA"));
    emit region->activated(region->currentIndex());
    EXPECT_NE(pane(1).statsText(), world);
    EXPECT_TRUE(pane(1).statsText().contains("FRA"));
}

TEST_F(WindowTest, ClassSwitchesHidePointsInEveryPane) {
    ASSERT_NO_FATAL_FAILURE(openAndRun());
    const std::size_t all = pane(0).scene().visiblePointCount();
    auto* table = child<QTableView>("classView");
    const QModelIndex road = table->model()->index(0, 0);
    table->model()->setData(road, Qt::Unchecked, Qt::CheckStateRole);
    EXPECT_LT(pane(0).scene().visiblePointCount(), all);
    EXPECT_LT(pane(1).scene().visiblePointCount(), all);
    QTest::mouseClick(child<QPushButton>("classesAll"), Qt::LeftButton);
    EXPECT_EQ(pane(0).scene().visiblePointCount(), all);
    table->setCurrentIndex(table->model()->index(1, 0));
    QTest::mouseClick(child<QPushButton>("classesSolo"), Qt::LeftButton);
    EXPECT_LT(pane(0).scene().visiblePointCount(), all / 4);
    QTest::mouseClick(child<QPushButton>("classesNone"), Qt::LeftButton);
    EXPECT_EQ(pane(0).scene().visiblePointCount(), 0U);
}

TEST_F(WindowTest, KeysAndFilterMoveThroughFrames) {
    ASSERT_NO_FATAL_FAILURE(open());
    QTest::keyClick(&window, Qt::Key_N);
    ASSERT_TRUE(waitFor([this] { return idle() && window.session().frame()->index == 1; }));
    QTest::keyClick(&window, Qt::Key_B);
    ASSERT_TRUE(waitFor([this] { return idle() && window.session().frame()->index == 0; }));
    auto* view = child<QListView>("frameView");
    QTest::keyClicks(child<QLineEdit>("frameFilter"), "0002");
    EXPECT_EQ(view->model()->rowCount(), 1);
    EXPECT_TRUE(idle()) << "filtering must not open a frame";
    const QRect row = view->visualRect(view->model()->index(0, 0));
    QTest::mouseClick(view->viewport(), Qt::LeftButton, {}, row.center());
    ASSERT_TRUE(waitFor([this] { return idle() && window.session().frame()->index == 2; }));
}

TEST_F(WindowTest, ScanWithoutLabelsExplainsItself) {
    ASSERT_NO_FATAL_FAILURE(openAndRun());
    window.session().showFrame(2);
    ASSERT_TRUE(waitFor([this] { return idle() && window.session().frame()->index == 2; }));
    EXPECT_EQ(pane(0).title(), "Prediction: SPVCNN cr 0.25");
    choose(pane(0), "Ground truth");
    EXPECT_EQ(pane(0).scene().visiblePointCount(), 0U);
    QTest::keyClick(&window, Qt::Key_F5);
    ASSERT_TRUE(waitFor([this] { return window.session().models()[1].outcome && idle(); }));
    EXPECT_TRUE(pane(1).statsText().contains("no labels"));
}

TEST_F(WindowTest, TroubleIsALineThatCanBeClosed) {
    window.openPath("missing");
    ASSERT_TRUE(waitFor([this] { return window.messages().isVisible(); }));
    EXPECT_EQ(window.messages().lines().last(), "missing: no such folder - check the path");
    QTest::mouseClick(child<QToolButton>("messageBarClose"), Qt::LeftButton);
    EXPECT_FALSE(window.messages().isVisible());
}

TEST_F(WindowTest, CancelKeepsTheWindowAlive) {
    ASSERT_NO_FATAL_FAILURE(open());
    ASSERT_NO_FATAL_FAILURE(addModels());
    script.runMilliseconds = 20'000;
    QTest::keyClick(&window, Qt::Key_F5);
    ASSERT_TRUE(waitFor([this] { return script.runsStarted == 1; }));
    QTest::keyClick(&window, Qt::Key_Escape);
    EXPECT_TRUE(waitFor([this] { return idle(); }, 2.0));
    EXPECT_FALSE(window.session().models()[0].outcome);
}

TEST_F(WindowTest, AddModelThroughTheDialog) {
    ASSERT_NO_FATAL_FAILURE(open());
    QTest::mouseClick(child<QPushButton>("addModelButton"), Qt::LeftButton);
    auto* dialog = window.findChild<AddModelDialog*>();
    ASSERT_NE(dialog, nullptr);
    auto* ok = dialog->findChild<QDialogButtonBox*>()->button(QDialogButtonBox::Ok);
    EXPECT_FALSE(ok->isEnabled());
    dialog->findChild<QComboBox*>("modelKind")->setCurrentIndex(2);
    QTest::keyClicks(dialog->findChild<QLineEdit*>("modelWeights"), "init");
    EXPECT_FALSE(ok->isEnabled()) << "SPVNAS needs its net.config";
    QTest::keyClicks(dialog->findChild<QLineEdit*>("modelConfig"), "net.config");
    ASSERT_TRUE(ok->isEnabled());
    QTest::mouseClick(ok, Qt::LeftButton);
    ASSERT_TRUE(waitFor([this] { return window.session().models().size() == 1; }));
    const ModelSpec& spec = window.session().models()[0].spec;
    EXPECT_EQ(spec.kind, ModelKind::Spvnas);
    EXPECT_EQ(spec.weights, "init");
    EXPECT_EQ(spec.config, "net.config");
}

TEST_F(WindowTest, DialogGuessesFromThePath) {
    QTemporaryDir folder;
    const QString weights = folder.filePath("init");
    for (const QString& name : {QStringLiteral("init"), QStringLiteral("net.config")}) {
        QFile file(folder.filePath(name));
        ASSERT_TRUE(file.open(QIODevice::WriteOnly));
    }
    AddModelDialog dialog;
    dialog.setWeights("/x/minkunet_cr025/weights.pt");
    EXPECT_EQ(dialog.spec().kind, ModelKind::MinkUNet);
    dialog.setWeights(weights);
    EXPECT_EQ(dialog.spec().kind, ModelKind::Spvnas);
    EXPECT_EQ(dialog.spec().config, folder.filePath("net.config").toStdString());
    dialog.findChild<QRadioButton*>("modelUntrained")->setChecked(true);
    EXPECT_TRUE(dialog.spec().weights.empty());
    EXPECT_EQ(dialog.spec().precision, Precision::Float32);
    dialog.findChild<QComboBox*>("modelPrecision")->setCurrentIndex(3);
    EXPECT_EQ(dialog.spec().precision, Precision::Int8);
}

TEST_F(WindowTest, DialogTakesAFolderOfPredictions) {
    AddModelDialog dialog;
    auto* ok = dialog.findChild<QDialogButtonBox*>()->button(QDialogButtonBox::Ok);
    dialog.findChild<QRadioButton*>("modelFromPredictions")->setChecked(true);
    EXPECT_FALSE(ok->isEnabled());
    EXPECT_FALSE(dialog.findChild<QComboBox*>("modelKind")->isEnabled());
    EXPECT_FALSE(dialog.findChild<QDoubleSpinBox*>("modelWidth")->isEnabled());
    QTest::keyClicks(dialog.findChild<QLineEdit*>("modelPredictions"), " theirs/out ");
    EXPECT_TRUE(ok->isEnabled());
    EXPECT_EQ(dialog.spec().predictions, "theirs/out");
    EXPECT_TRUE(dialog.spec().weights.empty());
    dialog.setWeights("/x/minkunet_cr025/weights.pt");
    EXPECT_TRUE(dialog.spec().predictions.empty()) << "the last choice holds";
    EXPECT_TRUE(dialog.findChild<QComboBox*>("modelKind")->isEnabled());
}

TEST_F(WindowTest, DroppedFolderOpens) {
    QMimeData data;
    data.setUrls({QUrl::fromLocalFile("/fake")});
    QDragEnterEvent enter({10, 10}, Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
    QApplication::sendEvent(&window, &enter);
    ASSERT_TRUE(enter.isAccepted());
    QDropEvent drop({10, 10}, Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
    QApplication::sendEvent(&window, &drop);
    EXPECT_TRUE(waitFor([this] { return window.session().frame() && idle(); }));
    EXPECT_EQ(window.session().datasetPath(), "/fake");
}

TEST_F(WindowTest, PointSizeAndShadingReachThePanes) {
    ASSERT_NO_FATAL_FAILURE(openAndRun());
    const QImage before = pane(0).view().grabFramebuffer();
    child<QSlider>("pointSize")->setValue(8);
    settle();
    EXPECT_NE(pane(0).view().grabFramebuffer(), before);
    QTest::keyClick(&window, Qt::Key_E);
    EXPECT_FALSE(pane(0).scene().eyeDomeLighting());
    EXPECT_FALSE(pane(1).scene().eyeDomeLighting());
}

TEST_F(WindowTest, PresetsMoveLinkedPanesAndAFreePaneStays) {
    ASSERT_NO_FATAL_FAILURE(openAndRun());
    QTest::keyClick(&window, Qt::Key_2);
    EXPECT_EQ(pane(0).scene().pose(), pane(1).scene().pose());
    const CameraPose top = pane(1).scene().pose();
    QTest::mouseClick(pane(1).findChild<QToolButton*>("linkButton"), Qt::LeftButton);
    QTest::mousePress(&pane(0).view(), Qt::LeftButton, {}, QPoint(80, 80));
    QTest::mouseMove(&pane(0).view(), QPoint(120, 130));
    QTest::mouseRelease(&pane(0).view(), Qt::LeftButton, {}, QPoint(120, 130));
    EXPECT_NE(pane(0).scene().pose(), top);
    EXPECT_EQ(pane(1).scene().pose(), top);
}

TEST_F(WindowTest, CopiesTheCommand) {
    ASSERT_NO_FATAL_FAILURE(open());
    ASSERT_NO_FATAL_FAILURE(addModels());
    QTest::keyClick(&window, Qt::Key_C, Qt::ControlModifier | Qt::ShiftModifier);
    EXPECT_EQ(
        QApplication::clipboard()->text(),
        "siskin run fake --frame 00/000000 --model spvcnn:spvcnn/weights.pt "
        "--model minkunet:random:0.25 --region WORLD"
    );
}

TEST_F(WindowTest, SavesTheComparisonWithItsTitles) {
    ASSERT_NO_FATAL_FAILURE(openAndRun());
    QTemporaryDir folder;
    const QString file = folder.filePath("comparison.png");
    EXPECT_TRUE(window.saveComparison(file));
    const QImage saved(file);
    EXPECT_EQ(saved.size(), window.grid().size() * window.devicePixelRatioF());
    EXPECT_GT(test::distinctColours(saved), 100);
    EXPECT_FALSE(window.saveComparison("/nowhere/comparison.png"));
    EXPECT_TRUE(window.messages().isVisible());
}

TEST_F(WindowTest, ClosingWhileRunningEndsCleanly) {
    test::Script other;
    other.runMilliseconds = 1000;
    {
        WorkbenchWindow gone(test::fakeServices(other));
        test::showAndWait(gone);
        gone.openPath("fake");
        gone.session().addModel({});
        gone.session().run();
        ASSERT_TRUE(waitFor([&other] { return other.runsStarted == 1; }));
    }
    settle();
}

} // namespace
} // namespace siskin::ui
