// SPDX-License-Identifier: MIT
#include "core/run/devices.hpp"

#include "core/base/error.hpp"
#include "core/sparse/sparse_ops.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace siskin {

DeviceRegistry::DeviceRegistry() {
    add("cpu", [] { return makeCpuOps(); });
    add("reference", [] { return makeReferenceOps(); });
}

void DeviceRegistry::add(std::string name, Factory factory) {
    entries_.push_back({std::move(name), std::move(factory)});
}

std::shared_ptr<const SparseOps> DeviceRegistry::open(std::string_view name) const {
    for (const auto& entry : entries_) {
        if (entry.name == name) {
            return entry.factory();
        }
    }
    throw DeviceError(
        fmt::format("device '{}' is not available", name),
        fmt::format("this build has: {}", fmt::join(names(), ", "))
    );
}

std::vector<std::string> DeviceRegistry::names() const {
    std::vector<std::string> result;
    for (const auto& entry : entries_) {
        result.push_back(entry.name);
    }
    return result;
}

} // namespace siskin
