// SPDX-License-Identifier: MIT
#include "core/report/label_file.hpp"

#include "core/base/file.hpp"
#include "core/report/format.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>

namespace siskin {

namespace {

bool isDigits(std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char character) {
        return character >= '0' && character <= '9';
    });
}

} // namespace

std::vector<std::byte> labelBytes(const Prediction& prediction) {
    std::array<std::uint32_t, 256> submission{};
    for (std::size_t id = 0; id < submission.size(); ++id) {
        submission[id] = prediction.classMap->info(static_cast<ClassId>(id)).submissionId;
    }
    std::vector<std::byte> bytes;
    bytes.reserve(4 * prediction.classIds.size());
    for (const ClassId id : prediction.classIds) {
        for (unsigned shift = 0; shift < 32; shift += 8) {
            bytes.push_back(static_cast<std::byte>((submission[id] >> shift) & 0xFFU));
        }
    }
    return bytes;
}

std::filesystem::path labelPath(std::string_view scanId) {
    const auto slash = scanId.find('/');
    if (slash != std::string_view::npos && isDigits(scanId.substr(0, slash)) &&
        isDigits(scanId.substr(slash + 1))) {
        const std::string sequence(scanId.substr(0, slash));
        const std::string frame(scanId.substr(slash + 1));
        return std::filesystem::path("sequences") / sequence / "predictions" / (frame + ".label");
    }
    return std::filesystem::path("predictions") / (fileNameFrom(scanId) + ".label");
}

std::filesystem::path writeLabelFile(
    const std::filesystem::path& folder, std::string_view scanId, const Prediction& prediction
) {
    const auto path = folder / labelPath(scanId);
    writeFileAtomically(path, labelBytes(prediction));
    return path;
}

} // namespace siskin
