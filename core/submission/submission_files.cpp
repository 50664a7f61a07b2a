// SPDX-License-Identifier: MIT
#include "core/submission/submission_files.hpp"

#include "core/base/error.hpp"
#include "core/base/file.hpp"

#include <fmt/format.h>

namespace siskin {

namespace {

namespace fs = std::filesystem;

class SubmissionFolder final : public SubmissionFiles {
  public:
    explicit SubmissionFolder(fs::path folder) : folder_(std::move(folder)) {
        if (!fs::is_directory(folder_)) {
            throw DatasetError(
                fmt::format("{}: no such folder", folder_.string()), "check the path"
            );
        }
        try {
            for (const auto& entry : fs::recursive_directory_iterator(folder_)) {
                add(entry);
            }
        } catch (const fs::filesystem_error& error) {
            throw DatasetError(
                fmt::format("{}: cannot list: {}", folder_.string(), error.code().message()),
                "check the permissions"
            );
        }
    }

    std::string title() const override { return folder_.string(); }

    bool isZip() const noexcept override { return false; }

    std::vector<std::byte> read(const std::string& name) const override {
        return readFile(folder_ / name);
    }

  private:
    void add(const fs::directory_entry& entry) {
        const auto name = entry.path().lexically_relative(folder_).generic_string();
        if (entry.is_regular_file()) {
            sizes_.emplace(name, entry.file_size());
        } else if (!entry.is_directory() || entry.is_symlink()) {
            problems_.push_back(fmt::format("{}: is neither a plain file nor a folder", name));
        }
    }

    fs::path folder_;
};

} // namespace

std::unique_ptr<SubmissionFiles> openSubmissionFolder(const fs::path& folder) {
    return std::make_unique<SubmissionFolder>(folder);
}

} // namespace siskin
