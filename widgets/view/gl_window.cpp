// SPDX-License-Identifier: MIT
#include "widgets/view/gl_window.hpp"

#include <vtkObjectFactory.h>
#include <vtkVersionMacros.h>

#if VTK_VERSION_NUMBER < VTK_VERSION_CHECK(9, 4, 0) // later versions load GL through glad
#include <vtk_glew.h>
#endif

namespace siskin::ui {

vtkStandardNewMacro(GlWindow);

void GlWindow::OpenGLInitContext() {
#if VTK_VERSION_NUMBER < VTK_VERSION_CHECK(9, 4, 0)
    if (!Initialized) {
        glewExperimental = GL_TRUE;
        const bool onlyGlxMissing = glewInit() == GLEW_ERROR_NO_GLX_DISPLAY;
        if (onlyGlxMissing && glBlitFramebuffer != nullptr && glGenVertexArrays != nullptr) {
            GLfloat widths[2] = {1.0F, 1.0F};
            glGetFloatv(GL_ALIASED_LINE_WIDTH_RANGE, widths);
            MaximumHardwareLineWidth = widths[1];
            GlewInitValid = true;
            Initialized = true;
        }
    }
#endif
    Superclass::OpenGLInitContext();
}

} // namespace siskin::ui
