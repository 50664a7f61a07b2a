// SPDX-License-Identifier: MIT
// Frames that were read ahead or will be needed again soon, up to a number of bytes.
#pragma once

#include "widgets/controller/session_values.hpp"

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <mutex>

namespace siskin::ui {

/// What a frame keeps in memory: its points, fields, labels and colours.
std::size_t bytesOf(const LoadedFrame& frame);

/// Any thread.
class FrameCache {
  public:
    explicit FrameCache(std::size_t mostBytes) : mostBytes_(mostBytes) {}

    /// Null when frame `index` is not held.
    std::shared_ptr<const LoadedFrame> find(std::size_t index) const;
    /// Adds a frame; the frames that `distance` calls farthest go until the rest fits. The new one
    /// stays.
    void insert(
        std::shared_ptr<const LoadedFrame> frame,
        const std::function<std::size_t(std::size_t index)>& distance
    );
    std::size_t bytes() const;

  private:
    mutable std::mutex mutex_;
    std::map<std::size_t, std::shared_ptr<const LoadedFrame>> frames_;
    std::size_t mostBytes_;
    std::size_t bytes_ = 0;
};

} // namespace siskin::ui
