// SPDX-License-Identifier: MIT
#include "widgets/scene/overlays.hpp"

#include <vtkActor.h>
#include <vtkBillboardTextActor3D.h>
#include <vtkCoordinate.h>
#include <vtkPolyDataMapper.h>
#include <vtkProperty.h>
#include <vtkRegularPolygonSource.h>
#include <vtkRenderer.h>
#include <vtkTextActor.h>
#include <vtkTextProperty.h>

#include <algorithm>

namespace siskin::ui {

namespace {

constexpr std::array<double, 3> kRadii{10.0, 20.0, 40.0};
constexpr double kSmallestScene = 15.0; // metres; below it rings of 10 m say nothing
constexpr double kRingOpacity = 0.22;
constexpr double kSensorHeight = 1.73; // metres above the road, KITTI's set-up (Geiger et al. 2013)

} // namespace

Overlays::Overlays(vtkRenderer& layer)
    : marker_(vtkSmartPointer<vtkBillboardTextActor3D>::New()),
      hint_(vtkSmartPointer<vtkTextActor>::New()) {
    for (const double radius : kRadii) {
        addRing(radius, layer);
    }
    // A ring drawn as text keeps its size on screen at any distance.
    marker_->SetInput("O");
    auto* markerText = marker_->GetTextProperty();
    markerText->SetFontSize(26);
    markerText->SetColor(1.0, 1.0, 1.0);
    markerText->ShadowOn();
    markerText->SetJustificationToCentered();
    markerText->SetVerticalJustificationToCentered();
    layer.AddActor(marker_);

    auto* hintText = hint_->GetTextProperty();
    hintText->SetFontSize(17);
    hintText->SetColor(0.62, 0.66, 0.72);
    hintText->SetJustificationToCentered();
    hintText->SetVerticalJustificationToCentered();
    hint_->GetPositionCoordinate()->SetCoordinateSystemToNormalizedViewport();
    hint_->GetPositionCoordinate()->SetValue(0.5, 0.5);
    layer.AddActor2D(hint_);

    setBounds(std::nullopt);
    setOpaque(false);
    setMarker(std::nullopt);
    setHint({});
}

Overlays::~Overlays() = default;

void Overlays::addRing(double radius, vtkRenderer& layer) {
    constexpr int kSides = 128;
    auto source = vtkSmartPointer<vtkRegularPolygonSource>::New();
    source->SetNumberOfSides(kSides);
    source->SetRadius(radius);
    source->GeneratePolygonOff();
    auto mapper = vtkSmartPointer<vtkPolyDataMapper>::New();
    mapper->SetInputConnection(source->GetOutputPort());
    auto ring = vtkSmartPointer<vtkActor>::New();
    ring->SetMapper(mapper);
    ring->GetProperty()->LightingOff();
    layer.AddActor(ring);

    auto label = vtkSmartPointer<vtkBillboardTextActor3D>::New();
    label->SetInput((std::to_string(static_cast<int>(radius)) + " m").c_str());
    label->GetTextProperty()->SetFontSize(12);
    label->GetTextProperty()->SetColor(0.78, 0.82, 0.88);
    label->GetTextProperty()->SetOpacity(0.8);
    layer.AddActor(label);

    ringSources_.push_back(source);
    rings_.push_back(ring);
    ringLabels_.push_back(label);
}

void Overlays::setBounds(const std::optional<std::array<double, 6>>& bounds) {
    const bool shown =
        bounds &&
        std::max((*bounds)[1] - (*bounds)[0], (*bounds)[3] - (*bounds)[2]) > kSmallestScene;
    const double ground = bounds ? std::max((*bounds)[4], -kSensorHeight) : 0.0;
    for (std::size_t i = 0; i < rings_.size(); ++i) {
        ringSources_[i]->SetCenter(0.0, 0.0, ground);
        rings_[i]->SetVisibility(shown ? 1 : 0);
        ringLabels_[i]->SetPosition(0.0, -kRadii[i], ground);
        ringLabels_[i]->SetVisibility(shown && !opaque_ ? 1 : 0);
    }
}

void Overlays::setOpaque(bool on) {
    opaque_ = on;
    for (std::size_t i = 0; i < rings_.size(); ++i) {
        auto* look = rings_[i]->GetProperty();
        look->SetOpacity(on ? 1.0 : kRingOpacity);
        on ? look->SetColor(0.3, 0.32, 0.36) : look->SetColor(0.75, 0.8, 0.88);
        ringLabels_[i]->SetVisibility(on ? 0 : rings_[i]->GetVisibility());
    }
}

void Overlays::setMarker(const std::optional<std::array<double, 3>>& position) {
    marker_->SetVisibility(position ? 1 : 0);
    if (position) {
        marker_->SetPosition((*position)[0], (*position)[1], (*position)[2]);
    }
}

void Overlays::setHint(const std::string& text) {
    hint_->SetInput(text.c_str());
    hint_->SetVisibility(text.empty() ? 0 : 1);
}

} // namespace siskin::ui
