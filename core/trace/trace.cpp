// SPDX-License-Identifier: MIT
#include "core/trace/trace.hpp"

#include "core/trace/recorder.hpp"

#include <algorithm>
#include <sys/resource.h>

namespace siskin {

namespace {

std::int64_t sum(const Span& span, std::int64_t Span::*counter) {
    std::int64_t total = span.*counter;
    for (const auto& child : span.children) {
        total += sum(child, counter);
    }
    return total;
}

} // namespace

std::string_view toString(SpanKind kind) {
    switch (kind) {
    case SpanKind::Stage:
        return "stage";
    case SpanKind::KernelMap:
        return "kernel map";
    case SpanKind::Convolution:
        return "convolution";
    case SpanKind::Linear:
        return "linear";
    case SpanKind::PointVoxel:
        return "point-voxel";
    case SpanKind::DenseConvolution:
        return "dense convolution";
    case SpanKind::Neighbours:
        return "neighbours";
    case SpanKind::Other:
        break;
    }
    return "other";
}

std::int64_t sumMacs(const Span& span) {
    return sum(span, &Span::macs);
}

std::int64_t sumBytes(const Span& span) {
    return sum(span, &Span::bytes);
}

std::int64_t sumPairs(const Span& span) {
    return sum(span, &Span::pairs);
}

std::int64_t Trace::totalMacs() const {
    return sumMacs(root);
}

std::int64_t Trace::totalBytes() const {
    return sumBytes(root);
}

const Span* Trace::stage(std::string_view name) const noexcept {
    for (const auto& child : root.children) {
        if (child.name == name) {
            return &child;
        }
    }
    return nullptr;
}

std::int64_t peakResidentBytes() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    return std::int64_t{usage.ru_maxrss} * 1024;
}

namespace {

/// The time of the device at a time of the program: between two notes in proportion.
class DeviceClock {
  public:
    DeviceClock(const std::vector<double>& program, const std::vector<double>& device)
        : program_(program), device_(device) {}

    double at(double time) const {
        const auto after = std::lower_bound(program_.begin(), program_.end(), time);
        if (after == program_.begin() || after == program_.end()) {
            return time; // before the first note; nothing is timed after the last
        }
        const auto i = static_cast<std::size_t>(after - program_.begin());
        const double step = program_[i] - program_[i - 1];
        const double share = step > 0.0 ? (time - program_[i - 1]) / step : 1.0;
        return program_.front() + device_[i - 1] + share * (device_[i] - device_[i - 1]);
    }

    void convert(Span& span) const {
        const double end = at(span.start + span.duration);
        span.start = at(span.start);
        span.duration = end - span.start;
        for (auto& child : span.children) {
            convert(child);
        }
    }

  private:
    const std::vector<double>& program_;
    const std::vector<double>& device_;
};

} // namespace

void TraceRecorder::useDeviceTimes(Span& root) const {
    const auto device = timer_->seconds();
    const DeviceClock clock(notes_, device);
    for (auto& child : root.children) {
        clock.convert(child);
    }
}

TraceRecorder::TraceRecorder(double alreadySpent, std::shared_ptr<DeviceTimer> timer)
    : start_(
          Clock::now() -
          std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(alreadySpent))
      ),
      timer_(std::move(timer)) {
    open_.push_back(Span{.name = "frame"});
}

double TraceRecorder::now() const {
    return std::chrono::duration<double>(Clock::now() - start_).count();
}

void TraceRecorder::push(std::string name, SpanKind kind) {
    const double start = now();
    if (timer_) {
        timer_->enter(name);
        notes_.push_back(start);
    }
    open_.push_back(Span{.name = std::move(name), .kind = kind, .start = start});
}

void TraceRecorder::pop(bool keep) {
    Span span = std::move(open_.back());
    open_.pop_back();
    const double end = now();
    if (timer_) {
        timer_->leave();
        notes_.push_back(end);
    }
    if (keep) {
        span.duration = end - span.start;
        open_.back().children.push_back(std::move(span));
    }
}

void TraceRecorder::addFinished(Span span) {
    open_.back().children.push_back(std::move(span));
}

void TraceRecorder::splitLast(Span part) {
    auto& siblings = open_.back().children;
    auto& whole = siblings.back();
    const double macs = static_cast<double>(whole.macs + part.macs);
    part.duration = macs > 0.0 ? whole.duration * static_cast<double>(part.macs) / macs : 0.0;
    whole.duration -= part.duration;
    part.start = whole.start + whole.duration;
    part.isShare = true;
    siblings.push_back(std::move(part));
}

Trace TraceRecorder::finish() {
    Trace trace;
    trace.root = std::move(open_.front());
    if (timer_ && !notes_.empty()) {
        useDeviceTimes(trace.root);
    }
    trace.root.duration = now();
    trace.peakMemoryBytes = peakResidentBytes();
    open_.clear();
    return trace;
}

} // namespace siskin
