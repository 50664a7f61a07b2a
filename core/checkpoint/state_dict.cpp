// SPDX-License-Identifier: MIT
#include "core/checkpoint/state_dict.hpp"

#include "core/checkpoint/limits.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <string_view>
#include <utility>

namespace siskin::checkpoint {

namespace {

constexpr std::string_view kPrefix = "module.";

/// Makes tensors of storages that are read once each.
class TensorMaker {
  public:
    TensorMaker(const TorchObjects& objects, const StorageData& data, std::uint64_t budget)
        : objects_(objects), data_(data), left_(budget) {}

    torch::Tensor make(const TensorSpec& spec) {
        // A tensor costs memory even when it is empty, and one call may be used under many names.
        constexpr std::uint64_t kOverhead = 512;
        charge(kOverhead, spec.offset);
        if (spec.count == 0) {
            return torch::empty(spec.sizes, spec.type);
        }
        Loaded& loaded = load(spec.storage);
        const auto numbers =
            spec.storage.untyped ? typed(loaded.numbers, spec.type) : loaded.numbers;
        const auto view = numbers.as_strided(spec.sizes, spec.strides, spec.first);
        // The first tensor that is all of a storage takes it; every other one gets its own copy.
        if (!loaded.taken && view.is_contiguous() && spec.count == numbers.numel()) {
            loaded.taken = true;
            return view;
        }
        charge(static_cast<std::uint64_t>(spec.bytes()), spec.offset);
        return view.clone(torch::MemoryFormat::Contiguous);
    }

  private:
    struct Loaded {
        torch::Tensor numbers;
        bool taken = false;
    };

    static torch::Tensor typed(const torch::Tensor& bytes, torch::ScalarType type) {
        if (type == torch::kBool) {
            return bytes.ne(0);
        }
        const auto width = static_cast<std::int64_t>(c10::elementSize(type));
        return bytes.narrow(0, 0, bytes.numel() / width * width).view(type);
    }

    void charge(std::uint64_t bytes, std::uint64_t offset) {
        if (bytes > left_) {
            objects_.source().fail(
                offset, "the tensors of this file together are larger than accepted"
            );
        }
        left_ -= bytes;
    }

    Loaded& load(const StorageSpec& spec) {
        const auto known = storages_.find(spec.key);
        if (known != storages_.end()) {
            return known->second;
        }
        const auto bytes = static_cast<std::uint64_t>(spec.bytes());
        if (const auto available = data_.available(spec); available != bytes) {
            objects_.source().fail(
                spec.offset,
                fmt::format("a storage of {} bytes of which the file holds {}", bytes, available),
                "the file is truncated or damaged; copy it again"
            );
        }
        charge(bytes, spec.offset);
        Loaded loaded{.numbers = torch::empty({spec.count}, spec.type)};
        auto* memory = static_cast<std::byte*>(loaded.numbers.data_ptr());
        data_.read(spec, {memory, bytes});
        if (spec.type == torch::kBool) {
            normalizeBools({memory, bytes});
        }
        return storages_.emplace(spec.key, std::move(loaded)).first->second;
    }

    const TorchObjects& objects_;
    const StorageData& data_;
    std::uint64_t left_;
    std::map<std::string, Loaded> storages_;
};

/// One line about what a node is, for notes and errors.
std::string describe(const TorchObjects& objects, NodeId id) {
    const Node& node = objects.graph()[id];
    if (objects.isDictionary(id)) {
        return "a dictionary";
    }
    switch (node.kind) {
    case NodeKind::Call: {
        const Node& callee = objects.graph()[node.items()[0]];
        return callee.kind == NodeKind::Global
                   ? fmt::format("an object of {}", printable(callee.text()))
                   : "an object";
    }
    case NodeKind::Tuple:
    case NodeKind::List:
    case NodeKind::Set:
        return fmt::format("a list of {}", node.items().size());
    default:
        return "not a tensor";
    }
}

std::optional<std::string> scalarText(const Node& node) {
    constexpr std::size_t kLongest = 4096;
    switch (node.kind) {
    case NodeKind::Bool:
        return node.integer() != 0 ? "true" : "false";
    case NodeKind::Integer:
        return fmt::format("{}", node.integer());
    case NodeKind::Real:
        return fmt::format("{}", node.real());
    case NodeKind::Text:
        return node.text().substr(0, kLongest);
    default:
        return std::nullopt;
    }
}

class StateDictReader {
  public:
    StateDictReader(const TorchObjects& objects, TensorMaker maker, Checkpoint& result)
        : objects_(objects), maker_(std::move(maker)), result_(result) {}

