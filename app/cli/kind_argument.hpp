// SPDX-License-Identifier: MIT
// The argument of --model where all networks of a kind have one size and compute in fp32: FILE,
// demo:NAME, KIND:FILE or KIND:random.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace siskin::cli {

struct KindArgument {
    std::string kind;              ///< one of the known; empty: what the file says
    std::filesystem::path weights; ///< empty: random ones
};

/// `network` is what messages call it: "network for cones". A word with '.' or '/' in it is a FILE,
/// whether it exists or not. Throws `ConfigError` for an unknown kind or name (with the nearest
/// one), a kind without weights, a width or a precision.
KindArgument parseKindArgument(
    const std::string& text, const std::string& network, const std::vector<std::string>& kinds
);

/// Names of enumerators that have a `toString`.
template <typename Kinds>
std::vector<std::string> namesOf(const Kinds& kinds) {
    std::vector<std::string> names;
    for (const auto kind : kinds) {
        names.emplace_back(toString(kind));
    }
    return names;
}

} // namespace siskin::cli
