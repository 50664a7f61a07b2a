// SPDX-License-Identifier: MIT
// What every GUI test program needs: one QApplication, and waiting with a time limit.
#pragma once

#include <QImage>
#include <QString>

#include <functional>

class QOpenGLWidget;
class QWidget;

namespace siskin::test {

/// Runs the event loop until `done` holds; false when `seconds` pass first.
bool waitFor(const std::function<bool()>& done, double seconds = 20.0);

/// Shows the widget and waits until the window system has drawn it.
void showAndWait(QWidget& widget);

/// Runs the event loop until nothing is pending.
void settle();

/// Number of different colours in a picture, at most `enough`: a blank view has very few.
int distinctColours(const QImage& image, int enough = 1000);

/// Waits until the view shows more than `enough` different colours. Eye-dome lighting, which makes
/// many of few, is left out until the camera has been still for a moment.
bool showsColours(QOpenGLWidget& view, int enough);

/// Number of pixels that differ from the one in the top left corner.
int coveredPixels(const QImage& image);

/// Where a test may leave a picture for people: the folder the test runs in.
void keepPicture(const QImage& image, const QString& name);

} // namespace siskin::test
