// SPDX-License-Identifier: MIT
// The built-in scan: a procedural street seen by a simulated rotating LiDAR. No files, no licence.
#pragma once

#include "core/scan/dataset_reader.hpp"
#include "datasets/synthetic/street_scene.hpp"

namespace siskin {

/// A few frames of a drive through a made-up street, with the field "intensity", ground truth in
/// the raw ids of SemanticKITTI, and poses. One seed gives the same scans on any number of threads.
/// Real networks were not trained on this: good for trying things out, not for scores.
class SyntheticReader final : public DatasetReader {
  public:
    /// `classMap` must know SemanticKITTI's raw ids. Throws `ConfigError` without one.
    explicit SyntheticReader(std::shared_ptr<const ClassMap> classMap, std::uint64_t seed = 1);

    std::string title() const override;

    const std::vector<FrameInfo>& frames() const override { return frames_; }

    std::shared_ptr<const ClassMap> classMap() const override { return classMap_; }

    std::shared_ptr<const Scan> read(std::size_t index) const override;

  private:
    std::shared_ptr<const ClassMap> classMap_;
    std::uint64_t seed_;
    StreetScene scene_;
    std::vector<FrameInfo> frames_;
};

} // namespace siskin
