// SPDX-License-Identifier: MIT
// Exists so that LibTorch's precompiled header has an owner (see CMakeLists.txt).
