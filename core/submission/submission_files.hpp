// SPDX-License-Identifier: MIT
// The files of a submission, in a folder or (submission_zip.hpp) in the zip that is uploaded.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace siskin {

/// Names are relative with '/' between folders, e.g. "sequences/11/predictions/000000.label".
class SubmissionFiles {
  public:
    virtual ~SubmissionFiles() = default;

    virtual std::string title() const = 0; ///< path of the folder or zip, for messages
    virtual bool isZip() const noexcept = 0;

    /// Files by name, with their sizes in bytes.
    const std::map<std::string, std::uint64_t>& sizes() const noexcept { return sizes_; }

    /// Zip: entries for folders, with their final '/', by name. Folder: empty.
    const std::vector<std::string>& folderEntries() const noexcept { return folderEntries_; }

    /// What was odd about the list itself, e.g. a name that is there twice. One line each.
    const std::vector<std::string>& problems() const noexcept { return problems_; }

    /// Throws `DatasetError` when it cannot be read or unpacked.
    virtual std::vector<std::byte> read(const std::string& name) const = 0;

  protected:
    std::map<std::string, std::uint64_t> sizes_;
    std::vector<std::string> folderEntries_;
    std::vector<std::string> problems_;
};

/// All files below a folder; left-overs of interrupted writing ("*.tmp-PID") included. Throws
/// `DatasetError` when it is no folder or cannot be listed.
std::unique_ptr<SubmissionFiles> openSubmissionFolder(const std::filesystem::path& folder);

} // namespace siskin
