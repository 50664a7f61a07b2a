// SPDX-License-Identifier: MIT
// What PyTorch means by the nodes of a pickle: storages, tensors, dictionaries. Only the nodes that
// are asked for are interpreted; the rest of the file may be anything.
#pragma once

#include "core/checkpoint/element_types.hpp"
#include "core/checkpoint/pickle.hpp"

#include <torch/types.h>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace siskin::checkpoint {

/// A run of numbers of one type. `type` is Byte for an untyped storage, whose tensors bring a type.
struct StorageSpec {
    std::string key;
    torch::ScalarType type = torch::kFloat;
    bool untyped = false;
    std::int64_t count = 0;   ///< elements of the whole storage
    std::uint64_t offset = 0; ///< byte of the pickle that declares it

    std::int64_t bytes() const { return count * static_cast<std::int64_t>(c10::elementSize(type)); }
};

/// A view of a storage, checked: every element it reaches lies inside the storage.
struct TensorSpec {
    StorageSpec storage;
    torch::ScalarType type = torch::kFloat;
    std::int64_t first = 0; ///< elements of `type` before the first one
    std::vector<std::int64_t> sizes;
    std::vector<std::int64_t> strides; ///< in elements of `type`
    std::int64_t count = 0;            ///< product of the sizes
    std::uint64_t offset = 0;          ///< byte of the pickle that makes it

    std::int64_t bytes() const { return count * static_cast<std::int64_t>(c10::elementSize(type)); }
};

using Entries = std::vector<std::pair<NodeId, NodeId>>;

class TorchObjects {
  public:
    /// `source` is what the graph was read from; both must outlive this object.
    TorchObjects(const PickleGraph& graph, const ByteSource& source, const CheckpointLimits& limits)
        : graph_(graph), source_(source), limits_(limits) {}

    const PickleGraph& graph() const noexcept { return graph_; }

    const ByteSource& source() const noexcept { return source_; }

    [[noreturn]] void fail(NodeId at, const std::string& why, const std::string& hint = {}) const;

    /// Throws when plain containers reachable from the root contain themselves or are nested deeper
    /// than the limit.
    void checkStructure() const;
    /// Every storage that the pickle mentions, by key.
    std::map<std::string, StorageSpec> storages() const;
    /// Classes and functions that became inert, one line each.
    std::vector<std::string> notes() const;

    bool isDictionary(NodeId id) const;
    /// Keys and values of a dict or OrderedDict in file order.
    Entries entries(NodeId id) const;
    /// Empty when the node is no tensor; throws when it is an impossible one.
    std::optional<TensorSpec> tensor(NodeId id) const;

  private:
    struct View {
        StorageSpec storage;
        std::int64_t first = 0;
        std::int64_t count = 0;
    };

    const std::string* callee(NodeId call) const;
    const std::vector<NodeId>& arguments(NodeId call, NodeId at, std::size_t least) const;
    const std::vector<NodeId>& children(NodeId id) const;
    bool isStorage(const Node& node) const;
    View storageView(NodeId id) const;
    torch::ScalarType namedType(NodeId global, std::string_view ElementType::*member) const;
    std::int64_t integer(NodeId id, const char* what) const;
    std::vector<std::int64_t> shape(NodeId id, const char* what) const;
    TensorSpec
    rebuild(const std::string& function, const std::vector<NodeId>& parts, NodeId at) const;
    void checkBounds(TensorSpec& spec, const View& view, NodeId at) const;

    const PickleGraph& graph_;
    const ByteSource& source_;
    const CheckpointLimits& limits_;
};

} // namespace siskin::checkpoint
