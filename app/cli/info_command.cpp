// SPDX-License-Identifier: MIT
#include "app/cli/info_command.hpp"

#include "app/cli/checkpoint_info.hpp"
#include "app/cli/frame_list.hpp"
#include "core/base/error.hpp"
#include "core/report/format.hpp"
#include "core/scan/shape_categories.hpp"
#include "datasets/folder_report.hpp"
#include "datasets/open.hpp"
#include "datasets/splits.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <map>

namespace siskin::cli {

namespace {

struct Range {
    float low = std::numeric_limits<float>::infinity();
    float high = -std::numeric_limits<float>::infinity();

    void add(float value) {
        if (std::isfinite(value)) {
            low = std::min(low, value);
            high = std::max(high, value);
        }
    }

    std::string text() const {
        return low > high ? "no finite value" : fmt::format("{:.2f} to {:.2f}", low, high);
    }
};

std::string extentLines(const Scan& scan) {
    std::string text;
    for (std::size_t axis = 0; axis < 3; ++axis) {
        Range range;
        for (const auto& position : scan.positions) {
            range.add(position[axis]);
        }
        text += fmt::format("  {}           {} m\n", "xyz"[axis], range.text());
    }
    return text;
}

std::string fieldLines(const Scan& scan) {
    std::string text;
    for (const auto& field : scan.fields) {
        Range range;
        for (const float value : field.values) {
            range.add(value);
        }
        const auto channels =
            field.channels == 1 ? "" : fmt::format(", {} channels", field.channels);
        text += fmt::format("  {:<10}  {}{}\n", field.name, range.text(), channels);
    }
    return text;
}

std::string labelLines(const Scan& scan) {
    if (!scan.groundTruth) {
        return "  labels      none\n";
    }
    const auto& classMap = *scan.groundTruth->classMap;
    std::map<std::uint32_t, std::int64_t> counts;
    for (const auto raw : scan.groundTruth->rawIds) {
        ++counts[raw];
    }
    std::string text = fmt::format(
        "  labels      {} raw ids, as classes of {}\n\n  raw id  {:<16} {:>9}  share\n",
        counts.size(),
        classMap.name(),
        "class",
        "points"
    );
    for (const auto& [raw, count] : counts) {
        const auto name =
            classMap.knows(raw) ? classMap.info(classMap.classOf(raw)).name : "(unknown id)";
        const double share = static_cast<double>(count) / static_cast<double>(scan.pointCount());
        text += fmt::format(
            "  {:>6}  {:<16} {:>9}  {:>6}\n", raw, name, formatCount(count), formatPercent(share)
        );
    }
    return text;
}

std::string describeScan(const Scan& scan) {
    std::string text = fmt::format(
        "{}\n  points      {}\n", scan.id, formatCount(static_cast<std::int64_t>(scan.pointCount()))
    );
    if (scan.shapeCategory) {
        text += fmt::format("  category    {}\n", kShapeCategories[*scan.shapeCategory].name);
    }
    text += extentLines(scan) + fieldLines(scan);
    text += fmt::format("  pose        {}\n", scan.pose ? "yes" : "none");
    text += fmt::format("  read in     {} ms\n", formatMilliseconds(scan.readSeconds));
    for (const auto& warning : scan.warnings) {
        text += fmt::format("  warning     {}\n", warning);
    }
    return text + labelLines(scan);
}

/// What a group of frames is called; empty where there is none or its name says it.
const char* groupWord(std::string_view benchmark) {
    return benchmark == "nuscenes"        ? "scene"
           : benchmark == "s3dis"         ? "area"
           : benchmark == "shapenetpart"  ? "category"
           : benchmark == "semantickitti" ? "sequence"
                                          : "";
}

/// "  split train: 3 frames, 2 with labels", one line each; the first `most` of them.
std::string
sizeLines(std::string_view word, const std::map<std::string, SplitSize>& sizes, std::size_t most) {
    std::string text;
    std::size_t listed = 0;
    for (const auto& [name, size] : sizes) {
        if (listed++ < most) {
            text += fmt::format(
                "  {}{}{}{}{}, {} with labels\n",
                word,
                word.empty() || name.empty() ? "" : " ",
                name,
                word.empty() && name.empty() ? "" : ": ",
                formatCounted(size.frames, "frame"),
                size.labelled
            );
        }
    }
    if (listed > most) {
        text += fmt::format("  ... and {} more\n", listed - most);
    }
    return text;
}

std::string describeFolder(const DatasetReader& reader) {
    constexpr std::size_t kMostListed = 20;
    const auto& frames = reader.frames();
    std::map<std::string, SplitSize> groups;
    for (const auto& frame : frames) {
        ++groups[frame.group].frames;
        groups[frame.group].labelled += frame.hasLabels ? 1 : 0;
    }
    const auto splits = splitsOf(reader);
    std::string text = reader.title() + "\n" + sizeLines("split", splits, splits.size()) +
                       sizeLines(groupWord(reader.benchmark()), groups, kMostListed);
    for (const auto& warning : reader.warnings()) {
        text += fmt::format("  warning: {}\n", warning);
    }
    text += "\n";
    for (std::size_t i = 0; i < std::min(kMostListed, frames.size()); ++i) {
        text += fmt::format("  {}{}\n", frames[i].id, frames[i].hasLabels ? "  labels" : "");
    }
    if (frames.size() > kMostListed) {
        text += fmt::format(
            "  ... and {} more, the last is {}\n", frames.size() - kMostListed, frames.back().id
        );
    }
    return text;
}

/// What is there and what is not, of a folder that cannot be opened.
std::string describeTrouble(const std::string& folder) {
    const FolderReport report = reportFolder(folder);
    std::string text = fmt::format(
        "{}\n  looks like  {}\n",
        folder,
        report.looksLike.empty() ? "no data set that Siskin knows" : report.looksLike
    );
    for (const auto& part : report.found) {
        text += fmt::format("  found       {}\n", part);
    }
    for (const auto& part : report.missing) {
        text += fmt::format("  missing     {}\n", part);
    }
    return report.advice.empty() ? text : text + fmt::format("  advice      {}\n", report.advice);
}

std::string describe(const std::string& what, const std::shared_ptr<const ClassMap>& classMap) {
    std::error_code ignored;
    if (std::filesystem::is_regular_file(what, ignored) && looksLikeCheckpoint(what)) {
        return describeCheckpoint(what);
    }
    const bool isFolder = std::filesystem::is_directory(what, ignored);
    try {
        const auto reader = openDataset(what, classMap);
        if (reader->frames().empty()) {
            throw DatasetError(fmt::format("{}: no frame in it", what));
        }
        const bool single = reader->frames().size() == 1 && !isFolder;
        return single ? describeScan(*reader->read(0)) : describeFolder(*reader);
    } catch (const DatasetError&) {
        if (isFolder) {
            fmt::print("{}", describeTrouble(what));
            std::fflush(stdout); // before the error, which goes to another stream
        }
        throw;
    }
}

} // namespace

int infoCommand(const std::vector<std::string>& arguments) {
    std::string classMapName;
    std::vector<std::string> subjects;
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        const auto& argument = arguments[i];
        if (argument == "--class-map" && i + 1 < arguments.size()) {
            classMapName = arguments[++i];
        } else if (argument.starts_with("--class-map=")) {
            classMapName = argument.substr(argument.find('=') + 1);
        } else if (argument.starts_with("-")) {
            throw ConfigError(
                fmt::format("unknown option '{}'", argument),
                "siskin info SCAN|FOLDER|CHECKPOINT [--class-map NAME|FILE]"
            );
        } else {
            subjects.push_back(argument);
        }
    }
    if (subjects.empty()) {
        throw ConfigError("nothing to describe", "siskin info SCAN|FOLDER|CHECKPOINT");
    }
    const auto classMap = loadClassMap(classMapName);
    for (std::size_t i = 0; i < subjects.size(); ++i) {
        fmt::print("{}{}", i == 0 ? "" : "\n", describe(subjects[i], classMap));
    }
    return static_cast<int>(ExitCode::Ok);
}

} // namespace siskin::cli
