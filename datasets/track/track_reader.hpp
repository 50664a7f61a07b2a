// SPDX-License-Identifier: MIT
// Race tracks with cones, as `siskin make-dataset track` writes them; format in README.md.
#pragma once

#include "core/objects/cone.hpp"
#include "datasets/track/layout.hpp"

namespace siskin {

/// Frames of a folder with track.json, or one scan of it. A scan has the field "intensity" (0..1)
/// and, where its label file exists, ground truth; cones are told apart by `cones`.
class TrackReader final : public DatasetReader {
  public:
    /// Throws `DatasetError` when no frame is found, `ConfigError` without a class map.
    TrackReader(const std::filesystem::path& path, std::shared_ptr<const ClassMap> classMap);

    std::string title() const override;

    const std::vector<FrameInfo>& frames() const override { return layout_.frames; }

    std::shared_ptr<const ClassMap> classMap() const override { return classMap_; }

    std::shared_ptr<const Scan> read(std::size_t index) const override;

    /// Whether the cones of the frame are known.
    bool hasCones(std::size_t index) const;

    /// The cones of a frame, nearest first. Throws `DatasetError` naming file and line.
    std::vector<Cone> cones(std::size_t index) const;

    /// Per point the instance of the cone that it lies on, 0 for none. Throws `DatasetError`.
    std::vector<std::uint32_t> instances(std::size_t index) const;

  private:
    const FrameInfo& frame(std::size_t index) const;

    TrackLayout layout_;
    std::shared_ptr<const ClassMap> classMap_;
};

} // namespace siskin
