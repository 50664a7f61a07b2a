// SPDX-License-Identifier: MIT
// Layout: uint64 header length, JSON header {name: {dtype, shape, data_offsets}}, data without
// gaps.
#include "core/base/error.hpp"
#include "core/base/file.hpp"
#include "core/checkpoint/containers.hpp"
#include "core/checkpoint/element_types.hpp"
#include "core/checkpoint/state_dict.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <set>
#include <string_view>
#include <utility>

namespace siskin {

namespace checkpoint {

namespace {

using Json = nlohmann::json;

constexpr std::uint64_t kLengthBytes = sizeof(std::uint64_t);
constexpr const char* kMetadata = "__metadata__";

/// Keeps the parser from building anything deeper, larger or more ambiguous than a header is.
class HeaderGuard {
  public:
    HeaderGuard(const ByteSource& file, const CheckpointLimits& limits)
        : file_(file), left_(limits.pickleOps) {}

    bool operator()(int depth, Json::parse_event_t event, const Json& parsed) {
        constexpr int kDeepest = 3;
        if (depth > kDeepest || --left_ < 0) {
            file_.fail(kLengthBytes, "the header is nested too deep or too long");
        }
        const bool isName = event == Json::parse_event_t::key && depth == 1;
        if (isName && !names_.insert(parsed.get_ref<const std::string&>()).second) {
            file_.fail(
                kLengthBytes,
                fmt::format(
                    "'{}' is in the header twice", printable(parsed.get_ref<const std::string&>())
                )
            );
        }
        return true;
    }

