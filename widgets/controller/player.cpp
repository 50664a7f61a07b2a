// SPDX-License-Identifier: MIT
#include "widgets/controller/player.hpp"

#include "core/base/cancel.hpp"
#include "core/base/parallel.hpp"
#include "widgets/controller/lane.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <utility>

namespace siskin::ui {

namespace {

constexpr std::uint64_t kReadAhead = 4; // ticks
constexpr std::size_t kTrial = 5;       // frames per way that are measured, after a warm-up each

double secondsSince(PlayClock::time_point begin) {
    return std::chrono::duration<double>(PlayClock::now() - begin).count();
}

double medianAfter(std::size_t warmUp, std::vector<double> values) {
    const auto begin = values.begin() + static_cast<std::ptrdiff_t>(warmUp);
    const auto middle = begin + (values.end() - begin) / 2;
    std::nth_element(begin, middle, values.end());
    return *middle;
}

} // namespace

std::size_t PlayPlan::frameOf(std::uint64_t tick) const {
    const std::size_t count = dataset->frames().size();
    return loop ? (first + tick) % count : std::min(first + tick, count - 1);
}

std::uint64_t PlayPlan::lastTick() const {
    return loop ? std::numeric_limits<std::uint64_t>::max() : dataset->frames().size() - 1 - first;
}

void CrewChoice::record(int sideBySide, double seconds) {
    const auto crowd = static_cast<std::size_t>(most_);
    if (decided_ || most_ < 2 || sideBySide != sideBySide_) {
        return;
    }
    (sideBySide == 1 ? alone_ : together_).push_back(seconds);
    if (sideBySide == 1 && alone_.size() == 1 + kTrial) {
        // One that keeps up lags less than several side by side, so those are not even tried.
        constexpr double kComfort = 0.9;
        decided_ = medianAfter(1, alone_) < kComfort * wanted_;
        sideBySide_ = decided_ ? 1 : most_;
    } else if (sideBySide > 1 && together_.size() == crowd + kTrial) {
        decided_ = true;
        const double perFrame = medianAfter(crowd, together_) / most_;
        sideBySide_ = perFrame < medianAfter(1, alone_) ? most_ : 1;
    }
}

Player::Player(
    PlayPlan plan, std::function<void()> ready, std::function<void(const QString&)> failed
)
    : plan_(std::move(plan)), ready_(std::move(ready)), failed_(std::move(failed)),
      start_(PlayClock::now()), crew_(1.0 / plan_.framesPerSecond, plan_.mostSideBySide) {
    threads_.emplace_back([this] { readAhead(); });
    for (int worker = 0; worker < std::max(1, plan_.mostSideBySide); ++worker) {
        threads_.emplace_back([this, worker] { work(worker); });
    }
}

Player::~Player() {
    stop();
    threads_.clear(); // joins
}

void Player::stop() {
    stop_.request_stop();
}

std::optional<PlayedFrame> Player::take() {
    std::optional<PlayedFrame> taken;
    {
        const std::lock_guard lock(mutex_);
        taken = std::exchange(waiting_, std::nullopt);
    }
    changed_.notify_all();
    return taken;
}

PlayCosts Player::costs() const {
    const std::lock_guard lock(mutex_);
    PlayCosts costs = costs_;
    costs.sideBySide = crew_.sideBySide();
    return costs;
}

std::uint64_t Player::dueTick() const {
    const double ticks = secondsSince(start_) * plan_.framesPerSecond;
    return std::min(static_cast<std::uint64_t>(ticks), plan_.lastTick());
}

PlayClock::time_point Player::dueTime(std::uint64_t tick) const {
    const std::chrono::duration<double> after(static_cast<double>(tick) / plan_.framesPerSecond);
    return start_ + std::chrono::duration_cast<PlayClock::duration>(after);
}

PlayClock::time_point Player::nextTickTime() const {
    return dueTime(static_cast<std::uint64_t>(secondsSince(start_) * plan_.framesPerSecond) + 1);
}

/// The first frame among the coming ticks that is not in memory.
std::optional<std::size_t> Player::nextToRead() const {
    const std::uint64_t from = std::max(next_, dueTick());
    const std::uint64_t to = std::min(plan_.lastTick(), from + kReadAhead);
    for (std::uint64_t tick = from; tick <= to; ++tick) {
        const std::size_t index = plan_.frameOf(tick);
        if (!plan_.cache->find(index)) {
            return index;
        }
    }
    return std::nullopt;
}

void Player::readAhead() {
    const SingleThreadScope beside; // decoding must not take the pool from the networks
    const std::size_t count = plan_.dataset->frames().size();
    while (!stop_.stop_requested()) {
        std::optional<std::size_t> index;
        {
            std::unique_lock lock(mutex_);
            // Time passes without anybody saying so: look again every tick.
            changed_.wait_until(lock, stop_.get_token(), nextTickTime(), [&] {
                index = nextToRead();
                return index.has_value();
            });
        }
        if (!index || stop_.stop_requested()) {
            continue;
        }
        try {
            const auto begin = PlayClock::now();
            auto frame = loadFrame(*plan_.dataset, *index);
            const std::size_t base = plan_.frameOf(dueTick());
            plan_.cache->insert(std::move(frame), [&](std::size_t other) {
                return (other + count - base) % count;
            });
            const std::lock_guard lock(mutex_);
            ++costs_.framesRead;
            costs_.reading += secondsSince(begin);
        } catch (const std::exception& error) {
            fail(error);
        }
        changed_.notify_all();
    }
}

/// The newest tick that is due and read, unless a result still waits to be shown.
std::optional<std::uint64_t> Player::nextToRun(int worker) const {
    if (worker >= crew_.sideBySide() || waiting_ || next_ > plan_.lastTick()) {
        return std::nullopt;
    }
    const std::uint64_t due = dueTick();
    for (std::uint64_t tick = due; tick + 1 > next_ && tick + kReadAhead >= due; --tick) {
        if (plan_.cache->find(plan_.frameOf(tick))) {
            return tick;
        }
        if (tick == 0) {
            break;
        }
    }
    return std::nullopt;
}

void Player::work(int worker) {
    while (!stop_.stop_requested()) {
        std::optional<std::uint64_t> tick;
        std::shared_ptr<const LoadedFrame> frame;
        int sideBySide = 1;
        {
            std::unique_lock lock(mutex_);
            changed_.wait_until(lock, stop_.get_token(), nextTickTime(), [&] {
                tick = nextToRun(worker);
                return tick.has_value();
            });
            frame = tick ? plan_.cache->find(plan_.frameOf(*tick)) : nullptr;
            if (!frame || stop_.stop_requested()) {
                continue;
            }
            next_ = *tick + 1;
            sideBySide = crew_.sideBySide();
        }
        changed_.notify_all();
        try {
            finish(run(*tick, std::move(frame), sideBySide));
        } catch (const Cancelled&) {
            return;
        } catch (const std::exception& error) {
            fail(error);
        }
    }
}

PlayedFrame
Player::run(std::uint64_t tick, std::shared_ptr<const LoadedFrame> frame, int sideBySide) {
    std::optional<SingleThreadScope> alone;
    if (sideBySide > 1) {
        alone.emplace(sideBySide);
    }
    const auto begin = PlayClock::now();
    PlayedFrame played{tick, dueTime(tick), std::move(frame), {}};
    const RunOptions options{.stop = stop_.get_token(), .progress = {}};
    double running = 0.0;
    for (const PlayPlan::Model& model : plan_.models) {
        auto outcome =
            runModel(*model.loaded, *played.frame->scan, plan_.dataset->classMap().get(), options);
        running += outcome->result.trace.totalSeconds() - played.frame->scan->readSeconds;
        played.outcomes[model.id] = std::move(outcome);
    }
    const double all = secondsSince(begin);
    const std::lock_guard lock(mutex_);
    ++costs_.framesRun;
    costs_.running += running;
    costs_.colouring += all - running;
    crew_.record(sideBySide, all);
    return played;
}

void Player::finish(PlayedFrame played) {
    {
        const std::lock_guard lock(mutex_);
        if (newestDone_ && *newestDone_ > played.tick) {
            return; // a later frame was quicker beside this one
        }
        newestDone_ = played.tick;
        waiting_ = std::move(played);
    }
    ready_();
}

void Player::fail(const std::exception& error) {
    if (stop_.request_stop()) { // only the first trouble, and none after a stop
        failed_(lineOf(error));
    }
}

} // namespace siskin::ui
