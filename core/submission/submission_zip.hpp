// SPDX-License-Identifier: MIT
// The zip that is uploaded. A library of its own (siskin_submission_zip), because it needs libzip.
#pragma once

#include "core/submission/submission_files.hpp"

#include <functional>
#include <stop_token>

namespace siskin {

/// Packs everything below `folder`: first an entry for every folder, as SemanticKITTI's server
/// wants, then the files, each sorted by name, with the time stamp 1980-01-01 and fixed
/// permissions, so that equal content gives equal bytes. Left out: left-overs of interrupted
/// writing ("*.tmp-PID") and the zip itself. A temporary file beside `zipPath` is renamed at the
/// end. `progress`: 0..1, may be empty. Throws `DatasetError` when a file cannot be read or the zip
/// not be written, `Cancelled`.
void writeSubmissionZip(
    const std::filesystem::path& folder,
    const std::filesystem::path& zipPath,
    const std::function<void(double fraction)>& progress = {},
    const std::stop_token& stop = {}
);

/// Throws `DatasetError` when it is no zip.
std::unique_ptr<SubmissionFiles> openSubmissionZip(const std::filesystem::path& zipPath);

} // namespace siskin
