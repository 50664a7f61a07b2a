// SPDX-License-Identifier: MIT
// The devices this process can compute on, by name. `app/` registers what it was built with.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace siskin {

class SparseOps;

class DeviceRegistry {
  public:
    using Factory = std::function<std::shared_ptr<const SparseOps>()>;

    /// Holds "cpu" and "reference" from the start.
    DeviceRegistry();

    void add(std::string name, Factory factory);
    /// Opens a device. Throws `DeviceError` listing what this build offers when the name is
    /// unknown.
    std::shared_ptr<const SparseOps> open(std::string_view name) const;
    std::vector<std::string> names() const;

  private:
    struct Entry {
        std::string name;
        Factory factory;
    };

    std::vector<Entry> entries_;
};

} // namespace siskin
