// SPDX-License-Identifier: MIT
// Where tests find the real scans and golden files, which are never part of the repository.
#pragma once

#include <filesystem>
#include <string>

namespace siskin::test {

/// The folder named by SISKIN_SHARED, else `shared` beside the repository.
std::filesystem::path sharedRoot();

/// True when that folder holds `data/` and `golden/`.
bool hasSharedData();

/// A fresh, empty folder for one test, removed when the object goes.
class TemporaryFolder {
  public:
    TemporaryFolder();
    ~TemporaryFolder();
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;

    const std::filesystem::path& path() const noexcept { return path_; }

  private:
    std::filesystem::path path_;
};

} // namespace siskin::test
