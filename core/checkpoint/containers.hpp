// SPDX-License-Identifier: MIT
// One function per kind of weight file, and one that chooses by the first bytes.
#pragma once

#include "core/checkpoint/byte_source.hpp"
#include "core/checkpoint/checkpoint.hpp"

namespace siskin::checkpoint {

/// What `readCheckpoint` does, from any source.
Checkpoint readWeights(const ByteSource& file, const CheckpointLimits& limits);

/// PyTorch 1.6 and newer: a zip archive with `<name>/data.pkl` and `<name>/data/<key>`.
Checkpoint readTorchZip(const ByteSource& file, const CheckpointLimits& limits);

/// PyTorch before 1.6: five pickles, then the raw storages.
Checkpoint readTorchLegacy(const ByteSource& file, const CheckpointLimits& limits);

/// A JSON header, then the raw tensors.
Checkpoint readSafetensors(const ByteSource& file, const CheckpointLimits& limits);

/// The metadata in its header.
std::map<std::string, std::string>
readSafetensorsMetadata(const ByteSource& file, const CheckpointLimits& limits);

} // namespace siskin::checkpoint
