// SPDX-License-Identifier: MIT
#include "core/checkpoint/containers.hpp"
#include "core/checkpoint/state_dict.hpp"
#include "core/checkpoint/zip.hpp"

#include <fmt/format.h>

#include <string_view>
#include <utility>

namespace siskin::checkpoint {

namespace {

constexpr std::string_view kPickle = "data.pkl";
constexpr std::string_view kPickleInFolder = "/data.pkl";

class ZipStorages final : public StorageData {
  public:
    ZipStorages(const ZipArchive& archive, std::string folder)
        : archive_(archive), folder_(std::move(folder)) {}

    std::uint64_t available(const StorageSpec& spec) const override { return entry(spec).bytes; }

    void read(const StorageSpec& spec, std::span<std::byte> target) const override {
        archive_.read(entry(spec), target);
    }

  private:
    const ZipEntry& entry(const StorageSpec& spec) const {
        const auto found = archive_.entries().find(folder_ + "data/" + spec.key);
        if (found == archive_.entries().end()) {
            archive_.source().fail(
                archive_.source().size(),
                fmt::format("no entry for storage '{}'", printable(spec.key))
            );
        }
        return found->second;
    }

    const ZipArchive& archive_;
    std::string folder_;
};

/// The folder inside the archive, e.g. "weights/", found by its data.pkl.
std::string archiveFolder(const ZipArchive& archive) {
    for (const auto& [name, entry] : archive.entries()) {
        if (name == kPickle || name.ends_with(kPickleInFolder)) {
            return name.substr(0, name.size() - kPickle.size());
        }
    }
    archive.source().fail(
        archive.source().size(),
        "a zip archive without data.pkl",
        "this is not a PyTorch file; NumPy archives and plain zip files hold no state dict"
    );
}

void checkByteOrder(const ZipArchive& archive, const std::string& folder) {
    const auto order = archive.entries().find(folder + "byteorder");
    if (order == archive.entries().end()) {
        return;
    }
    constexpr std::uint64_t kLongest = 16;
    const ByteSource& file = archive.source();
    if (order->second.bytes > kLongest) {
        file.fail(order->second.headerOffset, "an impossible byte order");
    }
    const auto content = archive.read(order->second);
    const std::string_view text(reinterpret_cast<const char*>(content.data()), content.size());
    if (text != "little") {
        file.fail(
            order->second.dataOffset,
            fmt::format("the byte order is '{}'", printable(text)),
            "save the weights again on a little-endian machine"
        );
    }
}

} // namespace

Checkpoint readTorchZip(const ByteSource& file, const CheckpointLimits& limits) {
    const ZipArchive archive(file, limits);
    const std::string folder = archiveFolder(archive);
    checkByteOrder(archive, folder);
    const ZipEntry& entry = archive.entries().at(fmt::format("{}{}", folder, kPickle));
    if (entry.bytes > static_cast<std::uint64_t>(limits.pickleBytes)) {
        file.fail(
            entry.headerOffset,
            fmt::format("data.pkl of {} bytes is larger than accepted", entry.bytes)
        );
    }
    const MemorySource pickle(
        fmt::format(
            "{}: {}{} (at byte {})", file.name(), printable(folder), kPickle, entry.dataOffset
        ),
        archive.read(entry)
    );
    ByteReader reader(pickle, 0, pickle.size());
    const PickleGraph graph = readPickle(reader, limits);
    Checkpoint result;
    result.format = "pytorch-zip";
    const TorchObjects objects(graph, pickle, limits);
    readStateDict(objects, ZipStorages(archive, folder), file.size(), limits, result);
    return result;
}

} // namespace siskin::checkpoint
