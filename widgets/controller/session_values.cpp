// SPDX-License-Identifier: MIT
#include "widgets/controller/session_values.hpp"

#include "core/report/scan_view.hpp"
#include "core/scan/shape_categories.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

namespace siskin::ui {

namespace {

SceneKind sceneKindOf(const Scan& scan, ModelTask ofClasses) {
    if (scan.shapeCategory || ofClasses == ModelTask::ShapeParts) {
        return SceneKind::Shape;
    }
    return ofClasses == ModelTask::IndoorScene ? SceneKind::Room : SceneKind::Street;
}

std::vector<ClassId> classesOf(const Scan& scan, const ClassMap& map) {
    std::vector<ClassId> ids(map.size());
    std::iota(ids.begin(), ids.end(), ClassId{0});
    const bool parts = scan.shapeCategory && map.size() == kShapePartCount;
    if (parts) {
        const ShapeCategory& category = kShapeCategories[*scan.shapeCategory];
        std::erase_if(ids, [&category](ClassId id) { return !category.hasPart(id); });
    }
    return ids;
}

/// A copy of `colouring` whose points obey the switches of the data set's classes.
std::shared_ptr<const Colouring> withSwitches(
    const std::shared_ptr<const Colouring>& colouring, const std::vector<ClassId>& legendIds
) {
    auto changed = std::make_shared<Colouring>(*colouring);
    for (ClassId& id : changed->switchIds) {
        id = id < legendIds.size() ? legendIds[id] : kIgnored;
    }
    return changed;
}

bool isIdentity(const std::vector<ClassId>& ids) {
    for (std::size_t i = 0; i < ids.size(); ++i) {
        if (ids[i] != i) {
            return false;
        }
    }
    return true;
}

} // namespace

std::vector<ClassId> sameClasses(const ClassMap& from, const ClassMap& to) {
    std::vector<ClassId> ids;
    ids.reserve(from.size());
    for (const ClassInfo& wanted : from.classes()) {
        const auto found =
            std::find_if(to.classes().begin(), to.classes().end(), [&wanted](const auto& info) {
                return info.name == wanted.name;
            });
        const bool known = found != to.classes().end();
        ids.push_back(known ? static_cast<ClassId>(found - to.classes().begin()) : kIgnored);
    }
    return ids;
}

std::shared_ptr<const LoadedFrame> loadFrame(const DatasetReader& dataset, std::size_t index) {
    auto frame = std::make_shared<LoadedFrame>();
    frame->index = index;
    frame->info = dataset.frames().at(index);
    frame->scan = dataset.read(index);
    const Scan& scan = *frame->scan;
    const ClassMap& map = *dataset.classMap();
    const ModelTask ofClasses = taskOfClasses(map.name());
    const SceneKind kind = sceneKindOf(scan, ofClasses);
    frame->task = taskOf(scan, ofClasses);
    frame->classes = classesOf(scan, map);
    frame->cloud = makeCloudPoints(frame->scan, kind);
    std::span<const ClassId> switchIds;
    if (scan.groundTruth) {
        switchIds = scan.groundTruth->classIds;
        frame->truth = colourByClass(switchIds, *scan.groundTruth->classMap);
    }
    if (const PointField* intensity = scan.field("intensity")) {
        frame->intensity = colourByValue(intensity->values, switchIds);
    }
    frame->height = colourByHeight(scan, switchIds, kind);
    frame->colours = colourByColour(scan, switchIds);
    frame->normals = colourByNormal(scan, switchIds);
    return frame;
}

std::shared_ptr<const ModelOutcome> runModel(
    const LoadedModel& model, const Scan& scan, const ClassMap* legend, const RunOptions& options
) {
    auto outcome = std::make_shared<ModelOutcome>();
    outcome->result = model.run(scan, options);
    const Prediction& prediction = outcome->result.prediction;
    const ClassMap& map = *prediction.classMap;
    outcome->scores = scorePrediction(scan, prediction);
    outcome->prediction = colourByClass(prediction.classIds, map);
    if (const auto truth = groundTruthIn(scan, map)) {
        outcome->rightWrong = colourRightWrong(*truth, prediction.classIds);
    }
    outcome->legendIds = sameClasses(map, legend != nullptr ? *legend : map);
    if (!isIdentity(outcome->legendIds)) {
        outcome->prediction = withSwitches(outcome->prediction, outcome->legendIds);
        if (outcome->rightWrong) {
            outcome->rightWrong = withSwitches(outcome->rightWrong, outcome->legendIds);
        }
    }
    return outcome;
}

} // namespace siskin::ui
