// SPDX-License-Identifier: MIT
#include "widgets/view/vtk_view.hpp"

#include "widgets/scene/turntable_style.hpp"
#include "widgets/view/gl_window.hpp"

#include <QCoreApplication>
#include <QMouseEvent>
#include <QOffscreenSurface>
#include <QOpenGLContext>
#include <QOpenGLExtraFunctions>
#include <QSurfaceFormat>
#include <QWheelEvent>

#include <vtkCallbackCommand.h>
#include <vtkCamera.h>
#include <vtkCommand.h>
#include <vtkGenericRenderWindowInteractor.h>
#include <vtkOpenGLState.h>
#include <vtkRenderer.h>
#include <vtkRendererCollection.h>

#include <algorithm>
#include <cmath>

namespace siskin::ui {

namespace {

constexpr double kInchesPerPoint = 72.0; // VTK's text sizes are points at 72 dpi
constexpr int kSmallestPane = 120;       // logical pixels; a 0-pixel framebuffer is an error

unsigned long pressEvent(Qt::MouseButton button) {
    switch (button) {
    case Qt::LeftButton:
        return vtkCommand::LeftButtonPressEvent;
    case Qt::MiddleButton:
        return vtkCommand::MiddleButtonPressEvent;
    case Qt::RightButton:
        return vtkCommand::RightButtonPressEvent;
    default:
        return vtkCommand::NoEvent;
    }
}

unsigned long releaseEvent(Qt::MouseButton button) {
    switch (button) {
    case Qt::LeftButton:
        return vtkCommand::LeftButtonReleaseEvent;
    case Qt::MiddleButton:
        return vtkCommand::MiddleButtonReleaseEvent;
    case Qt::RightButton:
        return vtkCommand::RightButtonReleaseEvent;
    default:
        return vtkCommand::NoEvent;
    }
}

} // namespace

VtkView::VtkView(QWidget* parent)
    : QOpenGLWidget(parent), window_(vtkSmartPointer<GlWindow>::New()),
      interactor_(vtkSmartPointer<vtkGenericRenderWindowInteractor>::New()),
      callback_(vtkSmartPointer<vtkCallbackCommand>::New()) {
    setMinimumSize(kSmallestPane, kSmallestPane);
    setFocusPolicy(Qt::StrongFocus);
    setProperty("_kde_no_window_grab", true); // KDE would move the window instead of the camera
    window_->SetReadyForRendering(false);
    window_->SetFrameBlitModeToNoBlit();
    window_->SetOwnContext(0);
    window_->SetMultiSamples(0); // points do not profit, software GL would suffer
    interactor_->SetRenderWindow(window_);
    interactor_->EnableRenderOff();
    interactor_->SetInteractorStyle(vtkSmartPointer<TurntableStyle>::New());
    interactor_->Initialize(); // asks for a render: before anybody takes that for a camera move
    callback_->SetClientData(this);
    callback_->SetCallback(&VtkView::onVtkEvent);
    window_->AddObserver(vtkCommand::WindowMakeCurrentEvent, callback_);
    window_->AddObserver(vtkCommand::WindowIsCurrentEvent, callback_);
    interactor_->AddObserver(vtkCommand::RenderEvent, callback_);
    // Emitted for a new size and for a new device pixel ratio alike.
    connect(this, &QOpenGLWidget::resized, this, &VtkView::syncSize);
}

VtkView::~VtkView() {
    // Left connected, this would run inside the base destructor, after our members are gone.
    disconnect(contextGone_);
    if (surface_ != nullptr) {
        releaseGl();
    }
    callback_->SetClientData(nullptr);
}

void VtkView::prepareApplication() {
    QCoreApplication::setAttribute(Qt::AA_ShareOpenGLContexts);
    QSurfaceFormat format;
    format.setRenderableType(QSurfaceFormat::OpenGL);
    format.setVersion(3, 2);
    format.setProfile(QSurfaceFormat::CoreProfile);
    format.setDepthBufferSize(24);
    format.setStencilBufferSize(0);
    QSurfaceFormat::setDefaultFormat(format);
}

QString VtkView::unavailableReason() {
    static const QString reason = [] {
        QOpenGLContext context;
        QOffscreenSurface surface;
        surface.create();
        if (!context.create() || !context.makeCurrent(&surface)) {
            return QStringLiteral("this display offers no OpenGL 3.2");
        }
        const auto version = context.format().version();
        context.doneCurrent();
        return version < qMakePair(3, 2)
                   ? QStringLiteral("OpenGL 3.2 is needed, this display has less")
                   : QString();
    }();
    return reason;
}

GlWindow& VtkView::renderWindow() const {
    return *window_;
}

void VtkView::requestRender() {
    dirty_ = true;
    update();
}

QSize VtkView::deviceSize() const {
    const double ratio = devicePixelRatioF();
    return {
        static_cast<int>(std::lround(width() * ratio)),
        static_cast<int>(std::lround(height() * ratio)),
    };
}

void VtkView::onVtkEvent(vtkObject*, unsigned long id, void* clientData, void* callData) {
    auto* self = static_cast<VtkView*>(clientData);
    if (self == nullptr) {
        return;
    }
    if (id == vtkCommand::WindowMakeCurrentEvent) {
        // Not QOpenGLWidget::makeCurrent(): that also binds Qt's framebuffer behind VTK's cached
        // state, and every multi-pass effect draws into the wrong one.
        if (self->context() != nullptr && self->surface_ != nullptr) {
            self->context()->makeCurrent(self->surface_);
        }
    } else if (id == vtkCommand::WindowIsCurrentEvent) {
        *static_cast<bool*>(callData) =
            self->context() != nullptr && QOpenGLContext::currentContext() == self->context();
    } else if (id == vtkCommand::RenderEvent) {
        self->requestRender();
        emit self->cameraMoved();
    }
}

void VtkView::initializeGL() {
    ++contextInits_;
    surface_ = context()->surface();
    disconnect(contextGone_);
    contextGone_ =
        connect(context(), &QOpenGLContext::aboutToBeDestroyed, this, &VtkView::releaseGl);
    window_->SetReadyForRendering(true);
    window_->SetMapped(1);
    window_->OpenGLInitContext();
    auto* state = window_->GetState();
    state->Reset();
    // VTK 9.1 takes both for granted in a fresh context.
    state->vtkglDepthFunc(GL_LEQUAL);
    state->vtkglEnable(GL_DEPTH_TEST);
    syncSize();
}

void VtkView::releaseGl() {
    makeCurrent();
    window_->Finalize();
    window_->SetReadyForRendering(false);
    doneCurrent();
    surface_ = nullptr;
}

void VtkView::syncSize() {
    const QSize size = deviceSize();
    window_->SetSize(size.width(), size.height());
    window_->SetDPI(static_cast<int>(std::lround(kInchesPerPoint * devicePixelRatioF())));
    interactor_->SetSize(size.width(), size.height());
    dirty_ = true;
}

void VtkView::paintGL() {
    // Eye-dome lighting also draws at a fraction of the size, which may not round to nothing.
    constexpr int kLeast = 8; // device pixels
    const QSize size = deviceSize();
    const bool drawable =
        window_->GetReadyForRendering() && size.width() >= kLeast && size.height() >= kLeast;
    if (!drawable || window_->GetRenderers()->GetNumberOfItems() == 0) {
        return;
    }
    // VTK trusts its cached GL state, so it is told that Qt drew in between.
    auto* state = window_->GetState();
    state->Reset();
    state->Push();
    if (dirty_) {
        QElapsedTimer timer;
        timer.start();
        dirty_ = false;
        window_->Render();
        ++renders_;
        lastRenderSeconds_ = static_cast<double>(timer.nsecsElapsed()) * 1e-9;
    }
    blit();
    state->Pop();
}

void VtkView::blit() {
    makeCurrent();
    auto* gl = context()->extraFunctions();
    gl->glBindFramebuffer(GL_DRAW_FRAMEBUFFER, defaultFramebufferObject());
    gl->glDisable(GL_SCISSOR_TEST);
    window_->BlitDisplayFramebuffer();
    // VTK leaves alpha at 0, which would make screenshots and the window transparent.
    gl->glBindFramebuffer(GL_DRAW_FRAMEBUFFER, defaultFramebufferObject());
    gl->glColorMask(GL_FALSE, GL_FALSE, GL_FALSE, GL_TRUE);
    gl->glClearColor(0.0F, 0.0F, 0.0F, 1.0F);
    gl->glClear(GL_COLOR_BUFFER_BIT);
    gl->glColorMask(GL_TRUE, GL_TRUE, GL_TRUE, GL_TRUE);
}

QPointF VtkView::toVtk(QPointF position) const {
    const double ratio = devicePixelRatioF();
    return {position.x() * ratio, deviceSize().height() - 1 - position.y() * ratio};
}

bool VtkView::sendMouse(const QMouseEvent& event, unsigned long vtkEvent) {
    if (vtkEvent == vtkCommand::NoEvent || !window_->GetReadyForRendering()) {
        return false;
    }
    const QPointF pixel = toVtk(event.position());
    interactor_->SetEventInformation(
        static_cast<int>(std::lround(pixel.x())),
        static_cast<int>(std::lround(pixel.y())),
        event.modifiers().testFlag(Qt::ControlModifier) ? 1 : 0,
        event.modifiers().testFlag(Qt::ShiftModifier) ? 1 : 0
    );
    interactor_->InvokeEvent(vtkEvent);
    return true;
}

void VtkView::mousePressEvent(QMouseEvent* event) {
    pressedAt_ = event->position();
    event->setAccepted(sendMouse(*event, pressEvent(event->button())));
}

void VtkView::mouseMoveEvent(QMouseEvent* event) {
    event->setAccepted(sendMouse(*event, vtkCommand::MouseMoveEvent));
}

void VtkView::mouseReleaseEvent(QMouseEvent* event) {
    constexpr double kClickReach = 4.0; // logical pixels
    event->setAccepted(sendMouse(*event, releaseEvent(event->button())));
    const double moved = (event->position() - pressedAt_).manhattanLength();
    if (event->button() == Qt::LeftButton && moved < kClickReach) {
        emit clicked(toVtk(event->position()));
    }
}

void VtkView::wheelEvent(QWheelEvent* event) {
    // VTK 9.1 waits for whole notches of 120 units; trackpads send small steps.
    constexpr double kZoomPerUnit = 0.0012;
    auto* renderer = window_->GetRenderers()->GetFirstRenderer();
    const int delta = event->angleDelta().y();
    if (renderer == nullptr || delta == 0) {
        event->ignore();
        return;
    }
    renderer->GetActiveCamera()->Dolly(std::exp(kZoomPerUnit * delta));
    renderer->ResetCameraClippingRange();
    event->accept();
    requestRender();
    emit cameraMoved();
}

} // namespace siskin::ui
