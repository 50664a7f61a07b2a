// SPDX-License-Identifier: MIT
#include "core/benchmark/merge.hpp"

#include "core/base/error.hpp"
#include "core/base/file.hpp"
#include "core/base/sha256.hpp"
#include "core/benchmark/folder.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <set>

namespace siskin {

namespace fs = std::filesystem;

namespace {

bool hasPlan(const fs::path& folder) {
    std::error_code ignored;
    return fs::is_regular_file(folder / "plan.json", ignored);
}

/// The folder itself, or the shards in it, sorted by name.
std::vector<fs::path> partsIn(const fs::path& folder) {
    std::vector<fs::path> parts;
    std::error_code ignored;
    for (const auto& entry : fs::directory_iterator(folder, ignored)) {
        if (entry.path().filename().string().starts_with("shard-") && hasPlan(entry.path())) {
            parts.push_back(entry.path());
        }
    }
    std::sort(parts.begin(), parts.end());
    if (hasPlan(folder) && !parts.empty()) {
        throw DatasetError(
            fmt::format("{}: both a whole evaluation and shards lie here", folder.string()),
            "name the shard-* folders"
        );
    }
    if (hasPlan(folder)) {
        return {folder};
    }
    if (parts.empty()) {
        throw DatasetError(
            fmt::format(
                "{}: no evaluation in it (plan.json or shard-*/plan.json)", folder.string()
            ),
            "name the --out folder of 'siskin eval'"
        );
    }
    return parts;
}

void requireSamePlan(const EvaluationPart& first, const EvaluationPart& other) {
    const auto difference = firstDifference(identityOf(first.plan), identityOf(other.plan));
    if (!difference.empty()) {
        throw DatasetError(
            fmt::format(
                "{} and {} are not parts of one evaluation: {}",
                first.folder.string(),
                other.folder.string(),
                difference
            ),
            "merge shards of one command only"
        );
    }
    if (first.plan.shard.count != other.plan.shard.count) {
        throw DatasetError(
            fmt::format(
                "{} is one of {} shards, {} one of {}",
                first.folder.string(),
                first.plan.shard.count,
                other.folder.string(),
                other.plan.shard.count
            ),
            "merge shards of one command only"
        );
    }
}

/// The area that all frames of a fold are in, from its split ("area_5").
std::string areaOf(const EvaluationPart& part) {
    const std::string& split = part.plan.split;
    if (part.plan.benchmark != "s3dis" || !split.starts_with("area_") ||
        part.plan.shard.count != 1 || part.plan.models.size() != 1) {
        throw DatasetError(
            fmt::format("{}: no fold of S3DIS", part.folder.string()),
            "a fold is a whole evaluation of one model on one area: siskin eval ROOT --split area_N"
        );
    }
    return split;
}

/// What folds must share: everything but the weights and the frames.
nlohmann::ordered_json foldIdentity(const EvaluationPlan& plan) {
    auto identity = identityOf(plan);
    for (const char* key : {"split", "frames", "frames_sha256"}) {
        identity.erase(key);
    }
    for (auto& model : identity["models"]) {
        for (const char* key : {"label", "source", "weights_sha256", "config_sha256"}) {
            model.erase(key);
        }
    }
    return identity;
}

/// Positions of the whole for the frames of one part.
std::size_t offsetOf(const std::vector<EvaluationPart>& parts, std::size_t part, bool folds) {
    std::size_t offset = 0;
    for (std::size_t i = 0; folds && i < part; ++i) {
        offset += parts[i].plan.frames;
    }
    return offset;
}

} // namespace

std::vector<EvaluationPart> findParts(const std::vector<fs::path>& folders) {
    std::vector<EvaluationPart> parts;
    for (const auto& folder : folders) {
        for (const auto& part : partsIn(folder)) {
            const auto file = part / "plan.json";
            parts.push_back({part, planFromText(readTextFile(file), file.string())});
        }
    }
    return parts;
}

EvaluationPlan joinShards(const std::vector<EvaluationPart>& parts) {
    const std::size_t count = parts.front().plan.shard.count;
    std::vector<const EvaluationPart*> byIndex(count, nullptr);
    for (const auto& part : parts) {
        requireSamePlan(parts.front(), part);
        const EvaluationPart*& place = byIndex.at(part.plan.shard.index - 1);
        if (place != nullptr) {
            throw DatasetError(
                fmt::format(
                    "{} and {} are both shard {}/{}",
                    place->folder.string(),
                    part.folder.string(),
                    part.plan.shard.index,
                    count
                ),
                "name every shard once"
            );
        }
        place = &part;
    }
    const auto gap = std::find(byIndex.begin(), byIndex.end(), nullptr);
    if (gap != byIndex.end()) {
        throw DatasetError(
            fmt::format(
                "{}: shard {}/{} is missing",
                parts.front().folder.parent_path().string(),
                gap - byIndex.begin() + 1,
                count
            ),
            "run it, then merge again"
        );
    }
    EvaluationPlan whole = parts.front().plan;
    whole.shard = {};
    return whole;
}

EvaluationPlan joinFolds(std::vector<EvaluationPart>& parts) {
    constexpr std::size_t kAreas = 6;
    std::sort(parts.begin(), parts.end(), [](const auto& a, const auto& b) {
        return areaOf(a) < areaOf(b);
    });
    std::set<std::string> areas;
    for (const auto& part : parts) {
        areas.insert(areaOf(part));
        const auto difference =
            firstDifference(foldIdentity(parts.front().plan), foldIdentity(part.plan));
        if (!difference.empty()) {
            throw DatasetError(fmt::format(
                "{} and {} are not folds of one evaluation: {}",
                parts.front().folder.string(),
                part.folder.string(),
                difference
            ));
        }
    }
    if (parts.size() != kAreas || areas.size() != kAreas) {
        throw DatasetError(
            fmt::format("{} folds of {} areas, six of six are needed", parts.size(), areas.size()),
            "evaluate area_1 to area_6, each with the model trained on the other five"
        );
    }
    EvaluationPlan whole = parts.front().plan;
    whole.split = "six-fold";
    whole.frames = 0;
    std::string frames;
    std::string weights;
    for (const auto& part : parts) {
        whole.frames += part.plan.frames;
        frames += part.plan.framesSha256;
        weights += part.plan.models.front().weightsSha256 + part.plan.models.front().weights + "\n";
    }
    whole.framesSha256 = sha256Of(frames);
    whole.models.front().label += ", six folds";
    whole.models.front().weightsSha256 = sha256Of(weights);
    whole.models.front().weights = "one per fold";
    return whole;
}

JoinedContent readParts(
    const std::vector<EvaluationPart>& parts,
    const EvaluationPlan& whole,
    bool folds,
    const std::function<void(const FrameRecord&)>& visit
) {
    JoinedContent joined;
    joined.origin.resize(whole.frames);
    for (std::size_t i = 0; i < parts.size(); ++i) {
        const std::size_t offset = offsetOf(parts, i, folds);
        const auto content =
            readJournal(parts[i].folder / "journal.jsonl", parts[i].plan, [&](FrameRecord record) {
                joined.origin.at(offset + record.position) = {i, record.position};
                record.position += offset;
                visit(record);
            });
        std::size_t missing = 0;
        for (std::size_t position = 0; position < parts[i].plan.frames; ++position) {
            missing += parts[i].plan.shard.holds(position) && !content.done[position] ? 1 : 0;
        }
        if (missing > content.failures.size()) {
            throw DatasetError(
                fmt::format(
                    "{}: not finished, {} frames are missing",
                    parts[i].folder.string(),
                    missing - content.failures.size()
                ),
                "run its command again, which goes on where it stopped"
            );
        }
        for (FrameFailure failure : content.failures) {
            failure.position += offset;
            joined.failures.push_back(std::move(failure));
        }
        joined.sessions.insert(
            joined.sessions.end(), content.sessions.begin(), content.sessions.end()
        );
    }
    return joined;
}

} // namespace siskin