  private:
    const ByteSource& file_;
    std::int64_t left_;
    std::set<std::string> names_;
};

struct Piece {
    std::string name;
    torch::ScalarType type = torch::kFloat;
    std::vector<std::int64_t> shape;
    std::uint64_t begin = 0;
    std::uint64_t end = 0;
};

Json readHeader(const ByteSource& file, const CheckpointLimits& limits, std::uint64_t& dataStart) {
    std::byte length[kLengthBytes];
    file.read(0, length);
    const auto bytes = littleEndian<std::uint64_t>(length);
    if (bytes > file.size() - kLengthBytes ||
        bytes > static_cast<std::uint64_t>(limits.pickleBytes)) {
        file.fail(
            0,
            fmt::format("a header of {} bytes in a file of {}", bytes, file.size()),
            "the file is truncated, or not safetensors"
        );
    }
    dataStart = kLengthBytes + bytes;
    std::string text(bytes, '\0');
    file.read(kLengthBytes, std::as_writable_bytes(std::span(text.data(), text.size())));
    try {
        HeaderGuard guard(file, limits);
        return Json::parse(text, std::ref(guard));
    } catch (const Json::parse_error& error) {
        file.fail(kLengthBytes + error.byte, "the header is not JSON");
    } catch (const Json::exception&) {
        file.fail(kLengthBytes, "the header holds an impossible value");
    }
}

Piece parsePiece(const ByteSource& file, const std::string& name, const Json& entry) {
    const auto refuse = [&](const std::string& why) {
        file.fail(kLengthBytes, fmt::format("'{}': {}", printable(name), why));
    };
    Piece piece;
    piece.name = name;
    const auto field = [&](const char* key) -> const Json& {
        if (!entry.is_object() || !entry.contains(key)) {
            refuse(fmt::format("no '{}' in the header", key));
        }
        return entry.at(key);
    };
    const auto number = [&](const Json& value) {
        if (!value.is_number_unsigned() || value.get<std::uint64_t>() > INT64_MAX) {
            refuse("a shape or offset that is not a non-negative 64-bit integer");
        }
        return value.get<std::int64_t>();
    };
    const Json& type = field("dtype");
    const auto* known = !type.is_string()
                            ? nullptr
                            : findElementType<std::string_view>(
                                  &ElementType::safetensors, type.get_ref<const std::string&>()
                              );
    if (known == nullptr) {
        refuse("a type that is not supported");
    }
    piece.type = known->type;
    constexpr std::size_t kMostDimensions = 64;
    const Json& offsets = field("data_offsets");
    if (!field("shape").is_array() || field("shape").size() > kMostDimensions ||
        !offsets.is_array() || offsets.size() != 2) {
        refuse("no shape of at most 64 numbers, or no two data_offsets");
    }
    auto bytes = static_cast<std::int64_t>(c10::elementSize(piece.type));
    bool overflow = false;
    bool empty = false;
    for (const Json& value : field("shape")) {
        piece.shape.push_back(number(value));
        empty |= piece.shape.back() == 0;
        overflow |=
            __builtin_mul_overflow(bytes, std::max<std::int64_t>(1, piece.shape.back()), &bytes);
    }
    const auto begin = number(offsets[0]);
    const auto end = number(offsets[1]);
    if (overflow || begin > end || end - begin != (empty ? 0 : bytes)) {
        refuse(fmt::format("shape [{}] does not fit its data_offsets", fmt::join(piece.shape, ", "))
        );
    }
    piece.begin = static_cast<std::uint64_t>(begin);
    piece.end = static_cast<std::uint64_t>(end);
    return piece;
}

/// The data must be covered by the tensors exactly: no gap, no overlap, nothing left.
void checkCoverage(
    const ByteSource& file, const std::vector<Piece>& pieces, std::uint64_t dataStart
) {
    std::uint64_t covered = 0;
    for (const auto& piece : pieces) {
        if (piece.begin != covered) {
            file.fail(
                dataStart + covered,
                fmt::format(
                    "'{}' starts at {} of the data, {} expected",
                    printable(piece.name),
                    piece.begin,
                    covered
                )
            );
        }
        covered = piece.end;
    }
    if (covered != file.size() - dataStart) {
        file.fail(
            dataStart + std::min(covered, file.size() - dataStart),
            fmt::format(
                "{} bytes of data where the header says {}", file.size() - dataStart, covered
            ),
            "the file is truncated or damaged; copy it again"
        );
    }
}

torch::Tensor readPiece(const ByteSource& file, const Piece& piece, std::uint64_t dataStart) {
    auto tensor = torch::empty(piece.shape, piece.type);
    auto* memory = static_cast<std::byte*>(tensor.data_ptr());
    const std::span<std::byte> target(memory, piece.end - piece.begin);
    file.read(dataStart + piece.begin, target);
    if (piece.type == torch::kBool) {
        normalizeBools(target);
    }
    return tensor;
}

std::map<std::string, std::string> parseMetadata(const ByteSource& file, const Json& entry) {
    std::map<std::string, std::string> metadata;
    for (const auto& [key, value] : entry.items()) {
        if (!value.is_string()) {
            file.fail(kLengthBytes, "metadata that is not text");
        }
        metadata.emplace(key, value.get<std::string>());
    }
    return metadata;
}

std::vector<Piece> parsePieces(
    const ByteSource& file, const CheckpointLimits& limits, const Json& header, Checkpoint& result
) {
    std::vector<Piece> pieces;
    for (const auto& [name, entry] : header.items()) {
        if (name != kMetadata) {
            pieces.push_back(parsePiece(file, name, entry));
            if (pieces.back().end - pieces.back().begin >
                static_cast<std::uint64_t>(limits.tensorBytes)) {
                file.fail(
                    kLengthBytes, fmt::format("'{}' is larger than accepted", printable(name))
                );
            }
            continue;
        }
        result.metadata = parseMetadata(file, entry);
    }
    std::sort(pieces.begin(), pieces.end(), [](const Piece& a, const Piece& b) {
        return std::pair(a.begin, a.end) < std::pair(b.begin, b.end);
    });
    return pieces;
}

std::string_view typeName(const std::string& name, torch::ScalarType type) {
    const auto* known = findElementType(&ElementType::type, type);
    if (known == nullptr) {
        throw CheckpointError(
            fmt::format("'{}': safetensors cannot hold {}", name, c10::toString(type))
        );
    }
    return known->safetensors;
}

} // namespace

Checkpoint readSafetensors(const ByteSource& file, const CheckpointLimits& limits) {
    std::uint64_t dataStart = 0;
    const Json header = readHeader(file, limits, dataStart);
    Checkpoint result;
    result.format = "safetensors";
    const auto pieces = parsePieces(file, limits, header, result);
    checkCoverage(file, pieces, dataStart);
    if (pieces.empty()) {
        file.fail(kLengthBytes, "no tensors");
    }
    if (file.size() - dataStart > static_cast<std::uint64_t>(limits.totalTensorBytes)) {
        file.fail(dataStart, "the tensors of this file together are larger than accepted");
    }
    for (const auto& piece : pieces) {
        if (!result.tensors.emplace(parameterName(piece.name), readPiece(file, piece, dataStart))
                 .second) {
            file.fail(
                dataStart + piece.begin,
                fmt::format("'{}' exists with and without 'module.'", printable(piece.name))
            );
        }
    }
    return result;
}

std::map<std::string, std::string>
readSafetensorsMetadata(const ByteSource& file, const CheckpointLimits& limits) {
    std::uint64_t dataStart = 0;
    const Json header = readHeader(file, limits, dataStart);
    const auto entry = header.find(kMetadata);
    return entry == header.end() ? std::map<std::string, std::string>()
                                 : parseMetadata(file, *entry);
}

} // namespace checkpoint

void writeSafetensors(
    const std::filesystem::path& path,
    const std::map<std::string, torch::Tensor>& tensors,
    const std::map<std::string, std::string>& metadata
) {
    using checkpoint::Json;
    Json header = Json::object();
    if (!metadata.empty()) {
        header[checkpoint::kMetadata] = metadata;
    }
    // Wide elements first: every tensor is then aligned to its element.
    std::vector<std::pair<std::string, torch::Tensor>> order;
    for (const auto& [name, tensor] : tensors) {
        if (name == checkpoint::kMetadata) {
            throw CheckpointError(
                fmt::format("{}: no tensor may be called '{}'", path.string(), name)
            );
        }
        order.emplace_back(name, tensor.detach().to(torch::kCPU).contiguous());
    }
    std::stable_sort(order.begin(), order.end(), [](const auto& a, const auto& b) {
        return a.second.element_size() > b.second.element_size();
    });
    std::uint64_t end = 0;
    for (const auto& [name, tensor] : order) {
        const auto begin = std::exchange(end, end + tensor.nbytes());
        header[name] = {
            {"dtype", checkpoint::typeName(name, tensor.scalar_type())},
            {"shape", tensor.sizes().vec()},
            {"data_offsets", {begin, end}}};
    }
    try {
        std::string content = header.dump();
        content.resize((content.size() + 7) / 8 * 8, ' ');
        const std::uint64_t length = content.size();
        content.insert(0, reinterpret_cast<const char*>(&length), sizeof(length));
        content.reserve(content.size() + end);
        for (const auto& [name, tensor] : order) {
            content.append(static_cast<const char*>(tensor.data_ptr()), tensor.nbytes());
        }
        writeFileAtomically(path, content);
    } catch (const Json::exception&) {
        throw CheckpointError(fmt::format("{}: a name or metadata is not UTF-8 text", path.string())
        );
    } catch (const DatasetError& error) {
        throw CheckpointError(error.what(), error.hint());
    }
}

} // namespace siskin
