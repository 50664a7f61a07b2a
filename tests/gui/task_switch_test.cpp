// SPDX-License-Identifier: MIT
// Streets, rooms and shapes in one window: which models take part, what is offered, what is seen.
#include "tests/gui/fake_session.hpp"
#include "tests/gui/gui_test.hpp"
#include "widgets/panels/add_model_dialog.hpp"
#include "widgets/panels/message_bar.hpp"
#include "widgets/panels/pane.hpp"
#include "widgets/panels/pane_grid.hpp"
#include "widgets/panels/workbench_window.hpp"

#include <QAction>
#include <QComboBox>
#include <QListView>
#include <QPushButton>
#include <QSignalSpy>
#include <QSlider>
#include <QStandardItemModel>
#include <QTableView>
#include <QTableWidget>
#include <QTest>

#include <gtest/gtest.h>

namespace siskin::ui {
namespace {

using test::settle;
using test::waitFor;

class TaskSwitch : public testing::Test {
  protected:
    void SetUp() override { test::showAndWait(window); }

    void open(const char* path) {
        window.openPath(path);
        ASSERT_TRUE(waitFor([this, path] {
            return window.session().frame() && window.session().datasetPath() == path && idle();
        }));
    }

    int add(ModelKind kind) {
        ModelSpec spec;
        spec.kind = kind;
        spec.weights = "weights.pt";
        const int id = window.session().addModel(spec);
        EXPECT_TRUE(waitFor([this] { return idle(); }));
        return id;
    }

    void run() {
        window.session().run();
        ASSERT_TRUE(waitFor([this] { return idle(); }));
    }

    bool idle() { return !window.session().isBusy(); }

    QList<QPushButton*> offerButtons() {
        settle(); // new widgets are shown and old ones deleted later
        auto buttons = window.findChild<QWidget*>("modelOffers")->findChildren<QPushButton*>();
        buttons.removeIf([](const QPushButton* button) { return button->isHidden(); });
        return buttons;
    }

    QStringList offers() {
        QStringList texts;
        for (const auto* button : offerButtons()) {
            texts << button->text();
        }
        return texts;
    }

    QStringList fields() {
        QStringList texts;
        const auto* chooser = window.grid().pane(0).findChild<QComboBox*>("contentChooser");
        for (int i = 0; i < chooser->count(); ++i) {
            texts << chooser->itemText(i);
        }
        return texts;
    }

