// SPDX-License-Identifier: MIT
#include "core/run/devices.hpp"

#include "core/base/error.hpp"
#include "core/points/point_ops.hpp"
#include "core/sparse/sparse_ops.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace siskin {

DeviceRegistry::DeviceRegistry() {
    add(
        "cpu", [] { return makeCpuOps(); }, [](const SparseOps&) { return makeCpuPointOps(); }
    );
    add(
        "reference",
        [] { return makeReferenceOps(); },
        [](const SparseOps&) { return makeReferencePointOps(); }
    );
}

void DeviceRegistry::add(std::string name, Factory factory, PointFactory points) {
    entries_.push_back({std::move(name), std::move(factory), std::move(points)});
}

const DeviceRegistry::Entry* DeviceRegistry::find(std::string_view name) const {
    const auto found = std::find_if(entries_.begin(), entries_.end(), [name](const Entry& entry) {
        return entry.name == name;
    });
    return found == entries_.end() ? nullptr : &*found;
}

std::shared_ptr<const SparseOps> DeviceRegistry::open(std::string_view name) const {
    if (const auto* entry = find(name)) {
        return entry->factory();
    }
    throw DeviceError(
        fmt::format("device '{}' is not available", name),
        fmt::format("this build has: {}", fmt::join(names(), ", "))
    );
}

std::shared_ptr<const PointOps> DeviceRegistry::pointsOf(const SparseOps& device) const {
    const auto* entry = find(device.name());
    if (entry == nullptr || !entry->points) {
        throw DeviceError(
            fmt::format("networks on clouds do not run on {}", device.name()), "choose --device cpu"
        );
    }
    return entry->points(device);
}

std::vector<std::string> DeviceRegistry::names() const {
    std::vector<std::string> result;
    for (const auto& entry : entries_) {
        result.push_back(entry.name);
    }
    return result;
}

DeviceRegistry& deviceRegistry() {
    static DeviceRegistry registry;
    return registry;
}

} // namespace siskin
