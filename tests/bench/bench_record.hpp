// SPDX-License-Identifier: MIT
// What one run of network_bench measured, as JSON that a later run is compared with.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include <filesystem>
#include <string>

namespace siskin::bench {

/// `$XDG_STATE_HOME/siskin/bench` (default `~/.local/state/siskin/bench`): outlives a clean build.
std::filesystem::path historyFolder();

/// `git describe --always --dirty` of the sources, "unknown" outside a checkout.
std::string sourceCommit();

/// Writes `<folder>/<UTC time>.json`, temporary file first; returns the path.
std::filesystem::path
appendToHistory(const nlohmann::json& record, const std::filesystem::path& folder);

/// The newest record of the folder. Throws `ConfigError` when there is none.
std::filesystem::path latestRecord(const std::filesystem::path& folder);

/// Reads a record. Throws `ConfigError` for a file that is none.
nlohmann::json readRecord(const std::filesystem::path& path);

/// Prints, per network and per layer, the time of `now` over that of `before`, each divided by the
/// SGEMM rate of its own run, so that a slower or busier machine does not look like a slower
/// program.
void printComparison(const nlohmann::json& before, const nlohmann::json& now);

} // namespace siskin::bench
