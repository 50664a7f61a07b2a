// SPDX-License-Identifier: MIT
// The bridge between Qt and VTK: each test guards against one way such bridges are known to fail.
#include "tests/gui/fake_session.hpp"
#include "tests/gui/gui_test.hpp"
#include "widgets/scene/cloud_scene.hpp"
#include "widgets/view/camera_link.hpp"
#include "widgets/view/gl_window.hpp"
#include "widgets/view/vtk_view.hpp"

#include <QDockWidget>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QMainWindow>
#include <QOpenGLContext>
#include <QOpenGLDebugLogger>
#include <QSignalSpy>
#include <QTest>

#include <gtest/gtest.h>
#include <vtkCamera.h>
#include <vtkRenderer.h>

#include <cmath>
#include <memory>

namespace siskin::ui {
namespace {

using test::settle;
using test::showAndWait;
using test::waitFor;

/// A wall of points facing the camera, so that depth shading has nothing to darken.
std::shared_ptr<const Scan> wall(float distance, float half) {
    auto scan = std::make_shared<Scan>();
    constexpr int kSide = 260;
    for (int i = 0; i < kSide * kSide; ++i) {
        const float y = half * (2.0F * static_cast<float>(i % kSide) / kSide - 1.0F);
        const float z = half * (2.0F * static_cast<float>(i / kSide) / kSide - 1.0F);
        scan->positions.push_back({distance, y, z});
    }
    return scan;
}

std::shared_ptr<const Colouring> plainColour(std::size_t points) {
    auto colouring = std::make_shared<Colouring>();
    colouring->colours.assign(points, Colour{40, 180, 90});
    return colouring;
}

void showWall(CloudScene& scene, float distance = 10.0F, float half = 8.0F) {
    const auto cloud = makeCloudPoints(wall(distance, half));
    scene.setCloud(cloud, plainColour(cloud->drawable.size()));
    scene.setPointSize(4.0 * qGuiApp->devicePixelRatio());
    CameraPose pose;
    pose.position = {0.0, 0.0, 0.0};
    pose.focalPoint = {distance, 0.0, 0.0};
    pose.viewUp = {0.0, 0.0, 1.0};
    scene.setPose(pose);
}

/// A view with its scene, in a window of its own.
struct Shown {
    CloudScene scene;
    std::unique_ptr<VtkView> view = std::make_unique<VtkView>();

    Shown() {
        scene.attach(view->renderWindow());
        showWall(scene);
        view->resize(400, 300);
    }

