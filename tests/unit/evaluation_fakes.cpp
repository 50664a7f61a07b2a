// SPDX-License-Identifier: MIT
#include "tests/unit/evaluation_fakes.hpp"

#include "core/base/cancel.hpp"
#include "core/base/resources.hpp"
#include "core/base/split_mix.hpp"

#include <fmt/format.h>

#include <cstdlib>
#include <functional>
#include <numeric>

namespace siskin::fakes {

namespace {

std::shared_ptr<const ClassMap> spvnasClasses() {
    return std::make_shared<const ClassMap>(
        ClassMap::fromJsonFile(resourcePath("classmaps/semantickitti-spvnas.json"))
    );
}

} // namespace

FakeReader::FakeReader(std::size_t frames) : classMap_(spvnasClasses()) {
    for (std::size_t i = 0; i < frames; ++i) {
        infos_.push_back({fmt::format("00/{:06}", i), "00", {}, true});
    }
}

std::shared_ptr<const Scan> FakeReader::read(std::size_t index) const {
    if (broken.contains(index)) {
        throw DatasetError(fmt::format("{}: made to fail", infos_.at(index).id));
    }
    constexpr std::array<std::uint32_t, 6> kRaw = {10, 40, 48, 70, 13, 0};
    SplitMix64 random(1, index);
    auto scan = std::make_shared<Scan>();
    scan->id = infos_.at(index).id;
    GroundTruth truth;
    for (std::size_t i = 0; i < 20 + index % 7; ++i) {
        const auto place = [&] { return static_cast<float>(random.uniform(-60, 60)); };
        scan->positions.push_back({place(), place(), place()});
        truth.rawIds.push_back(kRaw[random.below(kRaw.size())]);
    }
    truth.classIds = classMap_->classesOf(truth.rawIds);
    truth.classMap = classMap_;
    if (!unlabelled.contains(index)) {
        scan->groundTruth = std::move(truth);
    }
    return scan;
}

FakeModel::FakeModel(std::string label, std::uint64_t seed) : seed_(seed) {
    info_.label = std::move(label);
    info_.weightsSource = "random (seed 1)";
    info_.device = "fake";
    info_.classMap = spvnasClasses();
}

RunResult FakeModel::run(const Scan& scan, const RunOptions& options) const {
    throwIfStopRequested(options.stop);
    if (onRun) {
        onRun(scan);
    }
    if (scan.id == refuses) {
        throw DatasetError(fmt::format("{}: this model does not take it", scan.id));
    }
    RunResult result;
    result.model = info_;
    result.scanId = scan.id;
    result.points = static_cast<std::int64_t>(scan.pointCount());
    result.voxels = result.points / 2;
    result.prediction.model = info_.label;
    result.prediction.classMap = info_.classMap;
    SplitMix64 random(seed_, std::hash<std::string>()(scan.id));
    for (std::size_t i = 0; i < scan.pointCount(); ++i) {
        const bool right = scan.groundTruth && random.uniform() < 0.8;
        const auto guess = static_cast<ClassId>(random.below(info_.classMap->size()));
        result.prediction.classIds.push_back(right ? scan.groundTruth->classIds[i] : guess);
        result.prediction.confidence.push_back(static_cast<float>(random.uniform()));
    }
    result.trace.root.duration = 0.001;
    result.trace.root.children.push_back({.name = "network", .duration = 0.001});
    return result;
}

EvaluationPlan planOf(const FakeReader& reader, const std::vector<const FakeModel*>& models) {
    EvaluationPlan plan;
    plan.dataset = reader.title();
    plan.benchmark = reader.benchmark();
    plan.frames = reader.frames().size();
    plan.framesSha256 = fmt::format("{} frames", plan.frames);
    plan.device = "cpu";
    plan.program = "test";
    for (const FakeModel* model : models) {
        PlannedModel planned;
        planned.label = model->info().label;
        planned.kind = "fake";
        planned.weights = model->info().weightsSource;
        planned.precision = "fp32";
        planned.classMap = model->info().classMap;
        planned.rules = scoreRules(plan.benchmark, planned.classMap);
        plan.models.push_back(std::move(planned));
    }
    return plan;
}

TemporaryFolder::TemporaryFolder() {
    auto name = (std::filesystem::temp_directory_path() / "siskin-evaluation-XXXXXX").string();
    path_ =
        ::mkdtemp(name.data()) == nullptr ? std::filesystem::path() : std::filesystem::path(name);
}

TemporaryFolder::~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
}

std::string scoresText(const EvaluationSummary& summary) {
    std::string text = summary.dataSha256() + "\n";
    for (const auto& row : summary.rows()) {
        text += fmt::format("{} {} {}", row.position, row.frame, row.points);
        for (const auto& model : row.models) {
            text += fmt::format(" {} {}", model.meanIou.value_or(-1), model.accuracy.value_or(-1));
        }
        text += "\n";
    }
    for (std::size_t i = 0; i < summary.plan().models.size(); ++i) {
        const auto totals = summary.totals(i);
        for (const auto& rule : totals.rules) {
            for (const auto& figure : rule.figures) {
                text += fmt::format("{} {} {}\n", rule.rule.name, figure.name, figure.value);
            }
        }
        for (const auto& strata : totals.strata) {
            for (std::size_t bin = 0; bin < strata.bins(); ++bin) {
                text += fmt::format(
                    "{} {}\n", strata.scoredPoints(bin), strata.meanIou(bin).value_or(-1)
                );
            }
        }
        text +=
            fmt::format("{}\n", totals.calibration ? totals.calibration->expectedError() : -1.0);
    }
    for (const auto& failure : summary.failures()) {
        text += fmt::format("failed {} {}\n", failure.position, failure.message);
    }
    return text;
}

} // namespace siskin::fakes
