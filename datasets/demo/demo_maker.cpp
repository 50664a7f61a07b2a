// SPDX-License-Identifier: MIT
#include "datasets/demo/demo_maker.hpp"

#include "core/base/error.hpp"
#include "datasets/demo/scan_archive.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>

namespace siskin {

namespace {

constexpr double kMillimetre = 0.001;
constexpr double kOfByte = 1.0 / 255.0;

const std::array kRecipes = {
    DemoRecipe{"street", 20}, DemoRecipe{"shapes", 12}, DemoRecipe{"rooms", 2}};

/// Steps are far below what the scans' own noise, or a voxel of the networks, can tell apart.
ArchiveHeader headerOf(const std::string& name, const DatasetReader& dataset) {
    ArchiveHeader header;
    header.classMap = dataset.classMap()->name();
    header.framesPerSecond = dataset.framesPerSecond();
    if (name == "street") {
        header.title = "synthetic street (procedural)";
        header.fields = {{"position", 3, 5 * kMillimetre}, {"intensity", 1, kOfByte}};
    } else if (name == "shapes") {
        // One unit is the diagonal of the shape.
        header.title = "synthetic shapes (procedural)";
        header.fields = {{"position", 3, 0.0005}, {"normal", 3, 1.0 / 127.0}};
    } else {
        header.title = "synthetic rooms (procedural)";
        header.fields = {{"position", 3, 2 * kMillimetre}, {"rgb", 3, 1.0}};
    }
    header.fields.push_back({"label", 1, 1.0});
    return header;
}

/// A street is one drive, whatever its sequence was called; shapes and rooms keep their names.
ArchivedScan
archived(const std::string& name, const FrameInfo& info, std::shared_ptr<const Scan> scan) {
    if (name != "street") {
        return {std::move(scan), info.group};
    }
    auto renamed = std::make_shared<Scan>(*scan);
    renamed->id = fmt::format("{}/{}", name, info.id.substr(info.id.rfind('/') + 1));
    return {std::move(renamed), name};
}

} // namespace

std::span<const DemoRecipe> demoRecipes() {
    return kRecipes;
}

std::vector<std::size_t> pickFrames(const std::vector<FrameInfo>& frames, std::size_t count) {
    std::map<std::string, std::size_t> seen;       // frames so far, by group
    std::vector<std::array<std::size_t, 2>> turns; // turn of its group, index
    for (std::size_t i = 0; i < frames.size(); ++i) {
        turns.push_back({seen[frames[i].group]++, i});
    }
    std::sort(turns.begin(), turns.end());
    turns.resize(std::min(count, turns.size()));
    std::vector<std::size_t> picked;
    for (const auto& turn : turns) {
        picked.push_back(turn[1]);
    }
    std::sort(picked.begin(), picked.end());
    return picked;
}

std::vector<std::byte> makeDemo(const std::string& name, const DatasetReader& dataset) {
    const auto* recipe = std::find_if(kRecipes.begin(), kRecipes.end(), [&](const DemoRecipe& one) {
        return one.name == name;
    });
    if (recipe == kRecipes.end()) {
        throw ConfigError(fmt::format("there is no demo '{}'", name), "street, shapes or rooms");
    }
    const auto picked = pickFrames(dataset.frames(), recipe->scans);
    if (picked.size() < recipe->scans) {
        throw DatasetError(
            fmt::format("{}: the demo needs {}", dataset.title(), recipe->scans),
            "make a larger data set"
        );
    }
    std::vector<ArchivedScan> scans;
    for (const std::size_t index : picked) {
        scans.push_back(archived(name, dataset.frames()[index], dataset.read(index)));
    }
    return packArchive(headerOf(name, dataset), scans);
}

} // namespace siskin
