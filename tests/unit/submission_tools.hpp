// SPDX-License-Identifier: MIT
// Class maps and predictions for the tests of core/submission and of offline models.
#pragma once

#include "core/base/resources.hpp"
#include "core/scan/prediction.hpp"
#include "core/scan/scan.hpp"

#include <fmt/format.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace siskin::test {

inline std::shared_ptr<const ClassMap> shippedMap(const std::string& name) {
    return std::make_shared<const ClassMap>(
        ClassMap::fromJsonFile(resourcePath("classmaps") / (name + ".json"))
    );
}

/// Classes of nuScenes as PCLSegmentation merged them: road, sidewalk, building, pole, vegetation,
/// person, two-wheeler, car, truck, bus; data/README.md says which fine label stands for each.
inline std::shared_ptr<const ClassMap> mergedNuScenes() {
    std::string classes;
    for (const int raw : {24, 26, 28, 9, 30, 2, 21, 17, 23, 16}) {
        classes += fmt::format(
            R"({}{{"name": "c{}", "colour": [1, 2, 3], "rawIds": [{}], "submissionId": {}}})",
            classes.empty() ? "" : ",",
            raw,
            raw,
            raw
        );
    }
    return std::make_shared<const ClassMap>(ClassMap::fromJson(
        R"({"format": "siskin-classmap-1", "name": "nuscenes-merged", "title": "merged",
            "ignored": {"name": "none", "colour": [0, 0, 0], "rawIds": [0], "submissionId": 0},
            "classes": [)" +
            classes + "]}",
        "test"
    ));
}

inline Prediction predictionOf(std::shared_ptr<const ClassMap> map, std::vector<ClassId> ids) {
    Prediction prediction;
    prediction.model = "net";
    prediction.confidence.assign(ids.size(), 0.5F);
    prediction.classIds = std::move(ids);
    prediction.classMap = std::move(map);
    return prediction;
}

/// Every class of the map in turn, from the last to the first.
inline std::vector<ClassId> everyClass(const ClassMap& map) {
    std::vector<ClassId> ids;
    for (std::size_t id = map.size(); id > 0; --id) {
        ids.push_back(static_cast<ClassId>(id - 1));
    }
    return ids;
}

inline std::shared_ptr<Scan>
scanOf(const std::string& id, std::size_t points, const std::string& benchmarkName = {}) {
    auto scan = std::make_shared<Scan>();
    scan->id = id;
    scan->benchmarkName = benchmarkName;
    scan->positions.resize(points, {1.0F, 2.0F, 3.0F});
    return scan;
}

} // namespace siskin::test
