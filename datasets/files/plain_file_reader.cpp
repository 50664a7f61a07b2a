// SPDX-License-Identifier: MIT
#include "datasets/files/plain_file_reader.hpp"

#include "core/base/error.hpp"
#include "datasets/files/pcd_file.hpp"
#include "datasets/files/ply_file.hpp"
#include "datasets/files/scan_of_records.hpp"
#include "datasets/files/text_points.hpp"
#include "datasets/names.hpp"
#include "datasets/paths.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <chrono>
#include <map>

namespace siskin {

namespace {

namespace fs = std::filesystem;

std::string extensionOf(const fs::path& file) {
    return lowerCase(file.extension().string());
}

bool isPointFile(const fs::path& path) {
    const auto& known = kPointFileExtensions;
    return std::find(known.begin(), known.end(), extensionOf(path)) != known.end() && isFile(path);
}

Records recordsOf(const fs::path& file) {
    const std::string extension = extensionOf(file);
    if (extension == ".ply") {
        return readPly(file);
    }
    return extension == ".pcd" ? readPcd(file) : readTextPoints(file);
}

} // namespace

bool looksLikePointFiles(const fs::path& path) {
    const fs::path place = cleanPath(path);
    if (isFile(place)) {
        return isPointFile(place);
    }
    if (isFolder(place / "sequences") || isFolder(place / "velodyne")) {
        return false;
    }
    const auto entries = sortedEntries(place);
    return std::any_of(entries.begin(), entries.end(), isPointFile);
}

PlainFileReader::PlainFileReader(const fs::path& path, std::shared_ptr<const ClassMap> classMap)
    : classMap_(std::move(classMap)) {
    if (!classMap_) {
        throw ConfigError("point files need a class map for what networks say about them");
    }
    const fs::path place = cleanPath(path);
    const auto entries = isFolder(place) ? sortedEntries(place) : std::vector{place};
    std::map<std::string, int> stems;
    std::size_t others = 0;
    for (const fs::path& file : entries) {
        if (isPointFile(file)) {
            const std::string stem = file.stem().string();
            infos_.push_back({stem, file.parent_path().filename().string(), file, false});
            ++stems[stem];
        } else if (isFile(file)) {
            ++others;
        }
    }
    if (infos_.empty()) {
        throw DatasetError(
            fmt::format("{}: no point file is here", path.string()),
            fmt::format("known extensions: {}", fmt::join(kPointFileExtensions, " "))
        );
    }
    for (FrameInfo& info : infos_) {
        if (stems[info.id] > 1) {
            info.id = info.file.filename().string();
        }
    }
    if (others > 0) {
        warnings_.push_back(fmt::format("{}: {} other files are left out", place.string(), others));
    }
}

std::string PlainFileReader::title() const {
    return fmt::format("{} point file{}", infos_.size(), infos_.size() == 1 ? "" : "s");
}

std::shared_ptr<const Scan> PlainFileReader::read(std::size_t index) const {
    const auto begin = std::chrono::steady_clock::now();
    if (index >= infos_.size()) {
        throw DatasetError(fmt::format("file {} does not exist: there are {}", index, infos_.size())
        );
    }
    auto scan = std::make_shared<Scan>();
    scan->id = infos_[index].id;
    scan->source = infos_[index].file;
    fillScan(recordsOf(scan->source), *scan);
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
    scan->readSeconds = took.count();
    return scan;
}

} // namespace siskin
