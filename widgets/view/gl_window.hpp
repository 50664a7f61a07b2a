// SPDX-License-Identifier: MIT
// VTK's render window over somebody else's GL context, tolerant of GLEW's GLX check.
#pragma once

#include <vtkGenericOpenGLRenderWindow.h>

namespace siskin::ui {

class GlWindow : public vtkGenericOpenGLRenderWindow {
  public:
    static GlWindow* New();
    vtkTypeMacro(GlWindow, vtkGenericOpenGLRenderWindow) GlWindow(const GlWindow&) = delete;
    GlWindow& operator=(const GlWindow&) = delete;

    /// Under EGL or Wayland, `glewInit` loads every function and then fails because there is no
    /// GLX display; VTK 9.1 would then stay "not initialised" for ever. This accepts exactly that.
    void OpenGLInitContext() override;

  protected:
    GlWindow() = default;
    ~GlWindow() override = default;
};

} // namespace siskin::ui
