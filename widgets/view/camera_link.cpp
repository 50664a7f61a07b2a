// SPDX-License-Identifier: MIT
#include "widgets/view/camera_link.hpp"

#include "widgets/scene/cloud_scene.hpp"
#include "widgets/view/vtk_view.hpp"

#include <algorithm>

namespace siskin::ui {

void CameraLink::add(VtkView& view, CloudScene& scene) {
    members_.push_back({&view, &scene});
    connect(&view, &VtkView::cameraMoved, this, [this, &view] { follow(view); });
    connect(&view, &QObject::destroyed, this, [this, gone = &view] {
        std::erase_if(members_, [gone](const Member& member) { return member.view == gone; });
    });
}

CameraLink::Member* CameraLink::find(const VtkView& view) {
    const auto found =
        std::find_if(members_.begin(), members_.end(), [&view](const Member& member) {
            return member.view == &view;
        });
    return found == members_.end() ? nullptr : &*found;
}

void CameraLink::setLinked(const VtkView& view, bool linked) {
    Member* member = find(view);
    if (member == nullptr || member->linked == linked) {
        return;
    }
    const auto leader = std::find_if(members_.begin(), members_.end(), [](const Member& other) {
        return other.linked;
    });
    if (linked && leader != members_.end()) {
        member->scene->setPose(leader->scene->pose());
        member->view->requestRender();
    }
    member->linked = linked;
}

void CameraLink::follow(const VtkView& leader) {
    const Member* source = find(leader);
    if (source == nullptr) {
        return;
    }
    const CameraPose pose = source->scene->pose();
    for (Member& member : members_) {
        const bool echo = member.view == &leader || member.scene->pose() == pose;
        if (source->linked && member.linked && !echo) {
            member.scene->setPose(pose);
            member.view->requestRender();
        }
    }
    emit moved();
}

} // namespace siskin::ui
