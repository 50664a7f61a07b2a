// SPDX-License-Identifier: MIT
#include "datasets/demo/demo_maker.hpp"

#include "core/base/error.hpp"
#include "datasets/demo/scan_archive.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <numeric>

namespace siskin {

namespace {

constexpr double kMillimetre = 0.001;

const std::array kRecipes = {
    DemoRecipe{"street", 20, {}},
    DemoRecipe{
        "shapes",
        12,
        {"Airplane",
         "Car",
         "Motorbike",
         "Skateboard",
         "Chair",
         "Table",
         "Lamp",
         "Laptop",
         "Mug",
         "Guitar",
         "Bag",
         "Cap"}},
    DemoRecipe{"rooms", 2, {}}};

/// Steps are far below what the scans' own noise, or a voxel of the networks, can tell apart.
ArchiveHeader headerOf(const std::string& name, const DatasetReader& dataset) {
    ArchiveHeader header;
    header.classMap = dataset.classMap()->name();
    header.framesPerSecond = dataset.framesPerSecond();
    if (name == "street") {
        // Remission comes in hundredths, as KITTI's does.
        header.title = "synthetic street (procedural)";
        header.fields = {{"position", 3, 5 * kMillimetre}, {"intensity", 1, 0.01}};
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

std::vector<std::size_t>
pickFrames(const std::vector<FrameInfo>& frames, const DemoRecipe& recipe) {
    std::vector<std::size_t> picked;
    for (const std::string& group : recipe.groups) {
        const auto found = std::find_if(frames.begin(), frames.end(), [&](const FrameInfo& frame) {
            return frame.group == group;
        });
        if (found == frames.end()) {
            throw DatasetError(fmt::format("the demo needs a {}, none is there", group));
        }
        picked.push_back(static_cast<std::size_t>(found - frames.begin()));
    }
    if (recipe.groups.empty()) {
        picked.resize(recipe.scans);
        std::iota(picked.begin(), picked.end(), std::size_t{0});
    }
    if (frames.size() < recipe.scans) {
        throw DatasetError(
            fmt::format("the demo needs {} scans, only {} are there", recipe.scans, frames.size()),
            "make a larger data set"
        );
    }
    return picked;
}

std::vector<std::byte> makeDemo(const std::string& name, const DatasetReader& dataset) {
    const auto* recipe = std::find_if(kRecipes.begin(), kRecipes.end(), [&](const DemoRecipe& one) {
        return one.name == name;
    });
    if (recipe == kRecipes.end()) {
        throw ConfigError(fmt::format("there is no demo '{}'", name), "street, shapes or rooms");
    }
    const auto picked = pickFrames(dataset.frames(), *recipe);
    std::vector<ArchivedScan> scans;
    for (const std::size_t index : picked) {
        scans.push_back(archived(name, dataset.frames()[index], dataset.read(index)));
    }
    return packArchive(headerOf(name, dataset), scans);
}

} // namespace siskin
