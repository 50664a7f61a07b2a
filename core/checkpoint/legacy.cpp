// SPDX-License-Identifier: MIT
// Layout: magic number, protocol number, facts about the machine, the object, the list of storage
// keys - five pickles one behind the other - then for each key an int64 count and that many
// elements.
#include "core/checkpoint/containers.hpp"
#include "core/checkpoint/state_dict.hpp"

#include <fmt/format.h>

#include <map>
#include <utility>

namespace siskin::checkpoint {

namespace {

constexpr const char* kMagic = "0x1950a86a20f9469cfc6c";
constexpr std::int64_t kProtocol = 1001;

class LegacyStorages final : public StorageData {
  public:
    explicit LegacyStorages(const ByteSource& file) : file_(file) {}

    /// Walks over the storages that follow the pickles at `position`; returns where they end.
    std::uint64_t
    index(const TorchObjects& objects, const TorchObjects& keys, std::uint64_t position) {
        const PickleGraph& graph = keys.graph();
        if (graph[graph.root].kind != NodeKind::List) {
            keys.fail(graph.root, "the storage keys are not a list");
        }
        const auto specs = objects.storages();
        for (const NodeId id : graph[graph.root].items()) {
            const auto spec =
                graph[id].kind == NodeKind::Text ? specs.find(graph[id].text()) : specs.end();
            if (spec == specs.end()) {
                keys.fail(id, "a storage that no tensor refers to");
            }
            position = place(spec->second, position);
        }
        return position;
    }

    std::uint64_t available(const StorageSpec& spec) const override { return range(spec).bytes; }

    void read(const StorageSpec& spec, std::span<std::byte> target) const override {
        file_.read(range(spec).offset, target);
    }

  private:
    struct Range {
        std::uint64_t offset;
        std::uint64_t bytes;
    };

    const Range& range(const StorageSpec& spec) const {
        const auto found = ranges_.find(spec.key);
        if (found == ranges_.end()) {
            file_.fail(
                spec.offset, fmt::format("the file holds no storage '{}'", printable(spec.key))
            );
        }
        return found->second;
    }

    std::uint64_t place(const StorageSpec& spec, std::uint64_t position) {
        std::byte bytes[sizeof(std::int64_t)];
        file_.read(position, bytes);
        if (const auto count = littleEndian<std::int64_t>(bytes); count != spec.count) {
            file_.fail(
                position,
                fmt::format(
                    "storage '{}' has {} elements here, {} in the pickle",
                    printable(spec.key),
                    count,
                    spec.count
                ),
                "the file is damaged; copy it again"
            );
        }
        position += sizeof(bytes);
        const auto size = static_cast<std::uint64_t>(spec.bytes());
        if (size > file_.size() - position) {
            file_.fail(
                position,
                fmt::format(
                    "storage '{}' needs {} bytes, {} are left",
                    printable(spec.key),
                    size,
                    file_.size() - position
                ),
                "the file is truncated; copy it again"
            );
        }
        if (!ranges_.emplace(spec.key, Range{.offset = position, .bytes = size}).second) {
            file_.fail(position, fmt::format("storage '{}' is listed twice", printable(spec.key)));
        }
        return position + size;
    }

    const ByteSource& file_;
    std::map<std::string, Range> ranges_;
};

/// Reads pickles that follow each other.
class PickleSequence {
  public:
    PickleSequence(const ByteSource& file, const CheckpointLimits& limits)
        : file_(file), limits_(limits) {}

    PickleGraph next() {
        ByteReader reader(file_, position_, static_cast<std::uint64_t>(limits_.pickleBytes));
        auto graph = readPickle(reader, limits_);
        position_ = reader.position();
        return graph;
    }

    std::uint64_t position() const noexcept { return position_; }

  private:
    const ByteSource& file_;
    const CheckpointLimits& limits_;
    std::uint64_t position_ = 0;
};

void checkByteOrder(const TorchObjects& machine) {
    const PickleGraph& graph = machine.graph();
    if (!machine.isDictionary(graph.root)) {
        machine.fail(graph.root, "the facts about the machine are not a dictionary");
    }
    for (const auto& [key, value] : machine.entries(graph.root)) {
        const bool isOrder =
            graph[key].kind == NodeKind::Text && graph[key].text() == "little_endian";
        if (isOrder && (graph[value].kind != NodeKind::Bool || graph[value].integer() == 0)) {
            machine.fail(
                value,
                "the numbers are big-endian",
                "save the weights again on a little-endian machine"
            );
        }
    }
}

} // namespace

Checkpoint readTorchLegacy(const ByteSource& file, const CheckpointLimits& limits) {
    PickleSequence pickles(file, limits);
    const PickleGraph magic = pickles.next();
    if (magic[magic.root].kind != NodeKind::BigInteger || magic[magic.root].text() != kMagic) {
        file.fail(0, "a pickle that is not a PyTorch file");
    }
    const auto protocolStart = pickles.position();
    const PickleGraph protocol = pickles.next();
    if (protocol[protocol.root].kind != NodeKind::Integer ||
        protocol[protocol.root].integer() != kProtocol) {
        file.fail(protocolStart, fmt::format("not version {} of the legacy container", kProtocol));
    }
    const PickleGraph machine = pickles.next();
    checkByteOrder(TorchObjects(machine, file, limits));
    const PickleGraph content = pickles.next();
    const PickleGraph keys = pickles.next();

    const TorchObjects objects(content, file, limits);
    LegacyStorages storages(file);
    const auto end = storages.index(objects, TorchObjects(keys, file, limits), pickles.position());
    Checkpoint result;
    result.format = "pytorch-legacy";
    readStateDict(objects, storages, file.size(), limits, result);
    if (end != file.size()) {
        result.notes.push_back(
            fmt::format("{} bytes after the last storage, skipped", file.size() - end)
        );
    }
    return result;
}

} // namespace siskin::checkpoint
