// SPDX-License-Identifier: MIT
// Reads weight files without executing anything: PyTorch's zip container (1.6 and newer), its
// legacy container (before 1.6), and safetensors. File formats: models.md 6.5 in short; the pickle
// machine's opcodes are those of Python's `pickletools`.
#pragma once

#include <torch/types.h>

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace siskin {

/// Bounds that a hostile file cannot make us exceed.
struct CheckpointLimits {
    std::int64_t fileBytes = std::int64_t{8} << 30;     ///< size of the file itself
    std::int64_t unpackedBytes = std::int64_t{8} << 30; ///< all zip entries together, uncompressed
    std::int64_t tensorBytes = std::int64_t{4} << 30;   ///< one tensor, after applying its strides
    std::int64_t totalTensorBytes = std::int64_t{8} << 30;
    std::int64_t expansion = 32; ///< unpacked entries, and tensors, as a multiple of the file size
    std::int64_t pickleBytes = std::int64_t{256}
                               << 20;   ///< one pickle, or the header of safetensors
    std::int64_t pickleOps = 4'000'000; ///< steps of the pickle machine
    int nesting = 64;                   ///< depth of nested containers
};

/// A state dict: dotted parameter name -> contiguous CPU tensor (float16/32/64, int64 and the other
/// plain types keep their type). A leading "module." (DataParallel) is removed from every name.
struct Checkpoint {
    std::string format; ///< "pytorch-zip", "pytorch-legacy" or "safetensors"
    std::map<std::string, torch::Tensor> tensors;
    std::map<std::string, std::string>
        metadata;                   ///< safetensors' __metadata__, scalars beside the state dict
    std::vector<std::string> notes; ///< what was skipped, one line each (e.g. inert classes)
};

/// Finds the state dict in the file: the top-level dictionary itself, or the one under "model",
/// "state_dict" or "model_state_dict". Throws `CheckpointError` with file and byte offset when the
/// file is truncated, oversized, self-referencing, of an unknown kind, or holds no state dict.
/// Classes and functions other than the few that rebuild tensors and ordered dictionaries become
/// inert stubs; nothing of theirs ever runs.
Checkpoint readCheckpoint(const std::filesystem::path& path, const CheckpointLimits& limits = {});

/// The metadata block of a safetensors file, without reading its tensors; empty for other kinds of
/// weight files. Throws `CheckpointError` as above.
std::map<std::string, std::string>
readMetadata(const std::filesystem::path& path, const CheckpointLimits& limits = {});

/// Writes the tensors (made contiguous) and metadata as safetensors, all or nothing.
void writeSafetensors(
    const std::filesystem::path& path,
    const std::map<std::string, torch::Tensor>& tensors,
    const std::map<std::string, std::string>& metadata = {}
);

} // namespace siskin
