// SPDX-License-Identifier: MIT
#include "core/base/json_text.hpp"

#include <fmt/format.h>

#include <functional>
#include <set>
#include <stdexcept>
#include <vector>

namespace siskin {

namespace {

using Json = nlohmann::ordered_json;

constexpr int kMostLevels = 100;

/// Looks at the text while it is parsed.
struct Watch {
    std::vector<std::set<std::string>> keys; ///< of the objects that are open

    bool operator()(int depth, Json::parse_event_t event, const Json& parsed) {
        if (depth > kMostLevels) {
            stop(fmt::format("nested more than {} levels deep", kMostLevels));
        }
        if (event == Json::parse_event_t::object_start) {
            keys.emplace_back();
        } else if (event == Json::parse_event_t::object_end) {
            keys.pop_back();
        } else if (event == Json::parse_event_t::key &&
                   !keys.back().insert(parsed.get<std::string>()).second) {
            stop(fmt::format("key '{}' occurs twice in one object", parsed.get<std::string>()));
        }
        return true;
    }

    [[noreturn]] static void stop(const std::string& why) { throw std::invalid_argument(why); }
};

} // namespace

ParsedJson parseJson(const std::string& text) {
    Watch watch;
    try {
        return {Json::parse(text, std::ref(watch)), {}};
    } catch (const std::invalid_argument& refused) {
        return {{}, refused.what()};
    } catch (const Json::parse_error& error) {
        return {{}, fmt::format("byte {}: not valid JSON", error.byte)};
    } catch (const Json::exception&) {
        return {{}, "it holds a number that is out of range"};
    }
}

} // namespace siskin
