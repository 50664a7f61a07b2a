// SPDX-License-Identifier: MIT
#include "widgets/controller/lane.hpp"

#include "core/base/error.hpp"

#include <QMetaObject>

#include <exception>
#include <utility>

namespace siskin::ui {

QString lineOf(const std::exception& error) {
    const auto* known = dynamic_cast<const Error*>(&error);
    return QString::fromStdString(known != nullptr ? known->line() : error.what());
}

Lane::Channel::Channel(Lane& lane, std::uint64_t id, std::stop_token stop)
    : lane_(lane), id_(id), stop_(std::move(stop)) {}

void Lane::Channel::deliver(std::function<void()> action) const {
    lane_.post(id_, std::move(action));
}

Lane::Lane(QObject* parent)
    : QObject(parent), thread_([this](const std::stop_token& quit) { serve(quit); }) {}

Lane::~Lane() {
    {
        const std::lock_guard lock(mutex_);
        queue_.clear();
        running_.request_stop();
    }
    thread_.request_stop();
    thread_.join();
}

void Lane::enqueue(Work work) {
    {
        const std::lock_guard lock(mutex_);
        queue_.push_back({++lastId_, std::move(work), {}});
    }
    wake_.notify_one();
    setUnfinished(unfinished_ + 1);
}

void Lane::replace(Work work) {
    cancel();
    enqueue(std::move(work));
}

void Lane::cancel() {
    {
        const std::lock_guard lock(mutex_);
        queue_.clear();
        running_.request_stop();
    }
    oldestCurrent_ = lastId_ + 1;
    setUnfinished(0);
}

void Lane::setUnfinished(int count) {
    const bool was = isBusy();
    unfinished_ = count;
    if (was != isBusy()) {
        emit busyChanged(isBusy());
    }
}

void Lane::serve(const std::stop_token& quit) {
    while (true) {
        Task task;
        {
            std::unique_lock lock(mutex_);
            if (!wake_.wait(lock, quit, [this] { return !queue_.empty(); })) {
                return;
            }
            task = std::move(queue_.front());
            queue_.pop_front();
            running_ = task.stop;
        }
        perform(task);
    }
}

void Lane::perform(Task& task) {
    QString problem;
    try {
        task.work(Channel(*this, task.id, task.stop.get_token()));
    } catch (const Cancelled&) {
        problem.clear();
    } catch (const std::exception& error) {
        problem = lineOf(error);
    }
    post(task.id, [this, problem] {
        setUnfinished(unfinished_ - 1);
        if (!problem.isEmpty()) {
            emit failed(problem);
        }
    });
}

void Lane::post(std::uint64_t id, std::function<void()> action) {
    QMetaObject::invokeMethod(
        this,
        [this, id, run = std::move(action)] {
            if (id >= oldestCurrent_) {
                run();
            }
        },
        Qt::QueuedConnection
    );
}

} // namespace siskin::ui
