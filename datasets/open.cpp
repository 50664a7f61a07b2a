// SPDX-License-Identifier: MIT
#include "datasets/open.hpp"

#include "core/base/error.hpp"
#include "core/base/resources.hpp"
#include "datasets/demo/demo_reader.hpp"
#include "datasets/files/plain_file_reader.hpp"
#include "datasets/folder_report.hpp"
#include "datasets/nuscenes/layout.hpp"
#include "datasets/nuscenes/nuscenes_reader.hpp"
#include "datasets/s3dis/s3dis_reader.hpp"
#include "datasets/semantickitti/layout.hpp"
#include "datasets/semantickitti/semantickitti_reader.hpp"
#include "datasets/shapenetpart/shapenetpart_reader.hpp"
#include "datasets/track/track_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <type_traits>

namespace siskin {

namespace {

namespace fs = std::filesystem;

/// What Siskin can open. The first one that recognises a path takes it.
struct KnownDataset {
    bool (*recognises)(const fs::path&);
    const char* usualClassMap; ///< name in resources/classmaps
    std::unique_ptr<DatasetReader> (*open
    )(const fs::path&, std::shared_ptr<const ClassMap>, std::size_t earlierScans);
};

void refuseEarlierScans(const fs::path& path, std::size_t earlierScans) {
    if (earlierScans > 0) {
        throw ConfigError(
            fmt::format("{}: nothing here has earlier scans", path.string()),
            "only nuScenes and SemanticKITTI are recorded one scan after another; leave --sweeps "
            "out"
        );
    }
}

/// Readers of sequences take the number of earlier scans; the others refuse it.
template <typename Reader>
std::unique_ptr<DatasetReader>
make(const fs::path& path, std::shared_ptr<const ClassMap> map, std::size_t earlierScans) {
    if constexpr (std::is_constructible_v<Reader, fs::path, decltype(map), std::size_t>) {
        return std::make_unique<Reader>(path, std::move(map), earlierScans);
    } else {
        refuseEarlierScans(path, earlierScans);
        return std::make_unique<Reader>(path, std::move(map));
    }
}

constexpr std::array kDatasets = {
    KnownDataset{looksLikeNuScenes, "nuscenes-lidarseg", make<NuScenesReader>},
    KnownDataset{looksLikeShapeNetPart, "shapenetpart", make<ShapeNetPartReader>},
    KnownDataset{looksLikeS3dis, "s3dis", make<S3disReader>},
    KnownDataset{looksLikeTrack, "cones", make<TrackReader>},
    KnownDataset{looksLikePointFiles, "semantickitti-spvnas", make<PlainFileReader>},
    // The last one: it also explains files that nobody recognised.
    KnownDataset{looksLikeSemanticKitti, "semantickitti-spvnas", make<SemanticKittiReader>},
};

std::shared_ptr<const ClassMap> usualClassMap(const std::string& name) {
    return std::make_shared<const ClassMap>(
        ClassMap::fromJsonFile(resourcePath("classmaps") / (name + ".json"))
    );
}

} // namespace

std::unique_ptr<DatasetReader> openDataset(
    const fs::path& path, std::shared_ptr<const ClassMap> classMap, std::size_t earlierScans
) {
    if (path.empty()) {
        throw DatasetError("no data set was named", "give a folder, a .bin file, or demo:street");
    }
    if (isDemoName(path)) {
        refuseEarlierScans(path, earlierScans);
        return DemoReader::open(path.string(), std::move(classMap));
    }
    const auto* known =
        std::find_if(kDatasets.begin(), kDatasets.end(), [&](const KnownDataset& one) {
            return one.recognises(path);
        });
    if (known == kDatasets.end()) {
        throw DatasetError(
            fmt::format("{}: no data set lies here", path.string()), reportFolder(path).advice
        );
    }
    return known->open(
        path, classMap ? std::move(classMap) : usualClassMap(known->usualClassMap), earlierScans
    );
}

} // namespace siskin
