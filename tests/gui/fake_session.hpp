// SPDX-License-Identifier: MIT
// A made-up data set and scripted models, so that sessions can be tested without files or LibTorch.
#pragma once

#include "widgets/controller/services.hpp"

#include <atomic>
#include <chrono>
#include <memory>
#include <string>

namespace siskin::test {

/// Six classes with plain colours.
std::shared_ptr<const ClassMap> fakeClassMap();

/// A road with cars, houses and trees: `points` points, some of them unlabelled.
std::shared_ptr<const Scan>
fakeScan(const std::string& id, std::size_t points, bool labelled = true);

enum class FakeScene { Street, Room, Shape };

/// What the scripted services do; may be changed between runs. Must outlive the services.
struct Script {
    std::atomic<int> framesRead{0};
    std::atomic<int> runsStarted{0};
    std::atomic<int> runsFinished{0};
    std::atomic<int> runMilliseconds{0}; ///< spread over ten steps that look at the stop token
    std::atomic<bool> ignoreStop{false}; ///< a model that never looks
    std::atomic<bool> failRun{false};
    std::atomic<bool> failLoad{false};
    std::atomic<int> points{4000};
    std::atomic<int> frames{3}; ///< of data sets opened from now on
    std::atomic<bool> withEnergy{true};
};

/// Frames "00/000000", "00/000001" ...; the last one has no labels. Opening "missing" throws,
/// "rooms" and "shapes" gives these (all with labels). PVCNN, PVCNN++, PointNet and DGCNN want
/// rooms here, PointNet++ shapes.
ui::Services fakeServices(Script& script);

} // namespace siskin::test
