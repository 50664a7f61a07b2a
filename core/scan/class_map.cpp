// SPDX-License-Identifier: MIT
#include "core/scan/class_map.hpp"

#include "core/base/error.hpp"
#include "core/base/file.hpp"
#include "core/base/json_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <initializer_list>
#include <limits>
#include <set>
#include <string_view>

namespace siskin {

namespace {

using json = nlohmann::ordered_json;

constexpr std::string_view kFormat = "siskin-classmap-1";
constexpr std::string_view kFormatHint = "the format is described in resources/README.md";

/// A JSON value together with the file and key it came from, so that every complaint can name them.
struct Value {
    const json* node;
    const std::string* origin;
    std::string key;

    [[noreturn]] void fail(std::string_view why) const {
        throw ConfigError(
            fmt::format("{}: key '{}': {}", *origin, key.empty() ? "(top)" : key, why),
            std::string(kFormatHint)
        );
    }

    void requireObject(std::initializer_list<std::string_view> allowed) const {
        if (!node->is_object()) {
            fail("an object was expected");
        }
        for (const auto& [name, unused] : node->items()) {
            if (std::find(allowed.begin(), allowed.end(), name) == allowed.end()) {
                fail(fmt::format("unknown key '{}'", name));
            }
        }
    }

    Value at(const std::string& name) const {
        const auto found = node->find(name);
        if (found == node->end()) {
            fail(fmt::format("'{}' is missing", name));
        }
        return {&*found, origin, key.empty() ? name : key + "." + name};
    }

    std::vector<Value> elements() const {
        if (!node->is_array()) {
            fail("a list was expected");
        }
        std::vector<Value> result;
        for (std::size_t i = 0; i < node->size(); ++i) {
            result.push_back({&(*node)[i], origin, fmt::format("{}[{}]", key, i)});
        }
        return result;
    }

    std::string text() const {
        if (!node->is_string() || node->get_ref<const std::string&>().empty()) {
            fail("a non-empty text was expected");
        }
        return node->get<std::string>();
    }

    std::uint32_t number(std::uint32_t largest) const {
        if (!node->is_number_unsigned() || node->get<std::uint64_t>() > largest) {
            fail(fmt::format("{} is not a whole number in 0..{}", node->dump(), largest));
        }
        return node->get<std::uint32_t>();
    }
};

Colour readColour(const Value& value) {
    const auto channels = value.elements();
    if (channels.size() != 3) {
        value.fail(fmt::format("3 channels (red, green, blue) expected, got {}", channels.size()));
    }
    Colour colour{};
    for (std::size_t i = 0; i < 3; ++i) {
        colour[i] = static_cast<std::uint8_t>(channels[i].number(255));
    }
    return colour;
}

ClassInfo readClass(const Value& value) {
    value.requireObject({"name", "colour", "rawIds", "submissionId"});
    ClassInfo info;
    info.name = value.at("name").text();
    info.colour = readColour(value.at("colour"));
    constexpr auto kLargest = std::numeric_limits<std::uint32_t>::max();
    for (const Value& id : value.at("rawIds").elements()) {
        info.rawIds.push_back(id.number(kLargest));
    }
    const Value submission = value.at("submissionId");
    info.submissionId = submission.number(kLargest);
    if (std::find(info.rawIds.begin(), info.rawIds.end(), info.submissionId) == info.rawIds.end()) {
        submission.fail(fmt::format("{} is not among the rawIds of its class", info.submissionId));
    }
    return info;
}

json classJson(const ClassInfo& info) {
    return {
        {"name", info.name},
        {"colour", info.colour},
        {"rawIds", info.rawIds},
        {"submissionId", info.submissionId}};
}

void claimRawIds(
    std::unordered_map<std::uint32_t, ClassId>& owners,
    const ClassInfo& info,
    ClassId id,
    const Value& value
) {
    for (const std::uint32_t raw : info.rawIds) {
        if (!owners.emplace(raw, id).second) {
            value.at("rawIds").fail(fmt::format("raw id {} is listed twice in this map", raw));
        }
    }
}

json parse(const std::string& text, const std::string& origin) {
    auto [value, trouble] = parseJson(text);
    if (!trouble.empty()) {
        throw ConfigError(fmt::format("{}: {}", origin, trouble), std::string(kFormatHint));
    }
    return std::move(value);
}

} // namespace

ClassMap ClassMap::fromJsonFile(const std::filesystem::path& path) {
    std::string text;
    try {
        text = readTextFile(path);
    } catch (const DatasetError& error) {
        throw ConfigError(fmt::format("class map {}", error.what()), error.hint());
    }
    return fromJson(text, path.string());
}

ClassMap ClassMap::fromJson(const std::string& text, const std::string& origin) {
    const json document = parse(text, origin);
    const Value top{&document, &origin, {}};
    top.requireObject({"format", "name", "title", "ignored", "classes"});
    if (top.at("format").text() != kFormat) {
        top.at("format").fail(fmt::format("'{}' was expected", kFormat));
    }

    ClassMap map;
    map.name_ = top.at("name").text();
    map.title_ = top.at("title").text();
    map.ignored_ = readClass(top.at("ignored"));
    claimRawIds(map.fromRaw_, map.ignored_, kIgnored, top.at("ignored"));

    const Value list = top.at("classes");
    const auto entries = list.elements();
    if (entries.empty() || entries.size() > kIgnored) {
        list.fail(fmt::format("1 to {} classes expected, got {}", int{kIgnored}, entries.size()));
    }
    std::set<std::string> names{map.ignored_.name};
    for (const Value& entry : entries) {
        map.classes_.push_back(readClass(entry));
        const ClassInfo& info = map.classes_.back();
        if (!names.insert(info.name).second) {
            entry.at("name").fail(fmt::format("the name '{}' is used twice", info.name));
        }
        claimRawIds(map.fromRaw_, info, static_cast<ClassId>(map.classes_.size() - 1), entry);
    }
    return map;
}

std::string ClassMap::toJson() const {
    json classes = json::array();
    for (const ClassInfo& info : classes_) {
        classes.push_back(classJson(info));
    }
    const json document{
        {"format", kFormat},
        {"name", name_},
        {"title", title_},
        {"ignored", classJson(ignored_)},
        {"classes", std::move(classes)}};
    return document.dump();
}

bool ClassMap::sharesRawIdsWith(const ClassMap& other) const noexcept {
    const auto dataset = [](std::string_view name) { return name.substr(0, name.find('-')); };
    return dataset(name_) == dataset(other.name_);
}

const ClassInfo& ClassMap::info(ClassId id) const noexcept {
    return id < classes_.size() ? classes_[id] : ignored_;
}

ClassId ClassMap::classOf(std::uint32_t rawId) const noexcept {
    const auto found = fromRaw_.find(rawId);
    return found == fromRaw_.end() ? kIgnored : found->second;
}

std::vector<ClassId> ClassMap::classesOf(std::span<const std::uint32_t> rawIds) const {
    std::vector<ClassId> result(rawIds.size());
    std::transform(rawIds.begin(), rawIds.end(), result.begin(), [this](std::uint32_t rawId) {
        return classOf(rawId);
    });
    return result;
}

bool ClassMap::knows(std::uint32_t rawId) const noexcept {
    return fromRaw_.contains(rawId);
}

} // namespace siskin
