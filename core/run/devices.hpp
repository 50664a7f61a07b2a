// SPDX-License-Identifier: MIT
// The devices this process can compute on, by name. `app/` registers what it was built with.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace siskin {

class PointOps;
class SparseOps;

class DeviceRegistry {
  public:
    using Factory = std::function<std::shared_ptr<const SparseOps>()>;
    /// Makes the operations on clouds that go with an opened device, in the same place.
    using PointFactory = std::function<std::shared_ptr<const PointOps>(const SparseOps& device)>;

    /// Holds "cpu" and "reference" from the start.
    DeviceRegistry();

    /// Without `points`, networks on clouds do not run on the device. `SparseOps::name` of what
    /// `factory` makes is the name of an entry that has the same `points`.
    void add(std::string name, Factory factory, PointFactory points = {});
    /// Opens a device. Throws `DeviceError` listing what this build offers when the name is
    /// unknown.
    std::shared_ptr<const SparseOps> open(std::string_view name) const;
    /// What goes with an opened device. Throws `DeviceError` where networks on clouds do not run on
    /// it.
    std::shared_ptr<const PointOps> pointsOf(const SparseOps& device) const;
    std::vector<std::string> names() const;

  private:
    struct Entry {
        std::string name;
        Factory factory;
        PointFactory points;
    };

    const Entry* find(std::string_view name) const;

    std::vector<Entry> entries_;
};

/// The devices of this process. `app/` adds to it before it opens the first one; afterwards any
/// thread may read it.
DeviceRegistry& deviceRegistry();

} // namespace siskin
