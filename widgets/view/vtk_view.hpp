// SPDX-License-Identifier: MIT
// A Qt widget that shows a VTK render window: the whole bridge between Qt 6 and VTK 9.
#pragma once

#include <QElapsedTimer>
#include <QOpenGLWidget>
#include <QPointF>
#include <QString>

#include <vtkSmartPointer.h>

class QSurface;
class vtkCallbackCommand;
class vtkGenericRenderWindowInteractor;
class vtkObject;

namespace siskin::ui {

class GlWindow;

/// GUI thread. VTK draws into its own framebuffers through a window without a context; this widget
/// lends it Qt's context, forwards size and mouse, and copies each finished frame to the screen.
/// Debian's QVTK widgets cannot be used: they are built for Qt 5.
class VtkView : public QOpenGLWidget {
    Q_OBJECT

  public:
    explicit VtkView(QWidget* parent = nullptr);
    ~VtkView() override;

    /// Call before the QApplication exists: lets a context survive when its widget changes window,
    /// and asks for the core profile that VTK needs.
    static void prepareApplication();
    /// Why no view can work here (no display, no OpenGL), or empty. Needs the QApplication.
    static QString unavailableReason();

    GlWindow& renderWindow() const;
    /// Renders anew at the next repaint; many calls make one frame.
    void requestRender();
    QSize deviceSize() const;

    int contextInitCount() const noexcept { return contextInits_; }

    int renderCount() const noexcept { return renders_; }

    double lastRenderSeconds() const noexcept { return lastRenderSeconds_; }

  signals:
    /// The mouse or wheel changed the camera.
    void cameraMoved();
    /// A click without a drag; device pixels, origin bottom left.
    void clicked(QPointF pixel);

  protected:
    void initializeGL() override;
    void paintGL() override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;

  private:
    static void onVtkEvent(vtkObject* caller, unsigned long id, void* clientData, void* callData);
    void syncSize();
    void releaseGl();
    void blit();
    QPointF toVtk(QPointF position) const;
    bool sendMouse(const QMouseEvent& event, unsigned long vtkEvent);

    vtkSmartPointer<GlWindow> window_;
    vtkSmartPointer<vtkGenericRenderWindowInteractor> interactor_;
    vtkSmartPointer<vtkCallbackCommand> callback_;
    QSurface* surface_ = nullptr;
    QMetaObject::Connection contextGone_;
    QPointF pressedAt_;
    bool dirty_ = true;
    int contextInits_ = 0;
    int renders_ = 0;
    double lastRenderSeconds_ = 0.0;
};

} // namespace siskin::ui