    test::Script script;
    WorkbenchWindow window{test::fakeServices(script)};
};

TEST_F(TaskSwitch, ModelsThatDoNotFitAreGreyedSayWhyAndComeBack) {
    const int street = add(ModelKind::Spvcnn);
    const int room = add(ModelKind::Dgcnn);
    auto& session = window.session();
    const auto* rows = window.findChild<QListView*>("modelView")->model();
    ASSERT_NO_FATAL_FAILURE(open("fake"));
    EXPECT_TRUE(rows->index(1, 0).data().toString().contains("does not fit: needs a colour"));
    EXPECT_TRUE(rows->index(1, 0).data(Qt::ToolTipRole).toString().contains("needs a colour"));
    EXPECT_FALSE(rows->flags(rows->index(1, 0)) & Qt::ItemIsUserCheckable);
    EXPECT_TRUE(rows->flags(rows->index(0, 0)) & Qt::ItemIsUserCheckable);
    ASSERT_NO_FATAL_FAILURE(run());
    EXPECT_TRUE(session.model(street)->outcome);
    EXPECT_FALSE(session.model(room)->outcome);
    const PaneView said = viewOf(session, {ContentKind::Prediction, room});
    EXPECT_TRUE(said.hint.contains("needs a colour per point")) << said.hint.toStdString();
    EXPECT_FALSE(session.reproducingCommand().contains("dgcnn"));

    ASSERT_NO_FATAL_FAILURE(open("rooms"));
    EXPECT_TRUE(session.model(room)->refusal.isEmpty());
    EXPECT_FALSE(rows->flags(rows->index(0, 0)) & Qt::ItemIsUserCheckable);
    ASSERT_NO_FATAL_FAILURE(run());
    EXPECT_FALSE(session.model(street)->outcome);
    ASSERT_TRUE(session.model(room)->outcome);
    EXPECT_EQ(
        session.reproducingCommand(),
        "siskin run rooms --frame 00/000000 --model dgcnn:weights.pt --region WORLD"
    );
    settle();
    const QString stats = window.grid().pane(1).statsText();
    EXPECT_TRUE(stats.contains("50.3 MB peak memory")) << stats.toStdString();
    EXPECT_TRUE(
        viewOf(session, {ContentKind::Prediction, room}).notes.contains("12 points lie in no block")
    );

    session.setModelSelected(room, false);
    session.run();
    EXPECT_EQ(
        window.messages().lines().last(), "No ticked model labels this room - add one that does"
    );
}

TEST_F(TaskSwitch, OffersTheNetworksThatFit) {
    ASSERT_NO_FATAL_FAILURE(open("fake"));
    EXPECT_EQ(offers(), QStringList{"Add SPVCNN 1.4M"});
    add(ModelKind::Spvcnn);
    EXPECT_TRUE(offers().isEmpty());
    ASSERT_NO_FATAL_FAILURE(open("rooms"));
    ASSERT_EQ(offers(), QStringList{"Add PVCNN 0.3M"});
    QTest::mouseClick(offerButtons().front(), Qt::LeftButton);
    ASSERT_TRUE(waitFor([this] { return idle(); }));
    ASSERT_EQ(window.session().models().size(), 2U);
    EXPECT_EQ(window.session().models()[1].spec.kind, ModelKind::Pvcnn);
    EXPECT_TRUE(offers().isEmpty());
}

TEST_F(TaskSwitch, ModelsWaitForTheDataSetThatIsBeingOpened) {
    window.openPath("rooms");
    ModelSpec untrained;
    untrained.kind = ModelKind::Pvcnn;
    const int id = window.session().addModel(untrained);
    window.session().run();
    ASSERT_TRUE(waitFor([this] { return idle(); }));
    EXPECT_TRUE(window.session().model(id)->outcome);
    window.openPath("missing");
    const int other = window.session().addModel(untrained);
    ASSERT_TRUE(waitFor([this] { return idle(); }));
    EXPECT_EQ(window.session().model(other)->state, ModelState::Ready);
}

TEST_F(TaskSwitch, CeilingIsCutOffRoomsInEveryPane) {
    auto* cut = window.findChild<QAction*>("ceilingClip");
    ASSERT_NO_FATAL_FAILURE(open("fake"));
    EXPECT_FALSE(cut->isChecked());
    const auto seen = [this](int i) { return window.grid().pane(i).scene().visiblePointCount(); };
    const std::size_t street = seen(0);
    ASSERT_NO_FATAL_FAILURE(open("rooms"));
    EXPECT_TRUE(cut->isChecked());
    const std::size_t lookedInto = seen(0);
    EXPECT_GT(lookedInto, 2400U); // floor, and walls up to 80 %
    EXPECT_LT(lookedInto, 2800U);
    EXPECT_EQ(seen(1), lookedInto);
    window.findChild<QSlider*>("ceilingShare")->setValue(10);
    EXPECT_LT(seen(1), 1300U);
    window.setPaneCount(3);
    EXPECT_EQ(seen(2), seen(0));
    QTest::keyClick(&window, Qt::Key_C);
    EXPECT_EQ(seen(0), 4000U);
    ASSERT_NO_FATAL_FAILURE(open("rooms"));
    EXPECT_FALSE(cut->isChecked()) << "the person's choice stays among rooms";
    ASSERT_NO_FATAL_FAILURE(open("fake"));
    EXPECT_EQ(seen(0), street);
}

TEST_F(TaskSwitch, OffersTheFieldsThatAreThere) {
    ASSERT_NO_FATAL_FAILURE(open("shapes"));
    EXPECT_EQ(fields(), (QStringList{"Ground truth", "Height", "Normals"}));
    auto* chooser = window.grid().pane(0).findChild<QComboBox*>("contentChooser");
    chooser->setCurrentIndex(2);
    emit chooser->activated(2);
    EXPECT_EQ(window.grid().pane(0).title(), "Normals");
    EXPECT_GT(window.grid().pane(0).scene().visiblePointCount(), 0U);
    auto* legend = window.findChild<QTableView*>("classView")->model();
    ASSERT_EQ(legend->rowCount(), 3); // two parts of a mug, and what is not scored
    EXPECT_EQ(legend->index(0, 0).data().toString(), "mug handle");
    EXPECT_EQ(legend->index(0, 1).data().toString(), "800");
    ASSERT_NO_FATAL_FAILURE(open("rooms"));
    EXPECT_EQ(fields(), (QStringList{"Ground truth", "Colour", "Height"}));
    EXPECT_EQ(window.grid().pane(0).title(), "Ground truth");
    EXPECT_EQ(legend->rowCount(), 14);
}

TEST_F(TaskSwitch, ComparesAsInThePaper) {
    auto* action = window.findChild<QAction*>("comparePaper");
    ASSERT_NO_FATAL_FAILURE(open("fake"));
    EXPECT_FALSE(action->isEnabled());
    ASSERT_NO_FATAL_FAILURE(open("rooms"));
    const int other = add(ModelKind::Dgcnn);
    ASSERT_TRUE(action->isEnabled());
    action->trigger();
    ASSERT_TRUE(waitFor([this] { return idle(); }));
    const auto& models = window.session().models();
    ASSERT_EQ(models.size(), 3U);
    EXPECT_FALSE(window.session().model(other)->selected);
    EXPECT_FALSE(window.session().model(other)->outcome);
    EXPECT_TRUE(models[1].outcome && models[2].outcome);
    const auto* table = window.findChild<QTableWidget*>("paperTable");
    ASSERT_EQ(table->rowCount(), 2);
    EXPECT_EQ(table->item(0, 0)->text(), "PVCNN (untrained)");
    EXPECT_EQ(table->item(0, 9)->text(), "56.64 % confirmed");
    EXPECT_EQ(table->item(1, 2)->text(), QString::fromUtf8("1.00\u00D7")); // of the same script
    action->trigger(); // again: nothing is added twice
    ASSERT_TRUE(waitFor([this] { return idle(); }));
    EXPECT_EQ(models.size(), 3U);
}

TEST_F(TaskSwitch, ComparesAsInThePaperInsteadOfWhatRuns) {
    script.runMilliseconds = 300;
    ASSERT_NO_FATAL_FAILURE(open("rooms"));
    const int other = add(ModelKind::Dgcnn);
    window.session().run();
    ASSERT_TRUE(window.session().isRunning());
    window.compareAsInPaper();
    ASSERT_TRUE(waitFor([this] { return idle(); }));
    const auto& models = window.session().models();
    EXPECT_TRUE(models[1].outcome && models[2].outcome);
    EXPECT_FALSE(window.session().model(other)->outcome);
}

TEST_F(TaskSwitch, SaysWhyThereIsNothingToCompare) {
    ASSERT_NO_FATAL_FAILURE(open("fake"));
    QSignalSpy failures(&window.session(), &SessionController::failed);
    window.compareAsInPaper();
    ASSERT_EQ(failures.size(), 1);
    EXPECT_TRUE(failures.front().front().toString().contains("shapes and rooms"));
}

TEST_F(TaskSwitch, WarningsOfAScanAreNoTrouble) {
    ASSERT_NO_FATAL_FAILURE(open("rooms"));
    EXPECT_FALSE(window.messages().isVisible());
    auto* remarks = window.findChild<QWidget*>("remarkBar");
    EXPECT_TRUE(remarks->isVisible());
    ASSERT_NO_FATAL_FAILURE(open("fake"));
    EXPECT_FALSE(remarks->isVisible());
}

TEST_F(TaskSwitch, DialogGreysWhatDoesNotFit) {
    AddModelDialog dialog({.task = ModelTask::ShapeParts, .describeWeights = {}});
    auto* kinds = dialog.findChild<QComboBox*>("modelKind");
    ASSERT_EQ(kinds->count(), static_cast<int>(kModelKinds.size()));
    const auto* items = qobject_cast<QStandardItemModel*>(kinds->model());
    for (int row = 0; row < kinds->count(); ++row) {
        const auto kind = static_cast<ModelKind>(kinds->itemData(row).toInt());
        const bool fits = kindRefusal(kind, ModelTask::ShapeParts).isEmpty();
        EXPECT_EQ(items->item(row)->isEnabled(), fits) << row;
    }
    EXPECT_EQ(dialog.spec().kind, ModelKind::Pvcnn);
    EXPECT_EQ(
        kinds->itemText(1), QString::fromUtf8("SPVCNN \u2013 labels LiDAR scans, not a shape")
    );
    dialog.setWeights("/x/shapenet.pointnet2msg.pth.tar");
    EXPECT_EQ(dialog.spec().kind, ModelKind::PointNet2Msg);
}

} // namespace
} // namespace siskin::ui
