// SPDX-License-Identifier: MIT
#include "core/models/point_network.hpp"

#include "core/base/error.hpp"
#include "core/models/pvcnn.hpp"

#include <fmt/format.h>

namespace siskin {

std::unique_ptr<PointNetwork> makePointNetwork(
    const PointNetworkPlan& plan,
    Parameters& parameters,
    const SparseOps& rows,
    const PointOps& points
) {
    const bool rooms = plan.task == ModelTask::IndoorScene;
    if (plan.kind == ModelKind::Pvcnn && plan.task != ModelTask::LidarScene) {
        return rooms ? makePvcnnForRooms(plan.width, parameters, rows, points)
                     : makePvcnnForShapes(plan.width, parameters, rows, points);
    }
    throw ConfigError(fmt::format("{} does not exist for this task", titleOf(plan.kind)));
}

PointNetworkPlan planFromShapes(ModelKind kind, const Parameters& parameters) {
    PointNetworkPlan plan{.kind = kind};
    const auto first = parameters.shapeOf("point_features.0.voxel_layers.0.weight");
    plan.width = static_cast<double>(first.front()) / 64.0;
    plan.task = first.at(1) == kRoomInputChannels ? ModelTask::IndoorScene : ModelTask::ShapeParts;
    return plan;
}

} // namespace siskin
