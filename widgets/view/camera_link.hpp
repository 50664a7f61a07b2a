// SPDX-License-Identifier: MIT
// Panes that look from the same place: the pose is copied, never the camera shared.
#pragma once

#include <QObject>

#include <vector>

namespace siskin::ui {

class CloudScene;
class VtkView;

/// GUI thread. Sharing one vtkCamera would share the clipping range and leave the other panes
/// unpainted, so each change is copied to every linked pane, which then repaints itself.
class CameraLink : public QObject {
    Q_OBJECT

  public:
    using QObject::QObject;

    /// Both must outlive the link or be removed first; the view's destruction removes it.
    void add(VtkView& view, CloudScene& scene);
    /// An unlinked pane keeps its own camera; linking it again takes over the others' pose.
    void setLinked(const VtkView& view, bool linked);
    /// Copies this view's pose to the others, as after a mouse move.
    void follow(const VtkView& leader);

  signals:
    /// A person moved the camera of some pane, linked or not.
    void moved();

  private:
    struct Member {
        VtkView* view;
        CloudScene* scene;
        bool linked = true;
    };

    Member* find(const VtkView& view);

    std::vector<Member> members_;
};

} // namespace siskin::ui
