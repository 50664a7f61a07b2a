// SPDX-License-Identifier: MIT
// The picture of cone_report.hpp.
#include "core/report/cone_report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace siskin {

namespace {

constexpr int kScale = 14;  ///< pixels per metre
constexpr int kAhead = 32;  ///< metres shown
constexpr int kBehind = 12; ///< metres shown
constexpr int kBeside = 22; ///< metres shown to each side
constexpr int kTitleHeight = 34;
constexpr int kGap = 8;
constexpr int kPaneWidth = 2 * kBeside * kScale;
constexpr int kPaneHeight = (kAhead + kBehind) * kScale + kTitleHeight;
constexpr Colour kPage{11, 13, 17};
constexpr Colour kPane{20, 23, 29};
constexpr Colour kRing{44, 50, 60};
constexpr Colour kMissed{245, 247, 250};
constexpr Colour kWrong{255, 45, 85};

/// One view from above: x ahead is up, y left is left.
class Pane {
  public:
    Pane(Image& image, int left) : image_(image), left_(left) {
        image_.fillRectangle(left_, 0, kPaneWidth, kPaneHeight, kPane);
        for (int metres = 10; metres <= kAhead; metres += 10) {
            drawCircle(metres);
        }
    }

    /// A square of `half` pixels around a place; nothing outside of the pane.
    void dot(float x, float y, int half, Colour colour) {
        const auto [px, py] = pixelOf(x, y);
        if (isInside(px, py, half)) {
            image_.fillRectangle(px - half, py - half, 2 * half + 1, 2 * half + 1, colour);
        }
    }

    /// A cross with arms of `arm` pixels.
    void cross(float x, float y, int arm, Colour colour) {
        const auto [px, py] = pixelOf(x, y);
        for (int i = -arm; i <= arm && isInside(px, py, arm); ++i) {
            image_.setPixel(px + i, py + i, colour);
            image_.setPixel(px + i, py - i, colour);
        }
    }

    void title(const std::string& text) {
        drawText(
            image_, left_ + 10, 10, text, {.colour = {245, 247, 250}, .scale = 2, .bold = true}
        );
    }

  private:
    std::pair<int, int> pixelOf(float x, float y) const {
        const float limit = 1000.0F; // metres; far beyond the pane
        const float across = std::clamp(static_cast<float>(kBeside) - y, -limit, limit);
        const float down = std::clamp(static_cast<float>(kAhead) - x, -limit, limit);
        return {
            left_ + static_cast<int>(std::lround(across * kScale)),
            kTitleHeight + static_cast<int>(std::lround(down * kScale))};
    }

    bool isInside(int px, int py, int margin) const {
        return px - margin >= left_ && px + margin < left_ + kPaneWidth &&
               py - margin >= kTitleHeight && py + margin < kPaneHeight;
    }

    void drawCircle(int metres) {
        constexpr int kSteps = 720;
        for (int i = 0; i < kSteps; ++i) {
            const double angle = 2.0 * 3.14159265358979 * i / kSteps;
            dot(static_cast<float>(metres * std::cos(angle)),
                static_cast<float>(metres * std::sin(angle)),
                0,
                kRing);
        }
    }

    Image& image_;
    int left_;
};

/// The cone that a detection is meant for.
const Cone* nearestCone(const ConeDetection& detection, const std::vector<Cone>& cones) {
    const Cone* best = nullptr;
    double nearest = ConeScores::kMatchDistance;
    for (const Cone& cone : cones) {
        const double distance =
            std::hypot(detection.base[0] - cone.base[0], detection.base[1] - cone.base[1]);
        if (distance <= nearest) {
            nearest = distance;
            best = &cone;
        }
    }
    return best;
}

void drawPoints(Pane& pane, const Scan& scan) {
    const PointField* intensity = scan.field("intensity");
    for (std::size_t i = 0; i < scan.pointCount(); ++i) {
        const float bright = intensity == nullptr ? 0.3F : std::min(1.0F, intensity->values[i]);
        const auto grey = static_cast<std::uint8_t>(58.0F + 110.0F * bright);
        pane.dot(scan.positions[i][0], scan.positions[i][1], 0, {grey, grey, grey});
    }
}

void drawCones(Pane& pane, const ConeView& view, const std::vector<ConeDetection>& detections) {
    std::vector<const Cone*> found;
    for (const ConeDetection& detection : detections) {
        const auto& [x, y, z] = detection.base;
        const Cone* cone = nearestCone(detection, view.cones);
        found.push_back(cone);
        const bool wrong = !view.cones.empty() && (cone == nullptr || cone->kind != detection.kind);
        if (wrong) {
            pane.dot(x, y, 6, kWrong);
        }
        pane.dot(x, y, detection.kind == ConeKind::BigOrange ? 5 : 4, colourOf(detection.kind));
    }
    for (const Cone& cone : view.cones) {
        if (cone.points > 0 && std::find(found.begin(), found.end(), &cone) == found.end()) {
            pane.cross(cone.base[0], cone.base[1], 4, kMissed);
        }
    }
}

} // namespace

Image conePicture(const ConeView& view) {
    const int panes = static_cast<int>(view.models.size());
    Image image(panes * kPaneWidth + (panes - 1) * kGap, kPaneHeight, kPage);
    for (int i = 0; i < panes; ++i) {
        const auto& [label, detections] = view.models[static_cast<std::size_t>(i)];
        Pane pane(image, i * (kPaneWidth + kGap));
        drawPoints(pane, *view.scan);
        drawCones(pane, view, detections);
        pane.dot(0.0F, 0.0F, 3, {255, 255, 255});
        pane.title(fmt::format("{}, frame {}, {} cones", label, view.scan->id, detections.size()));
    }
    return image;
}

} // namespace siskin
