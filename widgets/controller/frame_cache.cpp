// SPDX-License-Identifier: MIT
#include "widgets/controller/frame_cache.hpp"

#include <algorithm>
#include <utility>

namespace siskin::ui {

std::size_t bytesOf(const LoadedFrame& frame) {
    const Scan& scan = *frame.scan;
    std::size_t bytes = scan.positions.size() * (sizeof(Vec3f) + 1);
    for (const PointField& field : scan.fields) {
        bytes += field.values.size() * sizeof(float);
    }
    if (scan.groundTruth) {
        bytes += scan.groundTruth->classIds.size() * (sizeof(ClassId) + sizeof(std::uint32_t));
    }
    for (const auto& colouring : {frame.truth, frame.intensity, frame.height}) {
        if (colouring) {
            bytes += colouring->colours.size() * sizeof(Colour) + colouring->switchIds.size();
        }
    }
    return bytes;
}

std::shared_ptr<const LoadedFrame> FrameCache::find(std::size_t index) const {
    const std::lock_guard lock(mutex_);
    const auto found = frames_.find(index);
    return found == frames_.end() ? nullptr : found->second;
}

void FrameCache::insert(
    std::shared_ptr<const LoadedFrame> frame,
    const std::function<std::size_t(std::size_t index)>& distance
) {
    const std::lock_guard lock(mutex_);
    const std::size_t newest = frame->index;
    bytes_ += bytesOf(*frame);
    auto& place = frames_[newest];
    if (place) {
        bytes_ -= bytesOf(*place);
    }
    place = std::move(frame);
    while (bytes_ > mostBytes_ && frames_.size() > 1) {
        const auto rank = [&](const auto& entry) {
            return entry.first == newest ? 0 : 1 + distance(entry.first);
        };
        const auto farthest =
            std::max_element(frames_.begin(), frames_.end(), [&](const auto& a, const auto& b) {
                return rank(a) < rank(b);
            });
        bytes_ -= bytesOf(*farthest->second);
        frames_.erase(farthest);
    }
}

std::size_t FrameCache::bytes() const {
    const std::lock_guard lock(mutex_);
    return bytes_;
}

} // namespace siskin::ui
