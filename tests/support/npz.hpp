// SPDX-License-Identifier: MIT
// NumPy archives, for tests that compare with arrays computed elsewhere.
#pragma once

#include <torch/types.h>

#include <filesystem>
#include <map>
#include <string>

namespace siskin::test {

/// Reads every array of an `.npz` (np.savez or np.savez_compressed), keyed without ".npy", C order.
/// Types: f2 f4 f8, i1 i2 i4 i8, u1, b1; u2 becomes int32, u4 becomes int64, for want of unsigned
/// types. Throws `CheckpointError` for anything else.
std::map<std::string, torch::Tensor> readNpz(const std::filesystem::path& path);

} // namespace siskin::test