    QImage picture() {
        view->requestRender();
        settle();
        return view->grabFramebuffer();
    }
};

double meanDifference(const QImage& a, const QImage& b) {
    double sum = 0.0;
    for (int y = 0; y < a.height(); ++y) {
        for (int x = 0; x < a.width(); ++x) {
            sum += std::abs(qGreen(a.pixel(x, y)) - qGreen(b.pixel(x, y)));
        }
    }
    return sum / (a.width() * a.height());
}

int countColour(const QImage& image, QRgb wanted, int tolerance) {
    int found = 0;
    for (int y = 0; y < image.height(); ++y) {
        for (int x = 0; x < image.width(); ++x) {
            const QRgb seen = image.pixel(x, y);
            const bool near = std::abs(qRed(seen) - qRed(wanted)) <= tolerance &&
                              std::abs(qGreen(seen) - qGreen(wanted)) <= tolerance &&
                              std::abs(qBlue(seen) - qBlue(wanted)) <= tolerance;
            found += near ? 1 : 0;
        }
    }
    return found;
}

TEST(VtkView, Trap1NoGlErrorsAndEdlIntact) {
    Shown shown;
    QSurfaceFormat format = shown.view->format();
    format.setOption(QSurfaceFormat::DebugContext);
    shown.view->setFormat(format);
    showAndWait(*shown.view);
    shown.view->makeCurrent();
    QOpenGLDebugLogger logger;
    ASSERT_TRUE(logger.initialize());
    int errors = 0;
    QObject::connect(
        &logger,
        &QOpenGLDebugLogger::messageLogged,
        [&](const QOpenGLDebugMessage& m) {
            errors += m.type() == QOpenGLDebugMessage::ErrorType ? 1 : 0;
        }
    );
    logger.startLogging(QOpenGLDebugLogger::SynchronousLogging);
    shown.view->doneCurrent();

    const QImage shaded = shown.picture();
    for (int i = 0; i < 5; ++i) {
        shown.scene.setPointSize(3.0 + i % 2);
        shown.view->resize(400 + 10 * i, 300);
        shown.picture();
    }
    shown.view->resize(400, 300);
    shown.scene.setPointSize(4.0 * qGuiApp->devicePixelRatio());
    shown.scene.setEyeDomeLighting(false);
    const QImage plain = shown.picture();
    EXPECT_EQ(errors, 0);
    // Nothing lies behind anything here, so shading may not change the picture; a confused
    // framebuffer binding shows as black or white quarters.
    EXPECT_LT(meanDifference(shaded, plain), 8.0);
    EXPECT_GT(countColour(shaded, qRgb(40, 180, 90), 30), 400 * 300 / 2);
    shown.view->makeCurrent();
    logger.stopLogging();
    shown.view->doneCurrent();
}

TEST(VtkView, Trap5FloatingADockKeepsTheContext) {
    QMainWindow window;
    window.resize(700, 500);
    auto* dock = new QDockWidget("pane", &window);
    CloudScene scene;
    auto* view = new VtkView(dock);
    scene.attach(view->renderWindow());
    showWall(scene);
    scene.setPointSize(8.0); // no gaps in a tall narrow dock
    dock->setWidget(view);
    window.addDockWidget(Qt::LeftDockWidgetArea, dock);
    window.setCentralWidget(new QWidget(&window));
    showAndWait(window);
    for (const bool floating : {true, false, true, false}) {
        dock->setFloating(floating);
        settle();
        view->requestRender();
        settle();
        const QImage seen = view->grabFramebuffer();
        test::keepPicture(seen, floating ? "dock_floating.png" : "dock_docked.png");
        EXPECT_GT(countColour(seen, qRgb(40, 180, 90), 40), seen.width() * seen.height() / 4);
    }
    EXPECT_EQ(view->contextInitCount(), 1);
}

TEST(VtkView, Trap5MovedToAnotherWindow) {
    QWidget first;
    QWidget second;
    first.resize(400, 300);
    second.resize(400, 300);
    CloudScene scene;
    auto* view = new VtkView(&first);
    scene.attach(view->renderWindow());
    showWall(scene);
    view->resize(400, 300);
    showAndWait(first);
    view->setParent(&second);
    view->show();
    showAndWait(second);
    view->requestRender();
    settle();
    EXPECT_EQ(view->contextInitCount(), 1);
    EXPECT_GT(countColour(view->grabFramebuffer(), qRgb(40, 180, 90), 40), 1000);
}

TEST(VtkView, Trap6DestructionInAnyOrder) {
    { // never shown
        CloudScene scene;
        VtkView view;
        scene.attach(view.renderWindow());
    }
    { // view first
        auto shown = std::make_unique<Shown>();
        showAndWait(*shown->view);
        shown->view.reset();
    }
    { // scene first, then one more frame
        auto scene = std::make_unique<CloudScene>();
        VtkView view;
        scene->attach(view.renderWindow());
        showWall(*scene);
        view.resize(300, 200);
        showAndWait(view);
        scene->setCloud(nullptr, nullptr);
        scene.reset();
        view.requestRender();
        settle();
    }
    { // with its parent
        QWidget parent;
        CloudScene scene;
        auto* view = new VtkView(&parent);
        scene.attach(view->renderWindow());
        showWall(scene);
        showAndWait(parent);
    }
    settle();
}

TEST(VtkView, Trap7OverlayTextIsNotShaded) {
    Shown shown;
    shown.scene.setHint("A HINT OVER THE POINTS");
    showAndWait(*shown.view);
    const QRgb textColour = qRgb(158, 168, 184);
    const int shaded = countColour(shown.picture(), textColour, 12);
    shown.scene.setEyeDomeLighting(false);
    const int plain = countColour(shown.picture(), textColour, 12);
    EXPECT_GT(plain, 100);
    EXPECT_NEAR(shaded, plain, 0.05 * plain);
}

TEST(VtkView, Trap8PickingWorksWithEdlOn) {
    Shown shown;
    showAndWait(*shown.view);
    ASSERT_TRUE(shown.scene.eyeDomeLighting());
    const QSize size = shown.view->deviceSize();
    const auto hit =
        shown.scene.pick(size.width() / 2.0, size.height() / 2.0, size.width(), size.height());
    ASSERT_TRUE(hit);
    constexpr int kSide = 260;
    EXPECT_NEAR(static_cast<int>(*hit) % kSide, kSide / 2, 4);
    EXPECT_NEAR(static_cast<int>(*hit) / kSide, kSide / 2, 4);
    QSignalSpy clicks(shown.view.get(), &VtkView::clicked);
    QTest::mouseClick(shown.view.get(), Qt::LeftButton, {}, QPoint(100, 50));
    ASSERT_EQ(clicks.size(), 1);
    const QPointF pixel = clicks.front().front().toPointF();
    EXPECT_NEAR(pixel.y(), size.height() - 1 - 50 * shown.view->devicePixelRatioF(), 1.0);
}

TEST(VtkView, Trap10PictureIsOpaque) {
    Shown shown;
    showAndWait(*shown.view);
    const QImage image = shown.picture().convertToFormat(QImage::Format_ARGB32);
    for (int y = 0; y < image.height(); y += 7) {
        for (int x = 0; x < image.width(); x += 7) {
            ASSERT_EQ(qAlpha(image.pixel(x, y)), 255) << x << "," << y;
        }
    }
}

TEST(VtkView, Trap13ZeroSizePaneSurvives) {
    QWidget window;
    window.resize(500, 300);
    CloudScene scene;
    auto* view = new VtkView(&window);
    scene.attach(view->renderWindow());
    showWall(scene);
    EXPECT_GE(view->minimumWidth(), 100);
    view->setMinimumSize(0, 0);
    view->resize(400, 300);
    showAndWait(window);
    for (const QSize size : {QSize(0, 0), QSize(0, 200), QSize(300, 0), QSize(1, 1)}) {
        view->resize(size);
        view->requestRender();
        settle();
    }
    view->resize(400, 300);
    view->requestRender();
    settle();
    EXPECT_GT(countColour(view->grabFramebuffer(), qRgb(40, 180, 90), 40), 1000);
}

TEST(VtkView, BeingShownIsNoCameraMove) {
    Shown shown;
    QSignalSpy moves(shown.view.get(), &VtkView::cameraMoved);
    showAndWait(*shown.view);
    shown.picture();
    EXPECT_EQ(moves.size(), 0);
}

TEST(VtkView, Trap18RepaintWithoutChangeDoesNotRenderAgain) {
    Shown shown;
    showAndWait(*shown.view);
    const QImage before = shown.picture();
    const int renders = shown.view->renderCount();
    shown.view->repaint();
    settle();
    EXPECT_EQ(shown.view->renderCount(), renders);
    EXPECT_LT(meanDifference(before, shown.view->grabFramebuffer()), 0.5);
}

/// Two panes with content of very different depth, linked.
struct LinkedPair {
    QWidget window;
    CloudScene nearScene;
    CloudScene farScene;
    VtkView* nearView = new VtkView(&window);
    VtkView* farView = new VtkView(&window);
    CameraLink link;

