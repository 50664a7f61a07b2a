// SPDX-License-Identifier: MIT
#include "app/cli/kind_argument.hpp"

#include "app/cli/model_argument.hpp"
#include "app/cli/suggest.hpp"
#include "core/base/error.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace siskin::cli {

namespace {

[[noreturn]] void
refusePrecision(const std::string& text, const std::string& network, Precision precision) {
    throw ConfigError(
        fmt::format("--model {}: a {} computes in fp32", text, network),
        fmt::format("leave '@{}' out", toString(precision))
    );
}

/// FILE or demo:NAME.
std::filesystem::path
weightsOf(const std::string& word, const std::string& text, const std::string& network) {
    if (word.starts_with("demo:")) {
        const ModelArgument demo = parseModelArgument(word);
        if (demo.precision.value_or(Precision::Float32) != Precision::Float32) {
            refusePrecision(text, network, *demo.precision);
        }
        return demo.weights;
    }
    std::error_code ignored;
    for (const auto precision :
         {Precision::TensorFloat32, Precision::Float16, Precision::BFloat16, Precision::Int8}) {
        if (word.ends_with(fmt::format("@{}", toString(precision))) &&
            !std::filesystem::exists(word, ignored)) {
            refusePrecision(text, network, precision);
        }
    }
    return word;
}

} // namespace

KindArgument parseKindArgument(
    const std::string& text, const std::string& network, const std::vector<std::string>& kinds
) {
    const auto colon = text.find(':');
    const std::string head = text.substr(0, colon);
    if (std::find(kinds.begin(), kinds.end(), head) == kinds.end()) {
        std::error_code ignored;
        const bool isFile = text.starts_with("demo:") ||
                            head.find_first_of("./") != std::string::npos ||
                            std::filesystem::exists(text, ignored);
        if (!isFile) {
            throw ConfigError(
                fmt::format("unknown {} '{}'", network, head.empty() ? text : head),
                didYouMean(
                    head,
                    kinds,
                    fmt::format(
                        "give a weight file, or KIND:random with KIND of {}", fmt::join(kinds, ", ")
                    )
                )
            );
        }
        return {.kind = {}, .weights = weightsOf(text, text, network)};
    }
    const std::string rest = colon == std::string::npos ? "" : text.substr(colon + 1);
    if (rest.empty()) {
        throw ConfigError(
            fmt::format("--model {}: which weights?", text),
            fmt::format("write {0}:FILE, or {0}:random for untrained ones", head)
        );
    }
    if (rest.starts_with("random:")) {
        throw ConfigError(
            fmt::format("--model {}: a {} has one size", text, network),
            fmt::format("write {}:random", head)
        );
    }
    return {head, rest == "random" ? std::filesystem::path() : weightsOf(rest, text, network)};
}

} // namespace siskin::cli
