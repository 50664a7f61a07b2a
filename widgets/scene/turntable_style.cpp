// SPDX-License-Identifier: MIT
#include "widgets/scene/turntable_style.hpp"

#include "widgets/scene/camera.hpp"

#include <vtkObjectFactory.h>
#include <vtkRenderWindow.h>
#include <vtkRenderWindowInteractor.h>
#include <vtkRenderer.h>

#include <algorithm>

namespace siskin::ui {

vtkStandardNewMacro(TurntableStyle);

void TurntableStyle::Rotate() {
    if (CurrentRenderer == nullptr) {
        return;
    }
    constexpr double kDegreesPerWindow = 240.0;
    const int* now = Interactor->GetEventPosition();
    const int* before = Interactor->GetLastEventPosition();
    const int* size = CurrentRenderer->GetRenderWindow()->GetSize();
    const double perPixel = kDegreesPerWindow / std::max(1, std::min(size[0], size[1]));
    auto* camera = CurrentRenderer->GetActiveCamera();
    applyPose(
        *camera,
        orbit(poseOf(*camera), (before[0] - now[0]) * perPixel, (before[1] - now[1]) * perPixel)
    );
    CurrentRenderer->ResetCameraClippingRange();
    Interactor->Render();
}

} // namespace siskin::ui