    LinkedPair() {
        auto* layout = new QHBoxLayout(&window);
        layout->addWidget(nearView);
        layout->addWidget(farView);
        window.resize(700, 320);
        nearScene.attach(nearView->renderWindow());
        farScene.attach(farView->renderWindow());
        showWall(farScene, 90.0F, 60.0F);
        showWall(nearScene, 10.0F, 6.0F);
        farScene.setPose(nearScene.pose());
        link.add(*nearView, nearScene);
        link.add(*farView, farScene);
        showAndWait(window);
    }

    void drag(VtkView& view) {
        QTest::mousePress(&view, Qt::LeftButton, {}, QPoint(100, 100));
        QTest::mouseMove(&view, QPoint(130, 110));
        QTest::mouseMove(&view, QPoint(150, 120));
        QTest::mouseRelease(&view, Qt::LeftButton, {}, QPoint(150, 120));
        settle();
    }
};

TEST(CameraLink, Trap14OtherPaneFollowsWithItsOwnClippingRange) {
    LinkedPair pair;
    const CameraPose before = pair.nearScene.pose();
    const int renders = pair.farView->renderCount();
    pair.drag(*pair.nearView);
    EXPECT_NE(pair.nearScene.pose(), before) << "the drag did not turn the camera";
    EXPECT_EQ(pair.farScene.pose(), pair.nearScene.pose());
    EXPECT_GT(pair.farView->renderCount(), renders);
    double nearRange[2];
    double farRange[2];
    pair.nearScene.cloudRenderer().GetActiveCamera()->GetClippingRange(nearRange);
    pair.farScene.cloudRenderer().GetActiveCamera()->GetClippingRange(farRange);
    EXPECT_GT(farRange[1], nearRange[1] + 20.0);
}

TEST(CameraLink, UnlinkedPaneKeepsItsCameraAndComesBack) {
    LinkedPair pair;
    pair.link.setLinked(*pair.farView, false);
    const CameraPose kept = pair.farScene.pose();
    pair.drag(*pair.nearView);
    EXPECT_EQ(pair.farScene.pose(), kept);
    EXPECT_NE(pair.nearScene.pose(), kept);
    const CameraPose dragged = pair.nearScene.pose();
    pair.drag(*pair.farView);
    EXPECT_NE(pair.farScene.pose(), kept);
    EXPECT_EQ(pair.nearScene.pose(), dragged) << "a free pane must not lead";
    pair.drag(*pair.farView);
    EXPECT_NE(pair.farScene.pose(), pair.nearScene.pose());
    pair.link.setLinked(*pair.farView, true);
    EXPECT_EQ(pair.farScene.pose(), pair.nearScene.pose());
}

TEST(CameraLink, DeletedViewLeavesTheLink) {
    LinkedPair pair;
    delete pair.farView;
    const CameraPose before = pair.nearScene.pose();
    pair.drag(*pair.nearView);
    EXPECT_NE(pair.nearScene.pose(), before);
}

} // namespace
} // namespace siskin::ui
