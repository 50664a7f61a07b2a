// SPDX-License-Identifier: MIT
#include "core/report/evaluation_gates.hpp"

#include "core/base/error.hpp"
#include "core/report/format.hpp"

#include <fmt/format.h>

#include <charconv>
#include <cmath>

namespace siskin {

namespace {

/// Allowance for rounding, so that a change of exactly the limit passes.
constexpr double kRounding = 1e-9;

/// The whole text as a number with a sign; empty when it is none.
std::optional<double> signedNumber(std::string_view text) {
    if (text.size() < 2 || (text.front() != '+' && text.front() != '-')) {
        return std::nullopt;
    }
    const bool negative = text.front() == '-';
    text.remove_prefix(1);
    double value = 0.0;
    const auto [end, error] =
        std::from_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed);
    if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(value) ||
        std::signbit(value)) {
        return std::nullopt;
    }
    return negative ? -value : value;
}

std::string_view withoutEnd(std::string_view text, std::string_view end) {
    return text.ends_with(end) ? text.substr(0, text.size() - end.size()) : text;
}

GateVerdict
unjudged(const std::string& gate, const std::string& model, std::string_view what, bool before) {
    return {
        .gate = gate,
        .model = model,
        .passed = false,
        .why = fmt::format(
            "cannot be judged: {} has no {}", before ? "the baseline" : "the new report", what
        )};
}

struct Cost {
    std::string_view name; ///< for people
    std::string_view unit;
    double scale = 1.0; ///< from the figure to the unit
};

GateVerdict judgeCost(
    const std::string& option,
    const std::string& model,
    const GrowthLimit& limit,
    const std::optional<double>& before,
    const std::optional<double>& after,
    const Cost& cost
) {
    const auto gate = fmt::format("{} {}", option, limit.text);
    if (!before || !after) {
        return unjudged(gate, model, cost.name, !before);
    }
    if (limit.relative && *before <= 0.0) {
        return {
            .gate = gate,
            .model = model,
            .passed = false,
            .why = fmt::format("cannot be judged: {} of the baseline is 0", cost.name)};
    }
    const double most = limit.relative ? *before * (1.0 + limit.amount) : *before + limit.amount;
    const double scale = cost.scale;
    const auto change = *before > 0.0
                            ? fmt::format("{:+.2f} %", 100.0 * (*after / *before - 1.0))
                            : fmt::format("{:+.4g} {}", scale * (*after - *before), cost.unit);
    return {
        .gate = gate,
        .model = model,
        .passed = *after <= most + kRounding * std::abs(*before),
        .why = fmt::format(
            "{} {} to {} {} ({}), at most {}",
            cost.name,
            formatSignificant(scale * *before, 4),
            formatSignificant(scale * *after, 4),
            cost.unit,
            change,
            formatSignificant(scale * most, 4)
        )};
}

bool dropsTooFar(double before, double after, double leastPoints) {
    return 100.0 * (after - before) < leastPoints - kRounding;
}

std::string pointsText(double before, double after, double leastPoints) {
    return fmt::format(
        "{:.3f} to {:.3f} % ({:+.3f} pp), at least {:+g} pp",
        100.0 * before,
        100.0 * after,
        100.0 * (after - before),
        leastPoints
    );
}

GateVerdict judgeHeadline(const ModelComparison& model, double least) {
    const auto gate = fmt::format("--min-miou {:+g}", least);
    const auto& before = model.before.headline;
    const auto& after = model.after.headline;
    if (!before || !after) {
        return unjudged(gate, model.before.label, "score", !before);
    }
    if (before->name != after->name || model.before.rule != model.after.rule) {
        return {
            .gate = gate,
            .model = model.before.label,
            .passed = false,
            .why = fmt::format(
                "cannot be judged: {} by rule {} against {} by rule {}",
                before->name,
                model.before.rule,
                after->name,
                model.after.rule
            )};
    }
    return {
        .gate = gate,
        .model = model.before.label,
        .passed = !dropsTooFar(before->value, after->value, least),
        .why = fmt::format("{} {}", before->title, pointsText(before->value, after->value, least))};
}

