// SPDX-License-Identifier: MIT
#include "datasets/open.hpp"

#include "core/base/error.hpp"
#include "core/base/resources.hpp"
#include "datasets/demo/demo_reader.hpp"
#include "datasets/nuscenes/layout.hpp"
#include "datasets/nuscenes/nuscenes_reader.hpp"
#include "datasets/s3dis/s3dis_reader.hpp"
#include "datasets/semantickitti/semantickitti_reader.hpp"
#include "datasets/shapenetpart/shapenetpart_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace siskin {

namespace {

namespace fs = std::filesystem;

/// What Siskin can open. The first one that recognises a path takes it.
struct KnownDataset {
    bool (*recognises)(const fs::path&);
    const char* usualClassMap; ///< name in resources/classmaps
    std::unique_ptr<DatasetReader> (*open)(const fs::path&, std::shared_ptr<const ClassMap>);
};

template <typename Reader>
std::unique_ptr<DatasetReader> make(const fs::path& path, std::shared_ptr<const ClassMap> map) {
    return std::make_unique<Reader>(path, std::move(map));
}

bool isAnything(const fs::path&) {
    return true;
}

constexpr std::array kDatasets = {
    KnownDataset{looksLikeNuScenes, "nuscenes-lidarseg", make<NuScenesReader>},
    KnownDataset{looksLikeShapeNetPart, "shapenetpart", make<ShapeNetPartReader>},
    KnownDataset{looksLikeS3dis, "s3dis", make<S3disReader>},
    // The last one: it also explains paths that nobody recognised.
    KnownDataset{isAnything, "semantickitti-spvnas", make<SemanticKittiReader>},
};

std::shared_ptr<const ClassMap> usualClassMap(const std::string& name) {
    return std::make_shared<const ClassMap>(
        ClassMap::fromJsonFile(resourcePath("classmaps") / (name + ".json"))
    );
}

} // namespace

std::unique_ptr<DatasetReader>
openDataset(const fs::path& path, std::shared_ptr<const ClassMap> classMap) {
    if (path.empty()) {
        throw DatasetError("no data set was named", "give a folder, a .bin file, or demo:street");
    }
    if (isDemoName(path)) {
        return DemoReader::open(path.string(), std::move(classMap));
    }
    const auto& known =
        *std::find_if(kDatasets.begin(), kDatasets.end(), [&](const KnownDataset& one) {
            return one.recognises(path);
        });
    return known.open(path, classMap ? std::move(classMap) : usualClassMap(known.usualClassMap));
}

} // namespace siskin
