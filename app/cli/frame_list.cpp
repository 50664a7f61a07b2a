// SPDX-License-Identifier: MIT
#include "app/cli/frame_list.hpp"

#include "app/cli/suggest.hpp"
#include "core/base/error.hpp"
#include "core/base/resources.hpp"
#include "datasets/open.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace siskin::cli {

namespace {

bool matches(const std::string& frameId, const std::string& wanted) {
    return frameId == wanted || frameId.ends_with(fmt::format("/{}", wanted));
}

void checkIds(const std::vector<PendingFrame>& frames, const std::vector<std::string>& ids) {
    for (const auto& id : ids) {
        std::vector<std::string> known;
        for (const auto& frame : frames) {
            known.push_back(frame.info().id);
        }
        const bool found = std::any_of(known.begin(), known.end(), [&id](const std::string& frame) {
            return matches(frame, id);
        });
        if (!found) {
            throw ConfigError(
                fmt::format("no frame '{}' among {}", id, known.size()),
                didYouMean(id, known, "'siskin info FOLDER' lists the frames")
            );
        }
    }
}

} // namespace

std::vector<PendingFrame> listFrames(
    const std::vector<std::string>& scans,
    const std::vector<std::string>& ids,
    const std::shared_ptr<const ClassMap>& classMap,
    std::size_t earlierScans
) {
    std::vector<PendingFrame> frames;
    for (const auto& scan : scans) {
        const std::shared_ptr<const DatasetReader> reader =
            openDataset(scan, classMap, earlierScans);
        if (reader->frames().empty()) {
            throw DatasetError(fmt::format("{}: no frame in it", scan));
        }
        for (std::size_t i = 0; i < reader->frames().size(); ++i) {
            frames.push_back({reader, i});
        }
    }
    keepFrames(frames, ids);
    return frames;
}

void keepFrames(std::vector<PendingFrame>& frames, const std::vector<std::string>& ids) {
    checkIds(frames, ids);
    if (!ids.empty()) {
        std::erase_if(frames, [&ids](const PendingFrame& frame) {
            return std::none_of(ids.begin(), ids.end(), [&frame](const std::string& id) {
                return matches(frame.info().id, id);
            });
        });
    }
}

std::shared_ptr<const ClassMap> loadClassMap(const std::string& nameOrFile) {
    if (nameOrFile.empty()) {
        return nullptr;
    }
    std::error_code ignored;
    if (std::filesystem::is_regular_file(nameOrFile, ignored)) {
        return std::make_shared<const ClassMap>(ClassMap::fromJsonFile(nameOrFile));
    }
    std::vector<std::string> known;
    for (const auto& entry : std::filesystem::directory_iterator(resourcePath("classmaps"))) {
        if (entry.path().extension() == ".json") {
            known.push_back(entry.path().stem().string());
        }
    }
    std::sort(known.begin(), known.end());
    if (std::find(known.begin(), known.end(), nameOrFile) == known.end()) {
        throw ConfigError(
            fmt::format("'{}' is neither a class map nor a file", nameOrFile),
            didYouMean(nameOrFile, known, fmt::format("known maps: {}", fmt::join(known, ", ")))
        );
    }
    return std::make_shared<const ClassMap>(
        ClassMap::fromJsonFile(resourcePath("classmaps") / (nameOrFile + ".json"))
    );
}

} // namespace siskin::cli