/// Of the classes that occur in the baseline's ground truth; names the one that falls furthest.
GateVerdict judgeClasses(const ModelComparison& model, double least) {
    GateVerdict verdict{
        .gate = fmt::format("--min-class-iou {:+g}", least),
        .model = model.before.label,
        .passed = true,
        .why = {}};
    const ClassChange* worst = nullptr;
    std::size_t fallen = 0;
    for (const auto& change : model.classes) {
        if (!change.before) {
            continue;
        }
        if (!change.after) {
            verdict.passed = false;
            verdict.why = fmt::format("cannot be judged: no IoU of {} any more", change.name);
            return verdict;
        }
        fallen += dropsTooFar(*change.before, *change.after, least) ? 1 : 0;
        if (worst == nullptr || *change.after - *change.before < *worst->after - *worst->before) {
            worst = &change;
        }
    }
    if (worst == nullptr) {
        return unjudged(verdict.gate, verdict.model, "IoU per class", true);
    }
    verdict.passed = fallen == 0;
    verdict.why = fmt::format(
        "{} of {} classes fall too far; furthest {}: {}",
        fallen,
        model.classes.size(),
        worst->name,
        pointsText(*worst->before, *worst->after, least)
    );
    return verdict;
}

std::optional<double> median(const std::optional<Latency>& latency) {
    return latency ? std::optional(latency->p50) : std::nullopt;
}

std::optional<double> valueOf(const std::optional<Estimate>& estimate) {
    return estimate ? std::optional(estimate->value) : std::nullopt;
}

} // namespace

GrowthLimit growthLimitFrom(std::string_view text, std::string_view unit, std::string_view option) {
    GrowthLimit limit{.amount = 0.0, .relative = text.ends_with('%'), .text = std::string(text)};
    const auto end = limit.relative ? std::string_view("%") : unit;
    const auto number = text.ends_with(end) ? signedNumber(withoutEnd(text, end)) : std::nullopt;
    if (!number) {
        throw ConfigError(
            fmt::format("{} '{}' is not a change", option, text),
            fmt::format("with a sign and a unit, e.g. {0} +5% or {0} +3{1}", option, unit)
        );
    }
    const double scale = limit.relative ? 0.01 : (unit == "ms" ? 1e-3 : 1.0);
    limit.amount = scale * *number;
    return limit;
}

double pointsFrom(std::string_view text, std::string_view option) {
    const auto number = signedNumber(withoutEnd(text, "pp"));
    if (!number) {
        throw ConfigError(
            fmt::format("{} '{}' is not a change", option, text),
            fmt::format("percentage points with a sign, e.g. {} -0.2", option)
        );
    }
    return *number;
}

std::vector<GateVerdict> judge(const ModelComparison& model, const Gates& gates) {
    const std::string& label = model.before.label;
    std::vector<GateVerdict> verdicts;
    if (gates.latency) {
        verdicts.push_back(judgeCost(
            "--max-latency",
            label,
            *gates.latency,
            median(model.before.latency),
            median(model.after.latency),
            {"latency p50", "ms", 1e3}
        ));
    }
    if (gates.energy) {
        verdicts.push_back(judgeCost(
            "--max-energy",
            label,
            *gates.energy,
            valueOf(model.before.joules),
            valueOf(model.after.joules),
            {"energy", "J/frame", 1.0}
        ));
    }
    if (gates.meanIou) {
        verdicts.push_back(judgeHeadline(model, *gates.meanIou));
    }
    if (gates.classIou) {
        verdicts.push_back(judgeClasses(model, *gates.classIou));
    }
    return verdicts;
}

std::vector<GateVerdict> judgeMissing(const std::string& label, const Gates& gates) {
    ModelComparison none;
    none.before.label = label;
    auto verdicts = judge(none, gates);
    for (auto& verdict : verdicts) {
        verdict.why = "cannot be judged: the new report lacks this model";
    }
    return verdicts;
}

} // namespace siskin
