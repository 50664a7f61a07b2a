// SPDX-License-Identifier: MIT
// Mouse: left turns like a turntable, middle or shift+left moves, right zooms.
#pragma once

#include <vtkInteractorStyleTrackballCamera.h>

namespace siskin::ui {

/// VTK's camera style with a level horizon, so that linked panes are never tilted.
class TurntableStyle : public vtkInteractorStyleTrackballCamera {
  public:
    static TurntableStyle* New();
    vtkTypeMacro(TurntableStyle, vtkInteractorStyleTrackballCamera)
        TurntableStyle(const TurntableStyle&) = delete;
    TurntableStyle& operator=(const TurntableStyle&) = delete;

    void Rotate() override;

    /// VTK's single-letter shortcuts (w, s, p ...) would change the picture unasked.
    void OnChar() override {}

  protected:
    TurntableStyle() = default;
    ~TurntableStyle() override = default;
};

} // namespace siskin::ui
