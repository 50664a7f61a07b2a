// SPDX-License-Identifier: MIT
#include "datasets/semantickitti/layout.hpp"

#include "core/base/error.hpp"
#include "datasets/paths.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <set>
#include <system_error>

namespace siskin {

namespace {

namespace fs = std::filesystem;

const fs::path kVelodyne = "velodyne";
const fs::path kLabels = "labels";
const fs::path kSequences = "sequences";
constexpr const char* kExpected = "expected: <root>/sequences/NN/velodyne/FFFFFF.bin, the folder "
                                  "of one sequence, or one .bin file";

/// What a folder holds, sorted by name.
std::vector<fs::path> entriesOf(const fs::path& folder) {
    std::error_code status;
    std::vector<fs::path> entries;
    for (fs::directory_iterator entry(folder, status), end; !status && entry != end;
         entry.increment(status)) {
        entries.push_back(entry->path());
    }
    if (status) {
        throw DatasetError(
            fmt::format("{}: cannot list the folder: {}", folder.string(), status.message()),
            "check the permissions"
        );
    }
    std::sort(entries.begin(), entries.end());
    return entries;
}

std::string nameOf(const fs::path& path) {
    return cleanPath(path).filename().string();
}

/// The official splits (Behley et al., ICCV 2019, section 4); none for folders of other names.
std::vector<std::string> splitsOfSequence(const std::string& name) {
    const bool isNumber =
        name.size() == 2 && name >= "00" && name <= "21" &&
        std::all_of(name.begin(), name.end(), [](char c) { return c >= '0' && c <= '9'; });
    if (!isNumber) {
        return {};
    }
    return {name == "08" ? "val" : name <= "10" ? "train" : "test"};
}

bool hasScans(const fs::path& sequence) {
    if (!isFolder(sequence / kVelodyne)) {
        return false;
    }
    const auto files = entriesOf(sequence / kVelodyne);
    return std::any_of(files.begin(), files.end(), [](const fs::path& file) {
        return file.extension() == ".bin";
    });
}

std::vector<SemanticKittiFrame> framesOfSequence(const fs::path& sequence) {
    std::set<fs::path> labels;
    if (isFolder(sequence / kLabels)) {
        const auto files = entriesOf(sequence / kLabels);
        labels.insert(files.begin(), files.end());
    }
    const std::string name = nameOf(sequence);
    const auto splits = splitsOfSequence(name);
    std::vector<SemanticKittiFrame> frames;
    for (const fs::path& file : entriesOf(sequence / kVelodyne)) {
        if (file.extension() != ".bin") {
            continue;
        }
        const fs::path label = (sequence / kLabels / file.stem()) += ".label";
        SemanticKittiFrame frame;
        frame.info = {name + "/" + file.stem().string(), name, file, labels.contains(label)};
        frame.info.splits = splits;
        frame.labelFile = frame.info.hasLabels ? label : fs::path();
        frame.sequence = sequence;
        frames.push_back(std::move(frame));
    }
    if (frames.empty()) {
        throw DatasetError(fmt::format("{}: holds no .bin file", (sequence / kVelodyne).string()));
    }
    return frames;
}

SemanticKittiLayout layoutOfSequences(const fs::path& folder) {
    SemanticKittiLayout layout;
    for (const fs::path& sequence : entriesOf(folder)) {
        if (!isFolder(sequence)) {
            continue;
        }
        if (!isFolder(sequence / kVelodyne)) {
            layout.warnings.push_back(
                fmt::format("{}: left out: it has no velodyne folder", sequence.string())
            );
            continue;
        }
        try {
            auto frames = framesOfSequence(sequence);
            std::move(frames.begin(), frames.end(), std::back_inserter(layout.frames));
        } catch (const DatasetError& error) {
            layout.warnings.push_back(fmt::format("left out: {}", error.line()));
        }
    }
    if (layout.frames.empty()) {
        throw DatasetError(
            fmt::format(
                "{}: this looks like the sequences folder of SemanticKITTI, but {}",
                folder.string(),
                layout.warnings.empty()
                    ? "it is empty"
                    : "no NN/velodyne/*.bin is in it; " + layout.warnings.front()
            ),
            kExpected
        );
    }
    return layout;
}

SemanticKittiLayout layoutOfFile(const fs::path& file) {
    if (file.extension() != ".bin") {
        throw DatasetError(
            fmt::format("{}: not a .bin scan", file.string()),
            file.extension() == ".label" ? "open the .bin file that these labels belong to"
                                         : kExpected
        );
    }
    SemanticKittiFrame frame;
    frame.info = {file.stem().string(), "", file, false};
    const fs::path folder = fs::absolute(file).lexically_normal().parent_path();
    const fs::path labelName = file.stem() += ".label";
    if (nameOf(folder) == kVelodyne) {
        frame.sequence = folder.parent_path();
        frame.info.group = nameOf(frame.sequence);
        frame.info.splits = splitsOfSequence(frame.info.group);
        frame.info.id = frame.info.group + "/" + frame.info.id;
    }
    for (const fs::path& candidate :
         {folder.parent_path() / kLabels / labelName, folder / labelName}) {
        if (!frame.info.hasLabels && isFile(candidate)) {
            frame.info.hasLabels = true;
            frame.labelFile = candidate;
        }
    }
    return {{frame}, {}};
}

bool isPartOfSequence(const fs::path& folder) {
    return isFolder(folder / kVelodyne) || isFolder(folder / kLabels) ||
           isFile(folder / "poses.txt") || isFile(folder / "calib.txt");
}

} // namespace

bool looksLikeSemanticKitti(const fs::path& path) {
    if (!isFolder(path) || isFolder(path / kSequences) || isPartOfSequence(path) ||
        nameOf(path) == kVelodyne || nameOf(path) == kSequences) {
        return true;
    }
    const auto entries = sortedEntries(path);
    return std::any_of(entries.begin(), entries.end(), hasScans);
}

std::vector<fs::path> semanticKittiSequences(const fs::path& path) {
    if (isPartOfSequence(path)) {
        return {path};
    }
    if (nameOf(path) == kVelodyne) {
        return {cleanPath(path).parent_path()};
    }
    auto folders = sortedEntries(isFolder(path / kSequences) ? path / kSequences : path);
    std::erase_if(folders, [](const fs::path& entry) { return !isFolder(entry); });
    return folders;
}

SemanticKittiLayout findSemanticKitti(const fs::path& path) {
    if (isFile(path)) {
        return layoutOfFile(path);
    }
    if (!isFolder(path)) {
        throw DatasetError(fmt::format("{}: no such file or folder", path.string()), kExpected);
    }
    if (isFolder(path / kSequences)) {
        return layoutOfSequences(path / kSequences);
    }
    if (isFolder(path / kVelodyne)) {
        return {framesOfSequence(path), {}};
    }
    if (nameOf(path) == kVelodyne) {
        return {framesOfSequence(cleanPath(path).parent_path()), {}};
    }
    if (isPartOfSequence(path)) {
        throw DatasetError(
            fmt::format(
                "{}: this looks like a sequence of SemanticKITTI, but its velodyne folder is "
                "missing",
                path.string()
            ),
            kExpected
        );
    }
    return layoutOfSequences(path);
}

} // namespace siskin
