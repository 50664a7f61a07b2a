// SPDX-License-Identifier: MIT
// The layers of many forward passes as one list.
#pragma once

#include "core/trace/trace.hpp"

#include <chrono>
#include <string>
#include <type_traits>
#include <vector>

namespace siskin {

/// Adds up spans of the same name and kind, in the order in which they first came.
class LayerSums {
  public:
    /// The layers of one pass. A name that comes several times in it (an operation that is used
    /// more than once) stays several lines.
    void add(const std::vector<Span>& layers);

    /// Calls `work` and adds its time under `name`.
    template <typename Work>
    auto timed(const std::string& name, const Work& work) {
        using Clock = std::chrono::steady_clock;
        const auto begin = Clock::now();
        const auto record = [&] {
            const std::chrono::duration<double> took = Clock::now() - begin;
            add({Span{.name = name, .kind = SpanKind::Other, .duration = took.count()}});
        };
        if constexpr (std::is_void_v<decltype(work())>) {
            work();
            record();
        } else {
            auto result = work();
            record();
            return result;
        }
    }

    /// The sums one behind the other from `start` on: where they lie in time is not kept.
    std::vector<Span> from(double start) &&;

  private:
    std::vector<Span> sums_;
};

} // namespace siskin
