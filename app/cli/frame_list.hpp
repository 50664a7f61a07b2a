// SPDX-License-Identifier: MIT
// Which frames a command line means.
#pragma once

#include "core/scan/dataset_reader.hpp"

#include <memory>
#include <string>
#include <vector>

namespace siskin::cli {

/// A frame that has not been read yet.
struct PendingFrame {
    std::shared_ptr<const DatasetReader> reader;
    std::size_t index = 0;

    const FrameInfo& info() const { return reader->frames().at(index); }
};

/// Opens every scan (file, folder, "demo:street") with `classMap`, or the usual one of its data set
/// where that is null, with that many scans before each frame, and keeps the frames whose id is, or
/// ends with
/// "/", one of `ids`; all of them when `ids` is empty. Throws `DatasetError` when a path cannot be
/// opened or has no frame, `ConfigError` when an id matches none (with the nearest).
std::vector<PendingFrame> listFrames(
    const std::vector<std::string>& scans,
    const std::vector<std::string>& ids,
    const std::shared_ptr<const ClassMap>& classMap,
    std::size_t earlierScans = 0
);

/// Keeps the frames whose id is, or ends with "/", one of `ids`; all of them when `ids` is empty.
/// Throws `ConfigError` when an id matches none (with the nearest).
void keepFrames(std::vector<PendingFrame>& frames, const std::vector<std::string>& ids);

/// A class map by name (resources/classmaps/NAME.json) or by file; nullptr for an empty name, which
/// means the usual one of a data set. Throws `ConfigError`.
std::shared_ptr<const ClassMap> loadClassMap(const std::string& nameOrFile);

} // namespace siskin::cli
