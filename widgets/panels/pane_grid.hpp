// SPDX-License-Identifier: MIT
// One to four panes side by side, with linked cameras and shared settings.
#pragma once

#include "widgets/scene/camera.hpp"
#include "widgets/scene/cloud_scene.hpp"
#include "widgets/view/camera_link.hpp"

#include <QTimer>
#include <QWidget>

#include <optional>
#include <vector>

class QGridLayout;

namespace siskin::ui {

class Pane;
class SessionController;

/// GUI thread.
class PaneGrid : public QWidget {
    Q_OBJECT

  public:
    explicit PaneGrid(SessionController& session, QWidget* parent = nullptr);
    ~PaneGrid() override;

    static constexpr int kMostPanes = 4;
    /// 1 to 4: one, two or three in a row, or two by two.
    void setPaneCount(int count);

    int paneCount() const noexcept { return static_cast<int>(panes_.size()); }

    Pane& pane(int position) const { return *panes_.at(static_cast<std::size_t>(position)); }

    void setPointSize(double pixels);
    void setEyeDomeLighting(bool on);
    void setSwitches(const ClassSwitches& switches);
    /// Hides what lies higher than this share of the scan's height; nothing when empty.
    void setCeiling(std::optional<double> share);
    void lookFrom(ViewPreset preset);
    /// While frames follow each other, what is slow to draw is left out, as while the camera moves.
    void setPlaying(bool playing);

  signals:
    void pointPicked(std::size_t index);
    /// The first pane is on the screen with what the session shows.
    void painted();

  private:
    void addPane();
    void arrange();
    void assignDefaults();
    void refresh();
    void onFrameChanged();
    void markPoint(std::size_t index);
    void lightenWhileMoving();
    void restoreWhenStill();
    template <typename Change>
    void forEachScene(Change change);

    SessionController& session_;
    CameraLink link_;
    std::vector<Pane*> panes_;
    QGridLayout* layout_;
    ClassSwitches switches_ = ClassSwitches().set();
    std::optional<double> ceiling_;
    double pointSize_ = 3.0;
    bool eyeDomeLighting_ = true;
    bool playing_ = false;
    bool light_ = false;    // shading and most points are left out
    QTimer stillness_;      // runs meanwhile, restarted by every move
    bool viewFresh_ = true; // the next frame places the camera
};

} // namespace siskin::ui
