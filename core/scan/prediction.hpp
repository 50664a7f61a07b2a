// SPDX-License-Identifier: MIT
// What a model said about a scan: one class and one confidence per raw point, never per voxel.
#pragma once

#include "core/scan/class_map.hpp"

#include <memory>
#include <string>
#include <vector>

namespace siskin {

struct Prediction {
    std::string model;                        ///< label of the model that said it
    std::vector<ClassId> classIds;            ///< N, indices into `classMap`
    std::vector<float> confidence;            ///< N, softmax probability of that class, 0..1
    std::shared_ptr<const ClassMap> classMap; ///< the classes it speaks
};

} // namespace siskin
