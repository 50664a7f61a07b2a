// SPDX-License-Identifier: MIT
// The scans that come with the program: made here, without a licence of anybody else's.
#pragma once

#include "core/scan/dataset_reader.hpp"
#include "datasets/demo/scan_archive.hpp"

#include <string>

namespace siskin {

/// True for what starts with "demo:".
bool isDemoName(const std::filesystem::path& path);

/// One archive of `resources/demo` as a data set. Scans have no source file.
class DemoReader final : public DatasetReader {
  public:
    /// "demo:street" opens `resources/demo/street.scans`, with the class map that the archive names
    /// unless one is given. Throws `DatasetError` for an unknown name or a damaged file.
    static std::unique_ptr<DatasetReader>
    open(const std::string& name, std::shared_ptr<const ClassMap> classMap);

    /// Any archive. Throws as `ScanArchive` does, and `ConfigError` without a class map.
    DemoReader(ScanArchive archive, std::shared_ptr<const ClassMap> classMap);

    std::string title() const override;

    const std::vector<FrameInfo>& frames() const override { return infos_; }

    std::shared_ptr<const ClassMap> classMap() const override { return classMap_; }

    /// Shapes and rooms are scored as ShapeNetPart's and S3DIS's; the street is of no benchmark.
    std::string_view benchmark() const override;

    double framesPerSecond() const override { return archive_.header().framesPerSecond; }

    std::shared_ptr<const Scan> read(std::size_t index) const override;

  private:
    ScanArchive archive_;
    std::vector<FrameInfo> infos_;
    std::shared_ptr<const ClassMap> classMap_;
};

} // namespace siskin
