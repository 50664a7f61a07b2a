// SPDX-License-Identifier: MIT
// A data set that is written whole or not at all.
#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string_view>

namespace siskin {

/// Files go to `DIR.partial`; `finish` renames that to `DIR`. Without `finish` (an error, an
/// interrupt) the destructor removes what was written. Files may be written from several threads.
class OutputFolder {
  public:
    /// Refuses a `folder` that exists and is not empty, replaces a leftover `DIR.partial`. Throws
    /// `DatasetError`.
    explicit OutputFolder(const std::filesystem::path& folder);
    ~OutputFolder();
    OutputFolder(const OutputFolder&) = delete;
    OutputFolder& operator=(const OutputFolder&) = delete;

    /// Where `name` of the data set lies until `finish`, for files that others write.
    std::filesystem::path place(const std::filesystem::path& name) const { return partial_ / name; }

    /// `name` is relative to the data set; folders on the way are made. Throws `DatasetError` (no
    /// space left, no permission) naming the file.
    void write(const std::filesystem::path& name, std::span<const std::byte> content) const;
    void write(const std::filesystem::path& name, std::string_view content) const;

    /// The data set is complete: it takes its name. Throws `DatasetError`.
    void finish();

  private:
    std::filesystem::path folder_;
    std::filesystem::path partial_;
    bool finished_ = false;
};

} // namespace siskin
