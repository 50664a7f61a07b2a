// SPDX-License-Identifier: MIT
#include "tests/gui/gui_test.hpp"

#include "widgets/panels/theme.hpp"
#include "widgets/view/vtk_view.hpp"

#include <QApplication>
#include <QDeadlineTimer>
#include <QOpenGLWidget>
#include <QSet>
#include <QThread>
#include <QWidget>
#include <QWindow>

#include <gtest/gtest.h>

#include <memory>

namespace siskin::test {

namespace {

/// Made before the first test and gone before main ends, because GL contexts must not outlive it.
class ApplicationEnvironment : public testing::Environment {
  public:
    void SetUp() override {
        // Qt's "offscreen" platform has no QOpenGLWidget; these tests need a real (virtual)
        // display.
        if (!qEnvironmentVariableIsSet("QT_QPA_PLATFORM")) {
            qputenv("QT_QPA_PLATFORM", "xcb");
        }
        ui::VtkView::prepareApplication();
        application_ = std::make_unique<QApplication>(argc_, argv_);
        ui::applyTheme(*application_);
    }

    void TearDown() override { application_.reset(); }

  private:
    char name_[8] = "test";
    char* argv_[2] = {name_, nullptr};
    int argc_ = 1;
    std::unique_ptr<QApplication> application_;
};

[[maybe_unused]] const auto* const kEnvironment =
    testing::AddGlobalTestEnvironment(new ApplicationEnvironment);

} // namespace

bool waitFor(const std::function<bool()>& done, double seconds) {
    const QDeadlineTimer deadline(static_cast<qint64>(seconds * 1000.0));
    while (!done()) {
        if (deadline.hasExpired()) {
            return false;
        }
        QCoreApplication::processEvents(QEventLoop::AllEvents, 20);
        QThread::msleep(1);
    }
    return true;
}

void settle() {
    for (int i = 0; i < 5; ++i) {
        QCoreApplication::sendPostedEvents();
        QCoreApplication::processEvents(QEventLoop::AllEvents, 50);
    }
}

void showAndWait(QWidget& widget) {
    widget.show();
    ASSERT_TRUE(waitFor([&widget] { return widget.isVisible() && widget.window()->windowHandle(); })
    );
    waitFor([&widget] { return widget.window()->windowHandle()->isExposed(); }, 5.0);
    // Without a window manager nobody else activates it, and shortcuts want an active window.
    widget.window()->activateWindow();
    EXPECT_TRUE(waitFor([&widget] { return widget.isActiveWindow(); }));
    settle();
}

int distinctColours(const QImage& image, int enough) {
    QSet<QRgb> seen;
    for (int y = 0; y < image.height() && seen.size() < enough; ++y) {
        for (int x = 0; x < image.width(); ++x) {
            seen.insert(image.pixel(x, y));
        }
    }
    return static_cast<int>(seen.size());
}

bool showsColours(QOpenGLWidget& view, int enough) {
    return waitFor([&view, enough] { return distinctColours(view.grabFramebuffer()) > enough; });
}

int coveredPixels(const QImage& image) {
    int covered = 0;
    for (int y = 0; y < image.height(); ++y) {
        for (int x = 0; x < image.width(); ++x) {
            covered += image.pixel(x, y) != image.pixel(0, 0) ? 1 : 0;
        }
    }
    return covered;
}

void keepPicture(const QImage& image, const QString& name) {
    EXPECT_TRUE(image.save(name)) << name.toStdString();
}

} // namespace siskin::test
