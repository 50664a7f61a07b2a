// SPDX-License-Identifier: MIT
// Where a frame's prediction lies in a benchmark's submission, and how its labels are written.
#pragma once

#include "core/scan/prediction.hpp"
#include "core/scan/scan.hpp"
#include "core/submission/label_bytes.hpp"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace siskin {

/// What the files are, by benchmark (`DatasetReader::benchmark`):
///
/// | benchmark       | path of a frame's file                          | labels      | no class |
/// |-----------------|-------------------------------------------------|-------------|----------|
/// | "semantickitti" | sequences/NN/predictions/FFFFFF.label           | Raw32       | 0        |
/// | "nuscenes"      | lidarseg/SPLIT/TOKEN_lidarseg.bin               | Challenge8  | refused  |
/// | "s3dis"         | Area_N/ROOM.txt                                 | NumberLines | -1       |
/// | "shapenetpart"  | SYNSET/SHAPE.txt                                | NumberLines | -1       |
/// | ""              | as SemanticKITTI, else predictions/ID.label     | Raw32       | map's own |
///
/// S3DIS and ShapeNetPart have no server; theirs are Siskin's own and documented in the README.
/// Immutable; any thread.
class SubmissionFormat {
  public:
    /// `split`: nuScenes's folder ("test", "val", "mini_val" ...; empty = "all"); others ignore it.
    /// Throws `ConfigError` for an unknown benchmark, or when its class map is missing.
    explicit SubmissionFormat(std::string_view benchmark, std::string_view split = {});

    const std::string& benchmark() const noexcept { return benchmark_; }

    const std::string& split() const noexcept { return split_; }

    LabelEncoding encoding() const noexcept;

    /// Below the submission's folder. `id` and `benchmarkName` as in `FrameInfo` and `Scan`.
    std::filesystem::path path(std::string_view id, std::string_view benchmarkName) const;

    /// The file's bytes: `prediction` without its last `contextPoints` points. `frame` is for
    /// messages. Throws `DatasetError` when a point has no class and the benchmark has no value for
    /// that, `ConfigError` when the classes are of another data set.
    std::vector<std::byte>
    encode(const Prediction& prediction, std::size_t contextPoints, std::string_view frame) const;

    /// Writes `folder / path(...)`, all or nothing, and returns the path. Throws as `encode`, and
    /// `DatasetError` when it cannot be written.
    std::filesystem::path write(
        const std::filesystem::path& folder, const Scan& scan, const Prediction& prediction
    ) const;

    /// nuScenes: SPLIT/submission.json, which says that only the LiDAR was used; nothing for the
    /// others. Throws `DatasetError` when it cannot be written.
    void writeDescription(const std::filesystem::path& folder) const;

    /// Classes of `wanted` from the content of a prediction file in `encoding`, which is not always
    /// this benchmark's own; `kIgnored` for ids that the map does not know. SemanticKITTI's upper
    /// 16 bits (instances) are dropped, as its tool does. `origin` is for messages. Throws
    /// `DatasetError` with byte or line for content that is no such file.
    std::vector<ClassId> decode(
        std::span<const std::byte> content,
        LabelEncoding encoding,
        const ClassMap& wanted,
        const std::string& origin
    ) const;

  private:
    std::string benchmark_;
    std::string split_;
    std::shared_ptr<const ClassMap> challenge_; ///< nuScenes: class id + 1 is the value in the file
};

} // namespace siskin
