// SPDX-License-Identifier: MIT
#include "widgets/scene/cloud_scene.hpp"

#include "widgets/scene/depth_scale.hpp"
#include "widgets/scene/overlays.hpp"

#include <vtkActor.h>
#include <vtkCamera.h>
#include <vtkCellArray.h>
#include <vtkEDLShading.h>
#include <vtkIdTypeArray.h>
#include <vtkMatrix4x4.h>
#include <vtkPointData.h>
#include <vtkPolyData.h>
#include <vtkPolyDataMapper.h>
#include <vtkProperty.h>
#include <vtkRenderStepsPass.h>
#include <vtkRenderWindow.h>
#include <vtkRenderer.h>
#include <vtkUnsignedCharArray.h>

#include <cmath>
#include <limits>
#include <utility>

namespace siskin::ui {

namespace {

constexpr double kDefaultPointSize = 3.0;

/// As it is drawn; `points` is always of floats.
Vec3f pointAt(const CloudPoints& cloud, std::size_t index) {
    const auto* values = static_cast<const float*>(cloud.points->GetVoidPointer(0));
    return {values[3 * index], values[3 * index + 1], values[3 * index + 2]};
}

} // namespace

CloudScene::CloudScene()
    : cloudRenderer_(vtkSmartPointer<vtkRenderer>::New()),
      overlayRenderer_(vtkSmartPointer<vtkRenderer>::New()),
      steps_(vtkSmartPointer<vtkRenderStepsPass>::New()),
      edl_(vtkSmartPointer<vtkEDLShading>::New()), polyData_(vtkSmartPointer<vtkPolyData>::New()),
      points_(vtkSmartPointer<vtkActor>::New()), depthScale_(vtkSmartPointer<DepthScale>::New()) {
    switches_.set();
    edl_->SetDelegatePass(steps_);
    auto mapper = vtkSmartPointer<vtkPolyDataMapper>::New();
    mapper->SetInputData(polyData_);
    mapper->SetScalarModeToUsePointData();
    mapper->SetColorModeToDirectScalars();
    points_->SetMapper(mapper);
    points_->GetProperty()->LightingOff();
    points_->GetProperty()->SetPointSize(kDefaultPointSize);
    cloudRenderer_->AddActor(points_);
    cloudRenderer_->AddViewProp(depthScale_);
    cloudRenderer_->SetBackground(0.055, 0.063, 0.078);
    cloudRenderer_->SetLayer(0);
    // Overlays get their own layer, because EDL would shade text and lines into mush. Both layers
    // look through the same camera; only the cloud reacts to the mouse.
    overlayRenderer_->SetLayer(1);
    overlayRenderer_->InteractiveOff();
    overlayRenderer_->SetActiveCamera(cloudRenderer_->GetActiveCamera());
    overlays_ = std::make_unique<Overlays>(*overlayRenderer_);
    lookFrom(ViewPreset::Perspective);
    setEyeDomeLighting(true);
}

CloudScene::~CloudScene() = default;

vtkRenderer& CloudScene::cloudRenderer() const {
    return *cloudRenderer_;
}

void CloudScene::attach(vtkRenderWindow& window) {
    window.SetNumberOfLayers(2);
    window.AddRenderer(cloudRenderer_);
    window.AddRenderer(overlayRenderer_);
}

void CloudScene::setCloud(
    std::shared_ptr<const CloudPoints> cloud, std::shared_ptr<const Colouring> colouring
) {
    const bool samePoints = cloud == cloud_;
    if (samePoints && colouring == colouring_) {
        return;
    }
    cloud_ = std::move(cloud);
    colouring_ = std::move(colouring);
    if (!samePoints) {
        polyData_->Initialize();
        if (cloud_) {
            polyData_->SetPoints(cloud_->points);
        }
        overlays_->setMarker(std::nullopt);
        const SceneKind kind = cloud_ ? cloud_->kind : SceneKind::Street;
        depthScale_->setCloud(cloud_ ? cloud_->bounds : std::array<double, 6>{}, kind);
        const bool street = cloud_ && kind == SceneKind::Street;
        overlays_->setBounds(street ? std::optional(cloud_->bounds) : std::nullopt);
    }
    rebuildColours();
    rebuildCells();
    if (!samePoints) {
        cloudRenderer_->ResetCameraClippingRange(); // it was fitted to what was there before
    }
}

void CloudScene::setSwitches(const ClassSwitches& switches) {
    if (switches != switches_) {
        switches_ = switches;
        rebuildCells();
    }
}

void CloudScene::setCeiling(std::optional<double> share) {
    if (share != ceiling_) {
        ceiling_ = share;
        rebuildCells();
    }
}

double CloudScene::ceilingHeight() const {
    if (!ceiling_ || !cloud_) {
        return std::numeric_limits<double>::infinity();
    }
    const auto& [low, high] = cloud_->heights;
    return low + *ceiling_ * (high - low);
}

void CloudScene::setPointSize(double pixels) {
    points_->GetProperty()->SetPointSize(static_cast<float>(pixels));
}

void CloudScene::setEyeDomeLighting(bool on) {
    edlOn_ = on;
    cloudRenderer_->SetPass(on ? edl_.Get() : nullptr);
    auto* window = cloudRenderer_->GetRenderWindow();
    if (!on && window != nullptr) {
        // A pass that is not set is forgotten when the window releases what it holds on the GPU.
        window->MakeCurrent();
        edl_->ReleaseGraphicsResources(window);
    }
}

void CloudScene::drawCheaply(std::size_t most) {
    if (most != pointBudget_) {
        pointBudget_ = most;
        overlays_->setOpaque(most > 0);
        rebuildCells();
    }
}

void CloudScene::setHint(const std::string& text) {
    overlays_->setHint(text);
}

void CloudScene::setMarker(std::optional<std::size_t> pointIndex) {
    if (!pointIndex || !cloud_ || *pointIndex >= cloud_->drawable.size()) {
        overlays_->setMarker(std::nullopt);
        return;
    }
    std::array<double, 3> position{};
    cloud_->points->GetPoint(static_cast<vtkIdType>(*pointIndex), position.data());
    overlays_->setMarker(position);
}

CameraPose CloudScene::pose() const {
    return poseOf(*cloudRenderer_->GetActiveCamera());
}

void CloudScene::setPose(const CameraPose& pose) {
    applyPose(*cloudRenderer_->GetActiveCamera(), pose);
    cloudRenderer_->ResetCameraClippingRange();
}

void CloudScene::lookFrom(ViewPreset preset) {
    setPose(presetPose(
        preset,
        cloud_ ? cloud_->bounds : std::array<double, 6>{},
        cloud_ ? cloud_->kind : SceneKind::Street
    ));
}

bool CloudScene::isVisible(std::size_t index) const {
    const auto& ids = colouring_->switchIds;
    return cloud_->drawable[index] != 0 && (ids.empty() || switches_.test(ids[index])) &&
           (!ceiling_ || pointAt(*cloud_, index)[2] <= ceilingHeight_);
}

void CloudScene::rebuildColours() {
    auto colours = vtkSmartPointer<vtkUnsignedCharArray>::New();
    colours->SetNumberOfComponents(3);
    if (cloud_ && colouring_ && !colouring_->colours.empty()) {
        // VTK reads these; the colouring is kept alive beside the actor.
        auto* data = const_cast<std::uint8_t*>(colouring_->colours.front().data());
        colours->SetArray(data, static_cast<vtkIdType>(colouring_->colours.size() * 3), 1);
    }
    polyData_->GetPointData()->SetScalars(colours);
}

void CloudScene::rebuildCells() {
    auto ids = vtkSmartPointer<vtkIdTypeArray>::New();
    visiblePoints_ = 0;
    ceilingHeight_ = ceilingHeight();
    if (cloud_ && colouring_ && colouring_->colours.size() == cloud_->drawable.size()) {
        const std::size_t count = cloud_->drawable.size();
        auto* out = ids->WritePointer(0, static_cast<vtkIdType>(count));
        for (std::size_t i = 0; i < count; ++i) {
            if (isVisible(i)) {
                out[visiblePoints_++] = static_cast<vtkIdType>(i);
            }
        }
        ids->Resize(static_cast<vtkIdType>(visiblePoints_));
    }
    auto cells = vtkSmartPointer<vtkCellArray>::New();
    if (visiblePoints_ > 0) {
        keepToBudget(*ids);
        // One cell that holds all points is drawn as fast as one cell per point and built faster.
        auto ends = vtkSmartPointer<vtkIdTypeArray>::New();
        ends->InsertNextValue(0);
        ends->InsertNextValue(ids->GetNumberOfTuples());
        cells->SetData(ends, ids);
    }
    polyData_->SetVerts(cells);
    polyData_->Modified();
}

void CloudScene::keepToBudget(vtkIdTypeArray& ids) const {
    if (pointBudget_ == 0 || visiblePoints_ <= pointBudget_) {
        return;
    }
    const std::size_t step = (visiblePoints_ + pointBudget_ - 1) / pointBudget_;
    auto* values = ids.GetPointer(0);
    std::size_t kept = 0;
    for (std::size_t i = 0; i < visiblePoints_; i += step) {
        values[kept++] = values[i];
    }
    ids.Resize(static_cast<vtkIdType>(kept));
}

std::optional<std::size_t> CloudScene::pick(double x, double y, int width, int height) const {
    constexpr double kReach = 6.0;          // pixels
    constexpr double kDepthPerPixel = 0.02; // share of the distance that a pixel is worth
    if (!cloud_ || !colouring_ || width <= 0 || height <= 0 || visiblePoints_ == 0) {
        return std::nullopt;
    }
    auto* camera = cloudRenderer_->GetActiveCamera();
    const double aspect = static_cast<double>(width) / height;
    auto* matrix = camera->GetCompositeProjectionTransformMatrix(aspect, -1.0, 1.0);
    std::optional<std::size_t> best;
    double bestScore = std::numeric_limits<double>::max();
    for (std::size_t i = 0; i < cloud_->drawable.size(); ++i) {
        if (!isVisible(i)) {
            continue;
        }
        const Vec3f p = pointAt(*cloud_, i);
        const std::array<double, 4> in{p[0], p[1], p[2], 1.0};
        std::array<double, 4> out{};
        matrix->MultiplyPoint(in.data(), out.data());
        if (out[3] <= 0.0) {
            continue; // behind the camera
        }
        const double dx = (out[0] / out[3] + 1.0) * 0.5 * width - x;
        const double dy = (out[1] / out[3] + 1.0) * 0.5 * height - y;
        const double distance = std::hypot(dx, dy);
        const double score = out[3] * (1.0 + kDepthPerPixel * distance);
        if (distance <= kReach && score < bestScore) {
            bestScore = score;
            best = i;
        }
    }
    return best;
}

} // namespace siskin::ui
