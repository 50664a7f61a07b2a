// SPDX-License-Identifier: MIT
#include "widgets/controller/playback.hpp"

#include "core/base/parallel.hpp"
#include "widgets/controller/session_controller.hpp"

#include <algorithm>
#include <utility>

namespace siskin::ui {

namespace {

constexpr std::size_t kCacheBytes = std::size_t{256} << 20;
constexpr int kMostSideBySide = 4; // each adds its memory and its lag
constexpr int kReportMs = 250;
constexpr int kPaintLimitMs = 500; // a hidden window is not painted at all
constexpr double kWindowSeconds = 3.0;

double milliseconds(PlayClock::duration duration) {
    return std::chrono::duration<double, std::milli>(duration).count();
}

} // namespace

Playback::Playback(SessionController& session, QObject* parent)
    : QObject(parent), session_(session), cache_(std::make_shared<FrameCache>(kCacheBytes)) {
    report_.setInterval(kReportMs);
    connect(&report_, &QTimer::timeout, this, &Playback::statsChanged);
    paintLimit_.setSingleShot(true);
    paintLimit_.setInterval(kPaintLimitMs);
    connect(&paintLimit_, &QTimer::timeout, this, [this] {
        unpainted_.reset(); // counts as dropped
        onReady(generation_);
    });
    connect(&session_, &SessionController::datasetChanged, this, [this] {
        pause();
        cache_ = std::make_shared<FrameCache>(kCacheBytes);
    });
    connect(&session_, &SessionController::modelsChanged, this, &Playback::restart);
}

Playback::~Playback() {
    if (player_) {
        player_->stop();
    }
}

void Playback::play() {
    const auto& frame = session_.frame();
    if (isPlaying() || !frame) {
        return;
    }
    session_.cancel();
    const bool atEnd = frame->index + 1 >= session_.dataset()->frames().size();
    recent_.clear();
    began_ = PlayClock::now();
    shown_ = 0;
    dropped_ = 0;
    start(atEnd ? 0 : frame->index);
    report_.start();
    emit playingChanged(true);
}

void Playback::start(std::size_t first) {
    PlayPlan plan;
    plan.dataset = session_.sharedDataset();
    plan.cache = cache_;
    plan.first = first;
    plan.framesPerSecond = plan.dataset->framesPerSecond() * speed_;
    plan.loop = loop_;
    if (run_) {
        for (const ModelEntry& entry : session_.models()) {
            if (entry.takesPart()) {
                plan.models.push_back({entry.id, entry.loaded});
            }
        }
    }
    plan.mostSideBySide = plan.models.empty() ? 1 : std::min(kMostSideBySide, threadCount());
    cache_->insert(session_.frame(), [](std::size_t) { return 0; });
    lastShown_.reset();
    unpainted_.reset();
    const std::uint64_t generation = ++generation_;
    // The player ends before this object does, so that its threads may call into it.
    const auto post = [this](auto action) {
        QMetaObject::invokeMethod(this, std::move(action), Qt::QueuedConnection);
    };
    player_ = std::make_shared<Player>(
        std::move(plan),
        [this, post, generation] { post([this, generation] { onReady(generation); }); },
        [this, post, generation](const QString& line) {
            post([this, generation, line] {
                if (generation == generation_) {
                    pause();
                    emit session_.failed(line);
                }
            });
        }
    );
}

void Playback::retire() {
    ++generation_;
    player_->stop();
    paintLimit_.stop();
    unpainted_.reset();
    retired_.enqueue([old = std::exchange(player_, nullptr)](const Lane::Channel&) mutable {
        old.reset();
    });
}

void Playback::restart() {
    if (isPlaying()) {
        const std::size_t next = session_.frame()->index + 1 < session_.dataset()->frames().size()
                                     ? session_.frame()->index + 1
                                     : 0;
        retire();
        start(next);
    }
}

void Playback::pause() {
    if (isPlaying()) {
        retire();
        report_.stop();
        emit statsChanged();
        emit playingChanged(false);
    }
}

void Playback::toggle() {
    isPlaying() ? pause() : play();
}

void Playback::seek(std::size_t index) {
    if (session_.dataset() == nullptr || index >= session_.dataset()->frames().size()) {
        return;
    }
    if (isPlaying()) {
        retire();
        start(index);
    } else {
        session_.showFrame(index);
    }
}

void Playback::step(int by) {
    pause();
    session_.stepFrame(by);
}

void Playback::setSpeed(double speed) {
    speed_ = speed;
    restart();
}

void Playback::setLoop(bool on) {
    if (loop_ != on) {
        loop_ = on;
        restart();
        emit settingsChanged();
    }
}

void Playback::setRunWhilePlaying(bool on) {
    run_ = on;
    restart();
}

void Playback::onReady(std::uint64_t generation) {
    if (generation != generation_ || !isPlaying() || unpainted_) {
        return; // stopped meanwhile, or the last one is still on its way to the screen
    }
    if (auto played = player_->take()) {
        hand(std::move(*played));
    }
}

void Playback::hand(PlayedFrame played) {
    unpainted_ = std::move(played);
    session_.showPlayed(unpainted_->frame, unpainted_->outcomes);
    if (waitForPaint_) {
        paintLimit_.start();
    } else {
        countShown();
    }
}

void Playback::painted() {
    if (unpainted_) {
        countShown();
        onReady(generation_);
    }
}

void Playback::countShown() {
    const PlayedFrame played = std::move(*unpainted_);
    unpainted_.reset();
    paintLimit_.stop();
    const auto now = PlayClock::now();
    const std::uint64_t first = lastShown_ ? *lastShown_ + 1 : 0;
    dropped_ += played.tick - first;
    lastShown_ = played.tick;
    ++shown_;
    recent_.push_back({now, milliseconds(now - played.due)});
    while (std::chrono::duration<double>(now - recent_.front().when).count() > kWindowSeconds) {
        recent_.pop_front();
    }
    emit frameShown(recent_.back().lagMs);
    if (played.tick == player_->plan().lastTick()) {
        pause();
    }
}

PlayStats Playback::stats() const {
    PlayStats stats;
    stats.shown = shown_;
    stats.dropped = dropped_;
    stats.sideBySide = costs().sideBySide;
    const auto now = PlayClock::now();
    std::uint64_t count = 0;
    for (const Shown& one : recent_) {
        if (std::chrono::duration<double>(now - one.when).count() <= kWindowSeconds) {
            ++count;
            stats.lagMs += one.lagMs;
            stats.worstLagMs = std::max(stats.worstLagMs, one.lagMs);
        }
    }
    if (count > 0) {
        const double played = std::chrono::duration<double>(now - began_).count();
        stats.lagMs /= static_cast<double>(count);
        stats.framesPerSecond = static_cast<double>(count) / std::min(kWindowSeconds, played);
    }
    return stats;
}

PlayCosts Playback::costs() const {
    return player_ ? player_->costs() : PlayCosts{};
}

} // namespace siskin::ui
