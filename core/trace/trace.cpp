// SPDX-License-Identifier: MIT
#include "core/trace/trace.hpp"

#include "core/trace/recorder.hpp"

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

TraceRecorder::TraceRecorder(double alreadySpent)
    : start_(
          Clock::now() -
          std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(alreadySpent))
      ) {
    open_.push_back(Span{.name = "frame"});
}

double TraceRecorder::now() const {
    return std::chrono::duration<double>(Clock::now() - start_).count();
}

void TraceRecorder::push(std::string name, SpanKind kind) {
    open_.push_back(Span{.name = std::move(name), .kind = kind, .start = now()});
}

void TraceRecorder::pop() {
    Span span = std::move(open_.back());
    open_.pop_back();
    span.duration = now() - span.start;
    open_.back().children.push_back(std::move(span));
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
    trace.root.duration = now();
    trace.peakMemoryBytes = peakResidentBytes();
    open_.clear();
    return trace;
}

} // namespace siskin
