// SPDX-License-Identifier: MIT
#include "core/sparse/tensor_pool.hpp"

#include <c10/core/CPUAllocator.h>
#include <torch/version.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <map>
#include <mutex>
#include <new>
#include <set>
#include <sys/mman.h>

namespace siskin {

namespace {

constexpr std::size_t kAlignment = 64;                   ///< a cache line, and any vector
constexpr std::size_t kHugePage = std::size_t{2} << 20U; ///< segments consist of whole ones
constexpr std::size_t kSmallestSegment = std::size_t{16} << 20U;

std::size_t roundUp(std::size_t value, std::size_t multiple) {
    return (value + multiple - 1) / multiple * multiple;
}

/// Segments from the system, cut into blocks: best fit, neighbours joined again when both are free.
class TensorPool final : public c10::Allocator {
  public:
    static TensorPool& instance() {
        // Never destroyed: tensors in static variables may outlive every other static.
        static auto* pool = new TensorPool;
        return *pool;
    }

#if TORCH_VERSION_MAJOR >= 2
    c10::DataPtr allocate(std::size_t bytes) override {
        return takeBlock(bytes);
    }

    void copy_data(void* to, const void* from, std::size_t bytes) const override {
        std::memcpy(to, from, bytes);
    }
#else
    c10::DataPtr allocate(std::size_t bytes) const override {
        return takeBlock(bytes);
    }
#endif

    static c10::DataPtr takeBlock(std::size_t bytes) {
        void* data = bytes == 0 ? nullptr : instance().take(roundUp(bytes, kAlignment));
        return {data, data, &giveBack, c10::Device(c10::DeviceType::CPU)};
    }

    c10::DeleterFnPtr raw_deleter() const override {
        return &giveBack;
    }

    TensorPoolStats stats() {
        const std::scoped_lock lock(mutex_);
        return stats_;
    }

    /// Bytes in use now, from where the peak is counted again.
    std::int64_t beginPeak() {
        const std::scoped_lock lock(mutex_);
        watched_ += 1;
        watchedTwice_ = watchedTwice_ || watched_ > 1;
        stats_.peakBytesInUse = stats_.bytesInUse;
        return stats_.bytesInUse;
    }

    std::int64_t peakSince(std::int64_t before) {
        const std::scoped_lock lock(mutex_);
        return watchedTwice_ ? 0 : stats_.peakBytesInUse - before;
    }

    void endPeak() {
        const std::scoped_lock lock(mutex_);
        watched_ -= 1;
        watchedTwice_ = watchedTwice_ && watched_ > 0;
    }

    void trim() {
        const std::scoped_lock lock(mutex_);
        for (auto at = blocks_.begin(); at != blocks_.end();) {
            const auto [start, block] = *at;
            const auto next = std::next(at);
            const bool endsSegment = next == blocks_.end() || next->second.startsSegment;
            if (block.free && block.startsSegment && endsSegment) {
                free_.erase({block.size, start});
                stats_.bytesHeld -= static_cast<std::int64_t>(block.size);
                std::free(start);
                blocks_.erase(at);
            }
            at = next;
        }
        stats_.peakBytesInUse = stats_.bytesInUse;
    }

  private:
    struct Block {
        std::size_t size;
        bool free;
        bool startsSegment;
    };

    using Blocks = std::map<char*, Block>;

    static void giveBack(void* data) {
        if (data != nullptr) {
            instance().put(static_cast<char*>(data));
        }
    }

    void* take(std::size_t size) {
        const std::scoped_lock lock(mutex_);
        auto fit = free_.lower_bound({size, nullptr});
        if (fit == free_.end()) {
            grow(size);
            fit = free_.lower_bound({size, nullptr});
        }
        const auto at = blocks_.find(fit->second);
        free_.erase(fit);
        auto& block = at->second;
        block.free = false;
        if (block.size > size) {
            insertFree(at->first + size, {block.size - size, true, false});
            block.size = size;
        }
        stats_.bytesInUse += static_cast<std::int64_t>(size);
        stats_.peakBytesInUse = std::max(stats_.peakBytesInUse, stats_.bytesInUse);
        return at->first;
    }

    void put(char* data) {
        const std::scoped_lock lock(mutex_);
        auto at = blocks_.find(data);
        stats_.bytesInUse -= static_cast<std::int64_t>(at->second.size);
        if (at != blocks_.begin() && !at->second.startsSegment && std::prev(at)->second.free) {
            at = joinWithNext(std::prev(at));
        }
        const auto next = std::next(at);
        if (next != blocks_.end() && next->second.free && !next->second.startsSegment) {
            at = joinWithNext(at);
        }
        at->second.free = true;
        free_.emplace(at->second.size, at->first);
    }

    /// Makes one block of `at` and the one behind it; neither stays listed as free.
    Blocks::iterator joinWithNext(Blocks::iterator at) {
        const auto next = std::next(at);
        free_.erase({at->second.size, at->first});
        free_.erase({next->second.size, next->first});
        at->second.size += next->second.size;
        blocks_.erase(next);
        return at;
    }

    void grow(std::size_t size) {
        const std::size_t segment = roundUp(std::max(size, kSmallestSegment), kHugePage);
        void* start = nullptr;
        if (posix_memalign(&start, kHugePage, segment) != 0) {
            throw std::bad_alloc();
        }
        madvise(start, segment, MADV_HUGEPAGE); // a wish: small pages work as well
        insertFree(static_cast<char*>(start), {segment, true, true});
        stats_.bytesHeld += static_cast<std::int64_t>(segment);
        stats_.growths += 1;
    }

    void insertFree(char* start, Block block) {
        blocks_.emplace(start, block);
        free_.emplace(block.size, start);
    }

    std::mutex mutex_;
    Blocks blocks_; ///< by address; every byte of every segment is in exactly one
    std::set<std::pair<std::size_t, char*>> free_;
    TensorPoolStats stats_;
    int watched_ = 0;           ///< living `TensorPeak`s
    bool watchedTwice_ = false; ///< there were several at once since there was none
};

} // namespace

void installTensorPool() {
#if !defined(__SANITIZE_ADDRESS__)
    static std::once_flag once;
    std::call_once(once, [] {
        constexpr std::uint8_t kAboveDefault = 1;
        c10::SetCPUAllocator(&tensorPool(), kAboveDefault);
    });
#endif
}

c10::Allocator& tensorPool() {
    return TensorPool::instance();
}

TensorPoolStats tensorPoolStats() {
    return TensorPool::instance().stats();
}

TensorPeak::TensorPeak() : before_(TensorPool::instance().beginPeak()) {}

TensorPeak::~TensorPeak() {
    TensorPool::instance().endPeak();
}

std::int64_t TensorPeak::bytes() const {
    return TensorPool::instance().peakSince(before_);
}

void trimTensorPool() {
    TensorPool::instance().trim();
}

} // namespace siskin
