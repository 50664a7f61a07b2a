// SPDX-License-Identifier: MIT
#include "core/models/point_network.hpp"

#include "core/base/error.hpp"
#include "core/models/dgcnn.hpp"
#include "core/models/pointnet.hpp"
#include "core/models/pointnet2.hpp"
#include "core/models/pvcnn.hpp"
#include "core/models/pvcnn2.hpp"

#include <fmt/format.h>

#include <cmath>

namespace siskin {

std::string_view titleOf(ModelTask task) {
    switch (task) {
    case ModelTask::LidarScene:
        return "LiDAR scenes";
    case ModelTask::ShapeParts:
        return "the parts of shapes";
    case ModelTask::IndoorScene:
        break;
    }
    return "rooms";
}

namespace {

void requireExisting(const PointNetworkPlan& plan) {
    if (existsFor(plan.kind, plan.task)) {
        return;
    }
    std::string others;
    for (const auto kind : kModelKinds) {
        if (existsFor(kind, plan.task)) {
            others += fmt::format("{}{}", others.empty() ? "" : ", ", toString(kind));
        }
    }
    throw ConfigError(
        fmt::format("{} does not exist for {}", titleOf(plan.kind), titleOf(plan.task)),
        fmt::format("networks that do: {}", others)
    );
}

/// Every layer must keep a channel.
void requireWidth(const PointNetworkPlan& plan) {
    constexpr double kWidest = 16.0;
    const bool squeezed = plan.kind == ModelKind::Pvcnn && plan.task == ModelTask::ShapeParts;
    const double narrowest = plan.kind == ModelKind::Pvcnn2 ? 8.0 / 32.0 // squeezed to an eighth
                             : squeezed                     ? 8.0 / 64.0
                                                            : 1.0 / 32.0;
    if (!(plan.width >= narrowest && plan.width <= kWidest)) {
        throw ConfigError(fmt::format(
            "{} cannot be {} wide; widths from {} to {} work",
            titleOf(plan.kind),
            plan.width,
            narrowest,
            kWidest
        ));
    }
}

/// The width with the fewest decimals at which `channels` become `found`.
double widthThatGives(std::int64_t found, std::int64_t channels) {
    const double exact = static_cast<double>(found) / static_cast<double>(channels);
    for (double steps = 1.0; steps <= 1e6; steps *= 10.0) {
        const double width = std::ceil(exact * steps) / steps;
        if (scaled(width, channels) == found) {
            return width;
        }
    }
    return exact;
}

} // namespace

std::int64_t scaled(double width, std::int64_t channels) {
    return static_cast<std::int64_t>(width * static_cast<double>(channels));
}

std::vector<std::int64_t> scaledAll(double width, const std::vector<std::int64_t>& channels) {
    std::vector<std::int64_t> result;
    for (const auto count : channels) {
        result.push_back(scaled(width, count));
    }
    return result;
}

std::unique_ptr<PointNetwork> makePointNetwork(
    const PointNetworkPlan& plan,
    Parameters& parameters,
    const SparseOps& rows,
    const PointOps& points
) {
    requireExisting(plan);
    requireWidth(plan);
    const bool rooms = plan.task == ModelTask::IndoorScene;
    switch (plan.kind) {
    case ModelKind::Pvcnn:
        return rooms ? makePvcnnForRooms(plan.width, parameters, rows, points)
                     : makePvcnnForShapes(plan.width, parameters, rows, points);
    case ModelKind::Pvcnn2:
        return makePvcnn2(plan.width, parameters, rows, points);
    case ModelKind::PointNet:
        return rooms ? makePointNetForRooms(plan.width, parameters, rows)
                     : makePointNetForShapes(plan.width, parameters, rows);
    case ModelKind::PointNet2Ssg:
        return makePointNet2Ssg(plan.width, parameters, rows);
    case ModelKind::PointNet2Msg:
        return makePointNet2Msg(plan.width, parameters, rows);
    case ModelKind::Dgcnn:
        return makeDgcnn(plan.width, parameters, rows);
    case ModelKind::MinkUNet:
    case ModelKind::Spvcnn:
    case ModelKind::Spvnas:
        break;
    }
    throw ConfigError(fmt::format("{} is not a network on clouds", titleOf(plan.kind)));
}

PointNetworkPlan planFromShapes(ModelKind kind, const Parameters& parameters) {
    const auto sizes = [&parameters](const char* name) {
        const auto shape = parameters.shapeOf(name);
        if (shape.size() < 2 || shape[0] < 1) {
            throw CheckpointError(
                fmt::format("{}: '{}' is not the weight of a layer", parameters.origin(), name)
            );
        }
        return shape;
    };
    PointNetworkPlan plan{.kind = kind, .task = ModelTask::IndoorScene};
    if (kind == ModelKind::Dgcnn) {
        plan.width = widthThatGives(sizes("conv6.0.weight")[0], 1024);
    } else if (kind == ModelKind::Pvcnn2) {
        plan.width = widthThatGives(sizes("sa_layers.3.mlps.0.layers.6.weight")[0], 512);
    } else if (kind == ModelKind::PointNet2Ssg || kind == ModelKind::PointNet2Msg) {
        plan.task = ModelTask::ShapeParts;
        plan.width = widthThatGives(sizes("sa_layers.2.mlps.0.layers.6.weight")[0], 1024);
    } else {
        const bool voxels = kind == ModelKind::Pvcnn;
        const auto first = sizes(
            voxels ? "point_features.0.voxel_layers.0.weight" : "point_features.0.layers.0.weight"
        );
        const bool rooms = first[1] == kRoomInputChannels;
        plan.task = rooms ? ModelTask::IndoorScene : ModelTask::ShapeParts;
        plan.width =
            widthThatGives(sizes("point_features.4.layers.0.weight")[0], rooms ? 1024 : 2048);
    }
    return plan;
}

} // namespace siskin
