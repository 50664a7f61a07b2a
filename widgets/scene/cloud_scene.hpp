// SPDX-License-Identifier: MIT
// One pane's picture: points with eye-dome lighting on layer 0, rings and marker on layer 1.
#pragma once

#include "widgets/scene/camera.hpp"
#include "widgets/scene/cloud_points.hpp"
#include "widgets/scene/colouring.hpp"

#include <vtkSmartPointer.h>

#include <bitset>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>

class vtkActor;
class vtkEDLShading;
class vtkIdTypeArray;
class vtkPolyData;
class vtkRenderStepsPass;
class vtkRenderWindow;
class vtkRenderer;

namespace siskin::ui {

class DepthScale;
class Overlays;

/// One switch per class id; index `kIgnored` is for points without a scored class.
using ClassSwitches = std::bitset<256>;

/// VTK only, no Qt; GUI thread. After changing anything the owner asks its window to render.
class CloudScene {
  public:
    CloudScene();
    ~CloudScene();
    CloudScene(const CloudScene&) = delete;
    CloudScene& operator=(const CloudScene&) = delete;

    /// Adds both renderers to the window, which keeps them alive while it needs them.
    void attach(vtkRenderWindow& window);

    /// Shows these points in these colours; null clears the pane. The camera stays.
    void
    setCloud(std::shared_ptr<const CloudPoints> cloud, std::shared_ptr<const Colouring> colouring);
    void setSwitches(const ClassSwitches& switches);
    /// Hides what lies higher than this share of the cloud's height, so that one can look into a
    /// room; nothing when empty.
    void setCeiling(std::optional<double> share);
    void setPointSize(double pixels);
    void setEyeDomeLighting(bool on);
    /// Draws every n-th of the visible points so that no more than that are drawn, and no labels;
    /// 0 = everything.
    void drawCheaply(std::size_t most);

    bool eyeDomeLighting() const noexcept { return edlOn_; }

    /// Text in the middle of the pane ("not run yet"); nothing when empty.
    void setHint(const std::string& text);
    /// Rings that point; nothing when empty.
    void setMarker(std::optional<std::size_t> pointIndex);

    CameraPose pose() const;
    /// Takes over the pose and fits the clipping range to this pane's own content.
    void setPose(const CameraPose& pose);
    void lookFrom(ViewPreset preset);

    /// The visible point drawn nearest to a pixel (origin bottom left, window of width x height
    /// pixels), within a few pixels. Done on the CPU: hardware selection finds nothing while a
    /// render pass (EDL) is set.
    std::optional<std::size_t> pick(double x, double y, int width, int height) const;

    std::size_t visiblePointCount() const noexcept { return visiblePoints_; }

    vtkRenderer& cloudRenderer() const;

  private:
    void rebuildColours();
    void rebuildCells();
    void keepToBudget(vtkIdTypeArray& ids) const;
    bool isVisible(std::size_t index) const;
    double ceilingHeight() const;

    vtkSmartPointer<vtkRenderer> cloudRenderer_;
    vtkSmartPointer<vtkRenderer> overlayRenderer_;
    vtkSmartPointer<vtkRenderStepsPass> steps_;
    vtkSmartPointer<vtkEDLShading> edl_;
    vtkSmartPointer<vtkPolyData> polyData_;
    vtkSmartPointer<vtkActor> points_;
    vtkSmartPointer<DepthScale> depthScale_;
    std::unique_ptr<Overlays> overlays_;
    std::shared_ptr<const CloudPoints> cloud_;
    std::shared_ptr<const Colouring> colouring_;
    ClassSwitches switches_;
    std::optional<double> ceiling_; // share of the height
    double ceilingHeight_ = 0.0;    // the same as a z coordinate of this cloud
    std::size_t visiblePoints_ = 0;
    std::size_t pointBudget_ = 0;
    bool edlOn_ = false;
};

} // namespace siskin::ui
