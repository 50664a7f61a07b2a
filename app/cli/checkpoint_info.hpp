// SPDX-License-Identifier: MIT
// What is in a weight file, in words. This header is free of LibTorch.
#pragma once

#include <filesystem>
#include <string>

namespace siskin::cli {

/// True when the first bytes are those of a PyTorch zip, a pickle or a safetensors file.
bool looksLikeCheckpoint(const std::filesystem::path& path);

/// Format, network and width as far as the tensors tell, parameters, every tensor, notes.
/// Throws `CheckpointError`.
std::string describeCheckpoint(const std::filesystem::path& path);

/// Version of the LibTorch headers that this program was built with.
std::string libTorchVersion();

} // namespace siskin::cli
