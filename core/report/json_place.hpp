// SPDX-License-Identifier: MIT
// A value inside a JSON document that knows where it is, so that a complaint names file and key.
#pragma once

#include "core/base/error.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace siskin {

/// The document must outlive it. Everything that does not fit throws `DatasetError`.
class JsonPlace {
  public:
    using Json = nlohmann::ordered_json;

    JsonPlace(const Json& value, std::string origin, std::string path = {})
        : value_(&value), origin_(std::move(origin)), path_(std::move(path)) {}

    const Json& value() const noexcept { return *value_; }

    bool isNull() const noexcept { return value_->is_null(); }

    JsonPlace at(const std::string& key) const {
        const std::string path = path_.empty() ? key : fmt::format("{}.{}", path_, key);
        if (!value_->is_object()) {
            fail("is not an object");
        }
        const auto found = value_->find(key);
        if (found == value_->end()) {
            JsonPlace(*value_, origin_, path).fail("is missing");
        }
        return {*found, origin_, path};
    }

    std::vector<JsonPlace> items() const {
        if (!value_->is_array()) {
            fail("is not a list");
        }
        std::vector<JsonPlace> places;
        for (std::size_t i = 0; i < value_->size(); ++i) {
            places.emplace_back((*value_)[i], origin_, fmt::format("{}[{}]", path_, i));
        }
        return places;
    }

    std::string text() const {
        if (!value_->is_string()) {
            fail("is not a text");
        }
        return value_->get<std::string>();
    }

    bool flag() const {
        if (!value_->is_boolean()) {
            fail("is neither true nor false");
        }
        return value_->get<bool>();
    }

    /// A whole number from 0 to 2^53.
    std::int64_t count() const {
        constexpr std::int64_t kMost = std::int64_t{1} << 53U;
        const bool fits = value_->is_number_integer() && *value_ >= 0 && *value_ <= kMost;
        if (!fits) {
            fail("is not a whole number from 0 to 2^53");
        }
        return value_->get<std::int64_t>();
    }

    double number(double low, double high) const {
        if (!value_->is_number() ||
            !(value_->get<double>() >= low && value_->get<double>() <= high)) {
            fail(fmt::format("is not a number from {} to {}", low, high));
        }
        return value_->get<double>();
    }

    [[noreturn]] void fail(std::string_view why) const {
        throw DatasetError(
            fmt::format("{}: '{}' {}", origin_, path_.empty() ? "the document" : path_, why),
            "a report.json that 'siskin eval' or 'siskin merge' wrote is wanted"
        );
    }

  private:
    const Json* value_;
    std::string origin_;
    std::string path_;
};

} // namespace siskin
