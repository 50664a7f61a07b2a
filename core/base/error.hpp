// SPDX-License-Identifier: MIT
// One exception type per kind of trouble; each carries what a person needs to act.
#pragma once

#include <stdexcept>
#include <string>
#include <utility>

namespace siskin {

/// Process exit codes of both programs (documented in `siskin --help`).
enum class ExitCode : int {
    Ok = 0,
    RunFailed = 1,
    Usage = 2,
    BadData = 3,
    DeviceUnavailable = 4,
    RegressionGate = 5,
    Interrupted = 130,
};

/// Base of every error Siskin throws on purpose. `what()` says what went wrong and where (file,
/// row or byte) on one line; `hint()` says what the person can do, and may be empty.
class Error : public std::runtime_error {
  public:
    Error(const std::string& what, std::string hint, ExitCode exitCode)
        : std::runtime_error(what), hint_(std::move(hint)), exitCode_(exitCode) {}

    const std::string& hint() const noexcept { return hint_; }

    ExitCode exitCode() const noexcept { return exitCode_; }

    /// `what()` and `hint()` joined into the one line that `main` prints.
    std::string line() const {
        return hint_.empty() ? what() : std::string(what()) + " - " + hint_;
    }

  private:
    std::string hint_;
    ExitCode exitCode_;
};

/// A scan, label file or data-set folder is missing, malformed or inconsistent.
class DatasetError : public Error {
  public:
    explicit DatasetError(const std::string& what, std::string hint = {})
        : Error(what, std::move(hint), ExitCode::BadData) {}
};

/// A weight file is malformed, hostile, or does not fit the network.
class CheckpointError : public Error {
  public:
    explicit CheckpointError(const std::string& what, std::string hint = {})
        : Error(what, std::move(hint), ExitCode::BadData) {}
};

/// The requested device is absent, unsupported by this build, or out of memory.
class DeviceError : public Error {
  public:
    explicit DeviceError(const std::string& what, std::string hint = {})
        : Error(what, std::move(hint), ExitCode::DeviceUnavailable) {}
};

/// A command line, settings or configuration file asks for something impossible.
class ConfigError : public Error {
  public:
    explicit ConfigError(const std::string& what, std::string hint = {})
        : Error(what, std::move(hint), ExitCode::Usage) {}
};

/// Energy was asked for in a way that cannot be answered (unknown region, broken table).
class EnergyError : public Error {
  public:
    explicit EnergyError(const std::string& what, std::string hint = {})
        : Error(what, std::move(hint), ExitCode::RunFailed) {}
};

/// The person cancelled; not a failure, but the work is not complete either.
class Cancelled : public Error {
  public:
    Cancelled() : Error("cancelled", {}, ExitCode::Interrupted) {}
};

} // namespace siskin
