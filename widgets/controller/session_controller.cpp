// SPDX-License-Identifier: MIT
#include "widgets/controller/session_controller.hpp"

#include "core/base/cancel.hpp"
#include "core/base/error.hpp"
#include "widgets/controller/command_text.hpp"

#include <algorithm>
#include <mutex>
#include <string>
#include <utility>

namespace siskin::ui {

/// Written by the inference thread as often as it likes, read 30 times a second by the GUI.
struct ProgressCell {
    std::mutex mutex;
    double fraction = 0.0;
    std::string what;

    void set(double value, std::string text) {
        const std::lock_guard lock(mutex);
        fraction = value;
        what = std::move(text);
    }
};

namespace {

constexpr int kProgressIntervalMs = 33;

struct RunTicket {
    int modelId = 0;
    QString label;
    std::shared_ptr<const LoadedModel> model;
};

} // namespace

SessionController::SessionController(Services services, QObject* parent)
    : QObject(parent), services_(std::move(services)), progress_(std::make_shared<ProgressCell>()) {
    progressTimer_.setInterval(kProgressIntervalMs);
    connect(&progressTimer_, &QTimer::timeout, this, &SessionController::reportProgress);
    connect(&frames_, &Lane::failed, this, &SessionController::failed);
    connect(&loads_, &Lane::failed, this, &SessionController::failed);
    connect(&runs_, &Lane::failed, this, &SessionController::failed);
    for (Lane* lane : {&frames_, &loads_}) {
        connect(lane, &Lane::busyChanged, this, [this] {
            if (!frames_.isBusy()) {
                loadWaiting(); // also when nothing could be opened
            }
            startPendingRun();
            emit busyChanged();
        });
    }
    connect(&runs_, &Lane::busyChanged, this, [this] { setRunPending(runPending_); });
}

SessionController::~SessionController() {
    // The lanes go before the widgets hear of it.
    for (Lane* lane : {&frames_, &loads_, &runs_}) {
        lane->disconnect(this);
    }
}

void SessionController::openDataset(const QString& path) {
    opening_ = true;
    frames_.replace([this, path, open = services_.openDataset](const Lane::Channel& channel) {
        const std::shared_ptr<const DatasetReader> dataset = open(path.toStdString());
        if (dataset->frames().empty()) {
            throw DatasetError(path.toStdString() + " holds no frame");
        }
        throwIfStopRequested(channel.stop());
        channel.deliver([this, dataset, path] { acceptDataset(dataset, path); });
        auto frame = loadFrame(*dataset, 0);
        channel.deliver([this, frame] { acceptFrame(frame); });
    });
}

void SessionController::showFrame(std::size_t index) {
    if (!dataset_ || index >= dataset_->frames().size()) {
        return;
    }
    frames_.replace([this, index, dataset = dataset_](const Lane::Channel& channel) {
        throwIfStopRequested(channel.stop());
        auto frame = loadFrame(*dataset, index);
        channel.deliver([this, frame] { acceptFrame(frame); });
    });
}

void SessionController::stepFrame(int by) {
    if (frame_ && dataset_) {
        const auto last = static_cast<int>(dataset_->frames().size()) - 1;
        const int wanted = std::clamp(static_cast<int>(frame_->index) + by, 0, last);
        showFrame(static_cast<std::size_t>(wanted));
    }
}

void SessionController::acceptDataset(
    std::shared_ptr<const DatasetReader> dataset, const QString& path
) {
    runs_.cancel();
    dataset_ = std::move(dataset);
    datasetPath_ = path;
    frame_.reset();
    forgetOutcomes();
    loadWaiting();
    emit datasetChanged();
    emit frameChanged();
}

void SessionController::acceptFrame(std::shared_ptr<const LoadedFrame> frame) {
    runs_.cancel();
    frame_ = std::move(frame);
    forgetOutcomes();
    judgeModels();
    emit frameChanged();
    if (runOnEveryFrame_) {
        run();
    }
}

void SessionController::showPlayed(
    std::shared_ptr<const LoadedFrame> frame,
    const std::map<int, std::shared_ptr<const ModelOutcome>>& outcomes
) {
    frames_.cancel(); // a frame that is still being read would come late
    frame_ = std::move(frame);
    for (ModelEntry& entry : models_) {
        const auto found = outcomes.find(entry.id);
        entry.outcome = found == outcomes.end() ? nullptr : found->second;
    }
    judgeModels();
    emit frameChanged();
}

void SessionController::forgetOutcomes() {
    for (ModelEntry& entry : models_) {
        entry.outcome.reset();
        if (entry.state == ModelState::Ready) {
            entry.problem.clear();
        }
    }
}

void SessionController::judgeModels() {
    for (ModelEntry& entry : models_) {
        const bool asked = frame_ && entry.loaded && entry.loaded->refusal;
        entry.refusal =
            asked ? QString::fromStdString(entry.loaded->refusal(*frame_->scan)) : QString();
    }
}

std::vector<ModelOffer> SessionController::offers() const {
    const bool served = std::any_of(models_.begin(), models_.end(), [](const auto& entry) {
        return entry.state != ModelState::Failed && entry.refusal.isEmpty();
    });
    std::vector<ModelOffer> fitting;
    if (frame_ && !served) {
        std::copy_if(
            services_.offers.begin(),
            services_.offers.end(),
            std::back_inserter(fitting),
            [this](const ModelOffer& offer) { return offer.task == frame_->task; }
        );
    }
    return fitting;
}

int SessionController::addModel(ModelSpec spec) {
    ModelEntry entry;
    entry.id = ++lastModelId_;
    entry.label = uniqueLabel(models_, provisionalLabel(spec), entry.id);
    entry.spec = std::move(spec);
    models_.push_back(entry);
    if (opening_) {
        waiting_.push_back(entry.id);
    } else {
        load(entry);
    }
    emit modelsChanged();
    return entry.id;
}

void SessionController::load(const ModelEntry& entry) {
    loads_.enqueue([this, entry, load = services_.loadModel](const Lane::Channel& channel) {
        try {
            auto model = std::make_shared<const LoadedModel>(load(entry.spec));
            channel.deliver([this, id = entry.id, model] { acceptModel(id, model); });
        } catch (const std::exception& error) {
            const QString text = lineOf(error);
            channel.deliver([this, id = entry.id, text] { rejectModel(id, text); });
        }
    });
}

void SessionController::loadWaiting() {
    opening_ = false;
    for (const int id : std::exchange(waiting_, {})) {
        if (const ModelEntry* entry = model(id)) {
            load(*entry);
        }
    }
}

void SessionController::acceptModel(int id, std::shared_ptr<const LoadedModel> model) {
    if (ModelEntry* entry = findModel(models_, id)) {
        if (entry->spec.label.empty()) {
            entry->label = uniqueLabel(models_, QString::fromStdString(model->info.label), id);
        }
        entry->loaded = std::move(model);
        entry->state = ModelState::Ready;
        judgeModels();
        emit modelsChanged();
    }
}

void SessionController::rejectModel(int id, const QString& line) {
    if (ModelEntry* entry = findModel(models_, id)) {
        entry->state = ModelState::Failed;
        entry->problem = line;
        entry->selected = false;
        emit modelsChanged();
        emit failed(line);
    }
}

void SessionController::removeModel(int id) {
    std::erase_if(models_, [id](const ModelEntry& entry) { return entry.id == id; });
    emit modelsChanged();
}

void SessionController::setModelSelected(int id, bool selected) {
    ModelEntry* entry = findModel(models_, id);
    if (entry != nullptr && entry->selected != selected && entry->state != ModelState::Failed) {
        entry->selected = selected;
        emit modelsChanged();
    }
}

const ModelEntry* SessionController::model(int id) const {
    const auto found = std::find_if(models_.begin(), models_.end(), [id](const ModelEntry& entry) {
        return entry.id == id;
    });
    return found == models_.end() ? nullptr : &*found;
}

void SessionController::run() {
    if (isRunning()) {
        return;
    }
    const QString why = whyNothingRuns(models_, frame_.get(), frames_.isBusy());
    if (!why.isEmpty()) {
        emit failed(why);
        return;
    }
    setRunPending(true);
    startPendingRun();
}

void SessionController::startPendingRun() {
    if (!runPending_ || frames_.isBusy() || loads_.isBusy()) {
        return;
    }
    startRun();
    setRunPending(false);
}

void SessionController::startRun() {
    std::vector<RunTicket> tickets;
    for (const ModelEntry& entry : models_) {
        if (entry.takesPart()) {
            tickets.push_back({entry.id, entry.label, entry.loaded});
        }
    }
    if (tickets.empty() || !frame_) {
        const bool refused = std::any_of(models_.begin(), models_.end(), [](const auto& entry) {
            return entry.selected && !entry.refusal.isEmpty();
        });
        if (refused) {
            emit failed(whyNothingRuns(models_, frame_.get(), false));
        }
        return;
    }
    progress_ = std::make_shared<ProgressCell>();
    progress_->set(0.0, tickets.front().label.toStdString());
    auto work = [this, tickets, scan = frame_->scan, map = dataset_->classMap(), cell = progress_](
                    const Lane::Channel& channel
                ) {
        for (std::size_t i = 0; i < tickets.size(); ++i) {
            const RunTicket& ticket = tickets[i];
            RunOptions options;
            options.stop = channel.stop();
            options.progress = [&, i](double fraction, std::string_view stage) {
                const double whole =
                    (static_cast<double>(i) + fraction) / static_cast<double>(tickets.size());
                cell->set(whole, ticket.label.toStdString() + ": " + std::string(stage));
            };
            try {
                auto outcome = runModel(*ticket.model, *scan, map.get(), options);
                channel.deliver([this, id = ticket.modelId, outcome] { acceptOutcome(id, outcome); }
                );
            } catch (const Cancelled&) {
                return;
            } catch (const std::exception& error) {
                const QString text = lineOf(error);
                channel.deliver([this, id = ticket.modelId, text] { noteFailure(id, text); });
            }
        }
    };
    runs_.replace(std::move(work));
}

void SessionController::acceptOutcome(int id, std::shared_ptr<const ModelOutcome> outcome) {
    if (ModelEntry* entry = findModel(models_, id)) {
        entry->outcome = std::move(outcome);
        emit outcomeChanged(id);
    }
}

void SessionController::noteFailure(int id, const QString& line) {
    if (ModelEntry* entry = findModel(models_, id)) {
        entry->problem = line;
        emit outcomeChanged(id);
        emit failed(QStringLiteral("%1: %2").arg(entry->label, line));
    }
}

void SessionController::cancel() {
    runs_.cancel();
    setRunPending(false);
}

void SessionController::setRunPending(bool pending) {
    runPending_ = pending;
    if (announcedRunning_ == isRunning()) {
        return;
    }
    announcedRunning_ = isRunning();
    if (announcedRunning_) {
        progressTimer_.start();
    } else {
        progressTimer_.stop();
    }
    emit runningChanged(announcedRunning_);
    emit busyChanged();
}

void SessionController::reportProgress() {
    if (!runs_.isBusy()) {
        emit progressed(0.0, tr("waiting for what is still loading"));
        return;
    }
    double fraction = 0.0;
    QString what;
    {
        const std::lock_guard lock(progress_->mutex);
        fraction = progress_->fraction;
        what = QString::fromStdString(progress_->what);
    }
    emit progressed(fraction, what);
}

void SessionController::setRunOnEveryFrame(bool on) {
    runOnEveryFrame_ = on;
}

void SessionController::setRegion(const QString& code) {
    region_ = services_.grid.find(code.toStdString()).code;
    emit regionChanged();
}

QString SessionController::reproducingCommand() const {
    std::vector<ModelSpec> specs;
    for (const ModelEntry& entry : models_) {
        if (entry.selected && entry.refusal.isEmpty()) {
            specs.push_back(entry.spec);
        }
    }
    if (!frame_ || specs.empty()) {
        return {};
    }
    CommandFrame frame{datasetPath_, {}};
    if (dataset_->frames().size() > 1) {
        frame.frameId = QString::fromStdString(frame_->info.id);
    }
    return commandText(frame, specs, region_);
}

} // namespace siskin::ui