    void read() {
        const NodeId root = objects_.graph().root;
        if (!objects_.isDictionary(root) || !find(root)) {
            objects_.fail(root, "no state dict: the file holds " + content(root), kHint);
        }
        for (const NodeId dictionary : path_) {
            readEntries(dictionary, dictionary == path_.front());
        }
        if (skipped_ > kMostNotes) {
            result_.notes.push_back(fmt::format("and {} more skipped", skipped_ - kMostNotes));
        }
    }

  private:
    static constexpr std::array<std::string_view, 3> kWrappers = {
        "model", "state_dict", "model_state_dict"};
    static constexpr std::int64_t kMostNotes = 50;
    static constexpr std::size_t kMostMetadata = 1000;
    static constexpr const char* kHint =
        "save the network with torch.save(model.state_dict(), file)";

    const std::string* textOf(NodeId id) const {
        const Node& node = objects_.graph()[id];
        return node.kind == NodeKind::Text ? &node.text() : nullptr;
    }

    /// Depth first, wrappers before the dictionary itself; `path_` then leads from the state dict
    /// up to the root.
    bool find(NodeId dictionary) {
        if (!seen_.insert(dictionary).second) {
            return false;
        }
        const Entries entries = objects_.entries(dictionary);
        for (const auto wrapper : kWrappers) {
            for (const auto& [key, value] : entries) {
                const auto* name = textOf(key);
                if (name != nullptr && *name == wrapper && objects_.isDictionary(value) &&
                    find(value)) {
                    path_.push_back(dictionary);
                    return true;
                }
            }
        }
        const bool here = std::any_of(entries.begin(), entries.end(), [this](const auto& entry) {
            return textOf(entry.first) != nullptr && objects_.tensor(entry.second).has_value();
        });
        if (here) {
            path_.push_back(dictionary);
        }
        return here;
    }

    std::string content(NodeId root) const {
        if (!objects_.isDictionary(root)) {
            return describe(objects_, root);
        }
        constexpr std::size_t kMostKeys = 8;
        std::vector<std::string> keys;
        for (const auto& [key, value] : objects_.entries(root)) {
            if (const auto* name = textOf(key); name != nullptr && keys.size() < kMostKeys) {
                keys.push_back(fmt::format("'{}' ({})", printable(*name), describe(objects_, value))
                );
            }
        }
        return fmt::format("a dictionary without tensors: {}", fmt::join(keys, ", "));
    }

    void readEntries(NodeId dictionary, bool isStateDict) {
        std::map<std::string, NodeId> values; // a key set again replaces the value
        constexpr std::size_t kLongestName = 1024;
        for (const auto& [key, value] : objects_.entries(dictionary)) {
            const auto* name = textOf(key);
            if (name != nullptr && name->size() <= kLongestName) {
                values[*name] = value;
            } else {
                skip(key, "an entry without a name, or with a very long one");
            }
        }
        for (const auto& [name, value] : values) {
            if (std::find(path_.begin(), path_.end(), value) != path_.end()) {
                continue;
            }
            const auto spec = isStateDict ? objects_.tensor(value) : std::nullopt;
            if (spec) {
                add(name, value, *spec);
            } else if (const auto text = scalarText(objects_.graph()[value]);
                       text && result_.metadata.size() < kMostMetadata) {
                result_.metadata.emplace(name, *text);
            } else {
                skip(value, fmt::format("'{}': {}", printable(name), describe(objects_, value)));
            }
        }
    }

    void add(const std::string& name, NodeId at, const TensorSpec& spec) {
        if (!result_.tensors.emplace(parameterName(name), maker_.make(spec)).second) {
            objects_.fail(
                at, fmt::format("'{}' exists with and without 'module.'", printable(name))
            );
        }
    }

    void skip(NodeId at, const std::string& what) {
        if (++skipped_ <= kMostNotes) {
            result_.notes.push_back(
                fmt::format("{}, skipped (byte {})", what, objects_.graph()[at].offset)
            );
        }
    }

    const TorchObjects& objects_;
    TensorMaker maker_;
    Checkpoint& result_;
    std::set<NodeId> seen_;
    std::vector<NodeId> path_;
    std::int64_t skipped_ = 0;
};

} // namespace

std::string parameterName(const std::string& name) {
    return name.starts_with(kPrefix) ? name.substr(kPrefix.size()) : name;
}

void normalizeBools(std::span<std::byte> bytes) {
    std::transform(bytes.begin(), bytes.end(), bytes.begin(), [](std::byte b) {
        return b == std::byte{0} ? b : std::byte{1};
    });
}

void readStateDict(
    const TorchObjects& objects,
    const StorageData& data,
    std::uint64_t fileBytes,
    const CheckpointLimits& limits,
    Checkpoint& result
) {
    objects.checkStructure();
    result.notes = objects.notes();
    const auto budget = expansionLimit(fileBytes, limits.totalTensorBytes, limits);
    StateDictReader(objects, TensorMaker(objects, data, budget), result).read();
}

} // namespace siskin::checkpoint
