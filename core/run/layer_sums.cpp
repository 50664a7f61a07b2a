// SPDX-License-Identifier: MIT
#include "core/run/layer_sums.hpp"

#include <algorithm>

namespace siskin {

namespace {

void addTo(std::vector<Span>& sums, const std::vector<Span>& layers);

void addCounters(Span& sum, const Span& span) {
    sum.duration += span.duration;
    sum.macs += span.macs;
    sum.bytes += span.bytes;
    sum.pairs += span.pairs;
    sum.rowsIn += span.rowsIn;
    sum.rowsOut += span.rowsOut;
    addTo(sum.children, span.children);
}

void addTo(std::vector<Span>& sums, const std::vector<Span>& layers) {
    std::vector<bool> taken(sums.size(), false);
    for (const auto& layer : layers) {
        std::size_t at = 0;
        while (at < taken.size() &&
               (taken[at] || sums[at].name != layer.name || sums[at].kind != layer.kind)) {
            ++at;
        }
        if (at < taken.size()) {
            taken[at] = true;
            addCounters(sums[at], layer);
        } else {
            sums.push_back(layer);
        }
    }
}

double lay(std::vector<Span>& spans, double start) {
    for (auto& span : spans) {
        span.start = start;
        lay(span.children, start);
        start += span.duration;
    }
    return start;
}

} // namespace

void LayerSums::add(const std::vector<Span>& layers) {
    addTo(sums_, layers);
}

std::vector<Span> LayerSums::from(double start) && {
    lay(sums_, start);
    return std::move(sums_);
}

} // namespace siskin
