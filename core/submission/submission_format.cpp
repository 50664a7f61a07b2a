// SPDX-License-Identifier: MIT
#include "core/submission/submission_format.hpp"

#include "core/base/error.hpp"
#include "core/base/file.hpp"
#include "core/base/file_name.hpp"
#include "core/base/resources.hpp"
#include "core/submission/description.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>
#include <optional>

namespace siskin {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view kSemanticKitti = "semantickitti";
constexpr std::string_view kNuScenes = "nuscenes";
constexpr std::array<std::string_view, 5> kBenchmarks = {
    "", kSemanticKitti, kNuScenes, "s3dis", "shapenetpart"};

bool isDigits(std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char character) {
        return character >= '0' && character <= '9';
    });
}

/// Can be a file's name as it is.
bool isPlainName(std::string_view text) {
    return !text.empty() && text.front() != '.' && text.find('/') == std::string_view::npos;
}

/// "a/b" whose parts can be a folder and a file as they are.
bool isPlainPair(std::string_view id) {
    const auto slash = id.find('/');
    return slash != std::string_view::npos && isPlainName(id.substr(0, slash)) &&
           isPlainName(id.substr(slash + 1));
}

fs::path sequencePath(std::string_view id) {
    const auto slash = id.find('/');
    if (isPlainPair(id) && isDigits(id.substr(0, slash)) && isDigits(id.substr(slash + 1))) {
        return fs::path("sequences") / id.substr(0, slash) / "predictions" /
               fmt::format("{}.label", id.substr(slash + 1));
    }
    return fs::path("predictions") / (fileNameFrom(id) + ".label");
}

/// What one class of a prediction is in a file; empty when the benchmark has no value for it.
using Values = std::array<std::optional<std::int64_t>, 256>;

std::size_t pointsToWrite(const Prediction& prediction, std::size_t contextPoints) {
    return prediction.classIds.size() - std::min(contextPoints, prediction.classIds.size());
}

/// The class of `wanted` that a class of the challenge is, by any of its raw ids.
ClassId classOfAny(const ClassMap& wanted, const ClassInfo& info) {
    ClassId id = wanted.classOf(info.submissionId);
    for (std::size_t i = 0; i < info.rawIds.size() && id == kIgnored; ++i) {
        id = wanted.classOf(info.rawIds[i]);
    }
    return id;
}

} // namespace

SubmissionFormat::SubmissionFormat(std::string_view benchmark, std::string_view split)
    : benchmark_(benchmark), split_(split.empty() ? "all" : split) {
    if (std::find(kBenchmarks.begin(), kBenchmarks.end(), benchmark) == kBenchmarks.end()) {
        throw ConfigError(
            fmt::format("no benchmark '{}' is known", benchmark),
            "known are semantickitti, nuscenes, s3dis and shapenetpart"
        );
    }
    if (benchmark == kNuScenes) {
        challenge_ = std::make_shared<const ClassMap>(
            ClassMap::fromJsonFile(resourcePath("classmaps/nuscenes-lidarseg.json"))
        );
    }
}

LabelEncoding SubmissionFormat::encoding() const noexcept {
    if (benchmark_.empty() || benchmark_ == kSemanticKitti) {
        return LabelEncoding::Raw32;
    }
    return challenge_ ? LabelEncoding::Challenge8 : LabelEncoding::NumberLines;
}

fs::path SubmissionFormat::path(std::string_view id, std::string_view benchmarkName) const {
    if (encoding() == LabelEncoding::Raw32) {
        return sequencePath(id);
    }
    if (challenge_) {
        const auto token = isPlainName(benchmarkName)
                               ? std::string(benchmarkName)
                               : fileNameFrom(benchmarkName.empty() ? id : benchmarkName);
        return fs::path("lidarseg") / split_ / fmt::format("{}_lidarseg.bin", token);
    }
    const auto name = benchmarkName.empty() ? id : benchmarkName;
    return isPlainPair(name) ? fs::path(fmt::format("{}.txt", name))
                             : fs::path("predictions") / (fileNameFrom(name) + ".txt");
}

std::vector<std::byte> SubmissionFormat::encode(
    const Prediction& prediction, std::size_t contextPoints, std::string_view frame
) const {
    const ClassMap& map = *prediction.classMap;
    if (!benchmark_.empty() && map.name().substr(0, map.name().find('-')) != benchmark_) {
        throw ConfigError(
            fmt::format(
                "{}: {} speaks the classes '{}', which {} does not know",
                frame,
                prediction.model,
                map.name(),
                benchmark_
            ),
            fmt::format("its class map must be one of '{}-...'", benchmark_)
        );
    }
    Values values;
    for (std::size_t id = 0; id < values.size(); ++id) {
        const bool isClass = id < map.size();
        const auto raw = map.info(static_cast<ClassId>(id)).submissionId;
        if (benchmark_.empty() || (isClass && !challenge_)) {
            values[id] = raw;
        } else if (isClass && challenge_->classOf(raw) != kIgnored) {
            values[id] = challenge_->classOf(raw) + 1;
        } else if (!challenge_) {
            values[id] = encoding() == LabelEncoding::Raw32 ? 0 : -1;
        }
    }
    LabelWriter writer(encoding(), pointsToWrite(prediction, contextPoints));
    for (std::size_t i = 0; i < pointsToWrite(prediction, contextPoints); ++i) {
        const auto value = values[prediction.classIds[i]];
        if (!value) {
            throw DatasetError(
                fmt::format(
                    "{}: point {} has no class that {} can be told, and its server refuses files "
                    "with such points",
                    frame,
                    i,
                    benchmark_
                ),
                "every point needs one of the 16 classes"
            );
        }
        writer.add(*value);
    }
    return writer.take();
}

fs::path SubmissionFormat::write(
    const fs::path& folder, const Scan& scan, const Prediction& prediction
) const {
    const auto file = folder / path(scan.id, scan.benchmarkName);
    writeFileAtomically(file, encode(prediction, scan.contextPoints, scan.id));
    return file;
}

void SubmissionFormat::writeDescription(const fs::path& folder) const {
    if (challenge_) {
        writeFileAtomically(folder / split_ / "submission.json", lidarOnlyDescription());
    }
}

std::vector<ClassId> SubmissionFormat::decode(
    std::span<const std::byte> content,
    LabelEncoding encoding,
    const ClassMap& wanted,
    const std::string& origin
) const {
    constexpr std::int64_t kInstanceBits = 0xFFFF;
    const auto mask =
        benchmark_ == kSemanticKitti ? kInstanceBits : std::numeric_limits<std::int64_t>::max();
    const auto values = readLabels(content, encoding, origin);
    std::vector<ClassId> classes(values.size(), kIgnored);
    for (std::size_t i = 0; i < values.size(); ++i) {
        if (encoding != LabelEncoding::Challenge8) {
            classes[i] = values[i] < 0
                             ? kIgnored
                             : wanted.classOf(static_cast<std::uint32_t>(values[i] & mask));
            continue;
        }
        if (!challenge_ || values[i] > static_cast<std::int64_t>(challenge_->size())) {
            throw DatasetError(
                fmt::format(
                    "{}: byte {}: {} is no class of the nuScenes-lidarseg challenge",
                    origin,
                    i,
                    values[i]
                ),
                "predictions are 1 to 16; other numbers are those of the data set's own label files"
            );
        }
        classes[i] =
            values[i] == 0
                ? kIgnored
                : classOfAny(wanted, challenge_->info(static_cast<ClassId>(values[i] - 1)));
    }
    return classes;
}

} // namespace siskin
