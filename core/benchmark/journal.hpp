// SPDX-License-Identifier: MIT
// What an evaluation has done so far, one line per frame: JSON, a tab, its CRC-32 in hexadecimal. A
// process that dies leaves at most a torn last line, which does not count.
#pragma once

#include "core/benchmark/frame_record.hpp"
#include "core/benchmark/plan.hpp"
#include "core/benchmark/session.hpp"

#include <nlohmann/json_fwd.hpp>

#include <filesystem>
#include <functional>
#include <vector>

namespace siskin {

/// What a journal says about the past.
struct JournalContent {
    std::vector<bool> done;                  ///< by position: has a record
    std::vector<FrameFailure> failures;      ///< of frames without a record, the last word on each
    std::vector<EvaluationSession> sessions; ///< the last word on each
    std::size_t validBytes = 0;              ///< up to the end of the last whole line

    std::size_t frames() const;
};

/// Reads the journal of `plan` (nothing when the file is missing) and calls `visit` for every frame
/// record, in the order of the file. Throws `DatasetError` with file and line for a journal of
/// another plan, a damaged line that is not the last one, and a frame that occurs twice or belongs
/// to another shard.
JournalContent readJournal(
    const std::filesystem::path& path,
    const EvaluationPlan& plan,
    const std::function<void(const FrameRecord&)>& visit
);

/// Appends to a journal. Lines reach the disk once a second, so that a power cut costs little; a
/// killed process loses nothing.
class Journal {
  public:
    /// Opens or begins the file, cut to `validBytes`. Throws `DatasetError` when it cannot be
    /// written.
    Journal(const std::filesystem::path& path, const EvaluationPlan& plan, std::size_t validBytes);
    ~Journal();
    Journal(const Journal&) = delete;
    Journal& operator=(const Journal&) = delete;

    /// Throw `DatasetError`, and leave no half of a line, when the disk is full.
    void append(const FrameRecord& record);
    void append(const FrameFailure& failure);
    /// Replaces what was said before about the session that began at the same time.
    void append(const EvaluationSession& session);

  private:
    void write(const char* kind, const nlohmann::ordered_json& value);

    std::filesystem::path path_;
    int file_ = -1;
    std::int64_t size_ = 0;
    double synced_ = 0.0; ///< seconds, steady clock
};

} // namespace siskin
