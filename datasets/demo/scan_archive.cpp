// SPDX-License-Identifier: MIT
#include "datasets/demo/scan_archive.hpp"

#include "core/base/error.hpp"
#include "core/base/file.hpp"
#include "datasets/demo/archive_format.hpp"
#include "datasets/demo/columns.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <cstring>

namespace siskin {

namespace {

using nlohmann::json;

constexpr auto kHint =
    "the file belongs to the program: restore it, e.g. git checkout resources/demo";
constexpr std::size_t kMostPoints = std::size_t{1} << 26U;

[[noreturn]] void fail(const std::filesystem::path& path, const std::string& why) {
    throw DatasetError(fmt::format("{}: {}", path.string(), why), kHint);
}

ArchiveHeader headerFrom(const json& document) {
    ArchiveHeader header{
        .title = document.at("title").get<std::string>(),
        .classMap = document.at("classMap").get<std::string>(),
        .framesPerSecond = document.at("framesPerSecond").get<double>(),
        .fields = {}};
    for (const json& field : document.at("fields")) {
        header.fields.push_back(
            {field.at("name").get<std::string>(),
             field.at("channels").get<std::size_t>(),
             field.at("step").get<double>()}
        );
    }
    return header;
}

/// Whether the fields are a position, others, and at most one label at the end.
bool isUsable(const ArchiveHeader& header) {
    constexpr std::size_t kMostFields = 16;
    constexpr std::size_t kMostChannels = 16;
    const auto& fields = header.fields;
    bool good = !fields.empty() && fields.size() <= kMostFields && header.framesPerSecond > 0.0 &&
                fields.front().name == kPositionField;
    for (const ArchiveField& field : fields) {
        const bool last = &field == &fields.back();
        good = good && field.channels >= 1 && field.channels <= kMostChannels && field.step > 0.0 &&
               (field.name != kPositionField || field.channels == 3) &&
               (field.name != kLabelField || (field.channels == 1 && last));
    }
    return good;
}

ScanArchive::Frame frameFrom(const json& document) {
    ScanArchive::Frame frame;
    frame.id = document.at("id").get<std::string>();
    frame.group = document.at("group").get<std::string>();
    frame.points = document.at("points").get<std::size_t>();
    frame.checksum = document.at("crc32").get<std::uint32_t>();
    if (document.contains("pose")) {
        frame.pose = document.at("pose").get<std::array<double, 16>>();
    }
    return frame;
}

/// The columns of one field, woven together: x0 y0 z0 x1 y1 z1 ...
template <typename T>
std::vector<T> weave(std::span<const IntColumn> columns, const ArchiveField& field) {
    const std::size_t rows = columns.front().size();
    std::vector<T> values(rows * field.channels);
    for (std::size_t channel = 0; channel < field.channels; ++channel) {
        for (std::size_t row = 0; row < rows; ++row) {
            values[row * field.channels + channel] =
                static_cast<T>(columns[channel][row] * field.step);
        }
    }
    return values;
}

void addField(Scan& scan, std::span<const IntColumn> columns, const ArchiveField& field) {
    if (field.name == kPositionField) {
        const auto values = weave<float>(columns, field);
        scan.positions.resize(values.size() / 3);
        for (std::size_t i = 0; i < scan.positions.size(); ++i) {
            scan.positions[i] = {values[3 * i], values[3 * i + 1], values[3 * i + 2]};
        }
    } else if (field.name == kLabelField) {
        GroundTruth truth;
        truth.rawIds = weave<std::uint32_t>(columns, field);
        scan.groundTruth = std::move(truth);
    } else {
        scan.fields.push_back(
            {field.name, static_cast<int>(field.channels), weave<float>(columns, field)}
        );
    }
}

} // namespace

ScanArchive::ScanArchive(const std::filesystem::path& path) : path_(path), bytes_(readFile(path)) {
    try {
        readHeader();
    } catch (const json::exception&) {
        fail(path_, "the header is not what this version of the program expects");
    }
}

void ScanArchive::readHeader() {
    ArchivePrefix prefix{};
    if (bytes_.size() >= sizeof prefix) {
        std::memcpy(&prefix, bytes_.data(), sizeof prefix);
    }
    if (prefix.magic != kArchiveMagic) {
        fail(path_, "not a scan archive");
    }
    const std::span<const std::byte> rest = std::span(bytes_).subspan(sizeof prefix);
    if (rest.size() < prefix.headerSize) {
        fail(path_, fmt::format("cut short: {} bytes end inside the header", bytes_.size()));
    }
    const auto text = rest.first(prefix.headerSize);
    if (checksum(text) != prefix.headerChecksum) {
        fail(path_, "the header is damaged: its checksum differs");
    }
    const auto* first = reinterpret_cast<const char*>(text.data());
    const json document = json::parse(first, first + text.size());
    if (document.at("format") != kArchiveFormat) {
        fail(
            path_, fmt::format("is {}, expected {}", document.at("format").dump(), kArchiveFormat)
        );
    }
    header_ = headerFrom(document);
    if (!isUsable(header_)) {
        fail(path_, "the header is not what this version of the program expects");
    }
    std::size_t offset = prefix.headerSize;
    for (const json& description : document.at("frames")) {
        Frame frame = frameFrom(description);
        const auto size = description.at("bytes").get<std::size_t>();
        if (size > rest.size() - offset) {
            fail(
                path_,
                fmt::format("cut short: {} bytes end inside frame {}", bytes_.size(), frame.id)
            );
        }
        if (frame.points > kMostPoints) {
            fail(path_, fmt::format("frame {} claims {} points", frame.id, frame.points));
        }
        frame.packed = rest.subspan(offset, size);
        offset += size;
        frames_.push_back(std::move(frame));
    }
    if (offset != rest.size()) {
        fail(path_, fmt::format("{} bytes too many at its end", rest.size() - offset));
    }
}

Scan ScanArchive::read(std::size_t index) const {
    const Frame& frame = frames_.at(index);
    const auto place = fmt::format("{}: frame {}", path_.string(), frame.id);
    if (checksum(frame.packed) != frame.checksum) {
        throw DatasetError(place + ": damaged: its checksum differs", kHint);
    }
    std::size_t count = 0;
    for (const ArchiveField& field : header_.fields) {
        count += field.channels;
    }
    const auto columns = unpackColumns(frame.packed, count, frame.points, place);
    Scan scan;
    scan.id = frame.id;
    scan.pose = frame.pose;
    std::span<const IntColumn> left = columns;
    for (const ArchiveField& field : header_.fields) {
        addField(scan, left.first(field.channels), field);
        left = left.subspan(field.channels);
    }
    return scan;
}

} // namespace siskin
