// SPDX-License-Identifier: MIT
// From the objects of a pickle to named tensors.
#pragma once

#include "core/checkpoint/torch_objects.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

namespace siskin::checkpoint {

/// Where a container keeps the numbers of its storages.
class StorageData {
  public:
    virtual ~StorageData() = default;
    /// Bytes that the container holds under this key; throws when it holds none.
    virtual std::uint64_t available(const StorageSpec& spec) const = 0;
    virtual void read(const StorageSpec& spec, std::span<std::byte> target) const = 0;
};

/// The parameter's name without DataParallel's "module.".
std::string parameterName(const std::string& name);

/// Makes every non-zero byte 1: any other value in a bool is undefined behaviour for its reader.
void normalizeBools(std::span<std::byte> bytes);

/// Finds the state dict among the objects and fills `result`'s tensors, metadata and notes.
/// `fileBytes`: size of the whole file, for the bound on expansion.
void readStateDict(
    const TorchObjects& objects,
    const StorageData& data,
    std::uint64_t fileBytes,
    const CheckpointLimits& limits,
    Checkpoint& result
);

} // namespace siskin::checkpoint
