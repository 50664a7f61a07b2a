// SPDX-License-Identifier: MIT
#include "app/cli/model_argument.hpp"

#include "app/cli/suggest.hpp"
#include "core/base/error.hpp"

#include <fmt/format.h>

#include <charconv>

namespace siskin::cli {

namespace {

ModelKind parseKind(const std::string& name) {
    std::vector<std::string> known;
    for (const ModelKind kind : {ModelKind::MinkUNet, ModelKind::Spvcnn, ModelKind::Spvnas}) {
        known.emplace_back(toString(kind));
        if (known.back() == name) {
            return kind;
        }
    }
    throw ConfigError(
        fmt::format("unknown model '{}'", name),
        didYouMean(name, known, fmt::format("known models: {}", fmt::join(known, ", ")))
    );
}

double parseWidth(const std::string& text) {
    double width = 0.0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), width);
    const bool isNumber = error == std::errc() && end == text.data() + text.size();
    if (!isNumber || !(width >= 0.01 && width <= 4.0)) { // "nan" is a number to from_chars
        throw ConfigError(
            fmt::format("'{}' is not a network width", text),
            "write KIND:random:CR with CR between 0.01 and 4, e.g. spvcnn:random:0.5"
        );
    }
    return width;
}

std::optional<Precision> precisionSuffix(const std::string& text) {
    const auto at = text.rfind('@');
    if (at != std::string::npos) {
        for (const auto precision :
             {Precision::Float32, Precision::Float16, Precision::BFloat16, Precision::Int8}) {
            if (text.substr(at + 1) == toString(precision)) {
                return precision;
            }
        }
    }
    return std::nullopt;
}

} // namespace

ModelArgument parseModelArgument(const std::string& whole) {
    ModelArgument argument;
    argument.precision = precisionSuffix(whole);
    const std::string text = argument.precision ? whole.substr(0, whole.rfind('@')) : whole;
    const auto colon = text.find(':');
    argument.kind = parseKind(text.substr(0, colon));
    if (colon == std::string::npos) {
        return argument;
    }
    const std::string rest = text.substr(colon + 1);
    if (rest == "random" || rest.starts_with("random:")) {
        argument.random = true;
        argument.randomWidth = rest == "random" ? 0.25 : parseWidth(rest.substr(7));
        return argument;
    }
    if (rest.empty()) {
        throw ConfigError(
            fmt::format("--model {}: no weight file after ':'", text),
            "write KIND:FILE or KIND:random:CR"
        );
    }
    std::error_code ignored;
    const auto last = rest.rfind(':');
    if (last == std::string::npos || std::filesystem::exists(rest, ignored)) {
        argument.weights = rest;
        return argument;
    }
    argument.weights = rest.substr(0, last);
    argument.config = rest.substr(last + 1);
    return argument;
}

} // namespace siskin::cli
