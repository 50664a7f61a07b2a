// SPDX-License-Identifier: MIT
#include "datasets/synthetic/output_folder.hpp"

#include "core/base/error.hpp"
#include "core/base/file.hpp"

#include <fmt/format.h>

#include <system_error>

namespace siskin {

namespace fs = std::filesystem;

OutputFolder::OutputFolder(const fs::path& folder)
    : folder_(fs::absolute(folder).lexically_normal()) {
    if (!folder_.has_filename()) { // "some/folder/"
        folder_ = folder_.parent_path();
    }
    std::error_code status;
    if (fs::exists(folder_, status) &&
        !(fs::is_directory(folder_, status) && fs::is_empty(folder_, status))) {
        throw DatasetError(
            fmt::format("{}: exists already and is not an empty folder", folder.string()),
            "choose another --out, or remove it first"
        );
    }
    partial_ = folder_;
    partial_ += ".partial";
    fs::remove_all(partial_, status);
    if (!status) {
        fs::create_directories(partial_, status);
    }
    if (status) {
        throw DatasetError(
            fmt::format("{}: cannot make this folder: {}", partial_.string(), status.message()),
            "check the path and its permissions"
        );
    }
}

OutputFolder::~OutputFolder() {
    if (!finished_) {
        std::error_code ignored;
        fs::remove_all(partial_, ignored);
    }
}

void OutputFolder::write(const fs::path& name, std::span<const std::byte> content) const {
    writeFileAtomically(partial_ / name, content);
}

void OutputFolder::write(const fs::path& name, std::string_view content) const {
    writeFileAtomically(partial_ / name, content);
}

void OutputFolder::finish() {
    std::error_code status;
    fs::remove(folder_, status); // an empty one that stood there before
    fs::rename(partial_, folder_, status);
    if (status) {
        throw DatasetError(
            fmt::format("{}: cannot take its name: {}", folder_.string(), status.message())
        );
    }
    finished_ = true;
}

} // namespace siskin
