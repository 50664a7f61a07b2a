// SPDX-License-Identifier: MIT
// What lies over the points: distance rings, the marker of the picked point, a hint when empty.
#pragma once

#include <vtkSmartPointer.h>

#include <array>
#include <optional>
#include <string>
#include <vector>

class vtkActor;
class vtkBillboardTextActor3D;
class vtkRegularPolygonSource;
class vtkRenderer;
class vtkTextActor;

namespace siskin::ui {

/// VTK only; GUI thread. Lives on its own renderer layer.
class Overlays {
  public:
    explicit Overlays(vtkRenderer& layer);
    ~Overlays();

    /// Rings at 10, 20 and 40 m around the sensor, on the ground of these bounds; hidden for
    /// small objects and when `bounds` is empty.
    void setBounds(const std::optional<std::array<double, 6>>& bounds);
    /// Draws nothing translucent: the rings darker instead, and no labels. One translucent actor
    /// costs a pass over the whole picture, which takes software GL 15 ms.
    void setOpaque(bool on);
    /// Rings a position (metres); hidden when empty.
    void setMarker(const std::optional<std::array<double, 3>>& position);
    /// Text in the middle of the pane; hidden when empty.
    void setHint(const std::string& text);

  private:
    void addRing(double radius, vtkRenderer& layer);

    std::vector<vtkSmartPointer<vtkRegularPolygonSource>> ringSources_;
    std::vector<vtkSmartPointer<vtkActor>> rings_;
    std::vector<vtkSmartPointer<vtkBillboardTextActor3D>> ringLabels_;
    bool opaque_ = false;
    vtkSmartPointer<vtkBillboardTextActor3D> marker_;
    vtkSmartPointer<vtkTextActor> hint_;
};

} // namespace siskin::ui
