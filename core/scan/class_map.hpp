// SPDX-License-Identifier: MIT
// Which classes a data set or a model speaks: raw id -> class id -> name -> colour.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

namespace siskin {

using ClassId = std::uint8_t;
using Colour = std::array<std::uint8_t, 3>; ///< sRGB, 0-255

/// Class id of points that count for nothing (unlabelled, outlier, not in the map).
inline constexpr ClassId kIgnored = 255;

struct ClassInfo {
    std::string name;
    Colour colour{};
    std::vector<std::uint32_t> rawIds; ///< ids in the data set's files that mean this class
    std::uint32_t submissionId = 0;    ///< the one raw id written into prediction files
};

/// An immutable list of classes, numbered 0 .. size()-1, with the raw ids that map to each.
/// Read from `resources/classmaps/*.json`; format in `resources/README.md`.
class ClassMap {
  public:
    /// Throws `ConfigError` naming file and key when the file is missing, malformed, or gives one
    /// raw id or one name twice.
    static ClassMap fromJsonFile(const std::filesystem::path& path);
    /// The same from text; `origin` stands for the file in messages.
    static ClassMap fromJson(const std::string& text, const std::string& origin);

    /// The map in the format that `fromJson` reads, on one line; equal maps give equal text.
    std::string toJson() const;

    const std::string& name() const noexcept { return name_; } ///< e.g. "semantickitti-spvnas"

    /// Whether both maps speak of the raw ids of one data set, so that ground truth of one can be
    /// put into the classes of the other: their names agree up to the first '-'.
    bool sharesRawIdsWith(const ClassMap& other) const noexcept;

    const std::string& title() const noexcept { return title_; } ///< for people

    std::size_t size() const noexcept { return classes_.size(); }

    const std::vector<ClassInfo>& classes() const noexcept { return classes_; }

    /// Class of index `id`; the entry of ignored points for `kIgnored` or anything out of range.
    const ClassInfo& info(ClassId id) const noexcept;

    /// Class id of a raw id; `kIgnored` when the map ignores it or does not know it.
    ClassId classOf(std::uint32_t rawId) const noexcept;
    /// `classOf` of each, in order.
    std::vector<ClassId> classesOf(std::span<const std::uint32_t> rawIds) const;
    /// False when the data set's documents do not list this raw id at all.
    bool knows(std::uint32_t rawId) const noexcept;

  private:
    std::string name_;
    std::string title_;
    std::vector<ClassInfo> classes_;
    ClassInfo ignored_;
    std::unordered_map<std::uint32_t, ClassId> fromRaw_;
};

} // namespace siskin
