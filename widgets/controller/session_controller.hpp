// SPDX-License-Identifier: MIT
// The only class that starts work: opens, reads, loads models, runs them, and tells the widgets.
#pragma once

#include "widgets/controller/lane.hpp"
#include "widgets/controller/model_entry.hpp"
#include "widgets/controller/services.hpp"

#include <QObject>
#include <QTimer>

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace siskin::ui {

struct ProgressCell;

/// GUI thread. Nothing here waits; every answer arrives as a signal.
class SessionController : public QObject {
    Q_OBJECT

  public:
    explicit SessionController(Services services, QObject* parent = nullptr);
    ~SessionController() override;

    /// A data-set folder, a scan file or "demo:street"; shows its first frame.
    void openDataset(const QString& path);
    void showFrame(std::size_t index);
    void stepFrame(int by);
    /// A frame together with the answers of models (by id), as one change: for playing.
    void showPlayed(
        std::shared_ptr<const LoadedFrame> frame,
        const std::map<int, std::shared_ptr<const ModelOutcome>>& outcomes
    );

    /// Starts loading (once a data set that is being opened is open) and returns the new entry's
    /// id.
    int addModel(ModelSpec spec);
    void removeModel(int id);
    void setModelSelected(int id, bool selected);

    /// Runs the selected models one after another on the frame on display; waits (without
    /// blocking) for what is still loading.
    void run();
    void cancel();
    /// Also run whenever another frame is shown.
    void setRunOnEveryFrame(bool on);
    /// Throws `EnergyError` for an unknown code.
    void setRegion(const QString& code);

    const DatasetReader* dataset() const noexcept { return dataset_.get(); }

    /// The same, for work that may outlive its being open.
    std::shared_ptr<const DatasetReader> sharedDataset() const noexcept { return dataset_; }

    const QString& datasetPath() const noexcept { return datasetPath_; }

    const std::shared_ptr<const LoadedFrame>& frame() const noexcept { return frame_; }

    const std::vector<ModelEntry>& models() const noexcept { return models_; }

    /// Null when there is no such model.
    const ModelEntry* model(int id) const;

    /// The networks that come with the program and label what is on display, while no model of the
    /// session does; empty otherwise.
    std::vector<ModelOffer> offers() const;

    const Services& services() const noexcept { return services_; }

    const GridTable& grid() const noexcept { return services_.grid; }

    const GridIntensity& region() const { return services_.grid.find(region_); }

    bool isRunning() const noexcept { return runs_.isBusy() || runPending_; }

    /// True while anything is being opened, loaded or run.
    bool isBusy() const noexcept { return frames_.isBusy() || loads_.isBusy() || isRunning(); }

    /// The command that repeats the selected models' run on this frame; empty without either.
    QString reproducingCommand() const;

  signals:
    void datasetChanged();
    void frameChanged();
    void modelsChanged();
    void outcomeChanged(int modelId);
    void regionChanged();
    void runningChanged(bool running);
    /// `fraction` over all models of the run, 0..1.
    void progressed(double fraction, const QString& what);
    void failed(const QString& line);
    void busyChanged();

  private:
    void acceptDataset(std::shared_ptr<const DatasetReader> dataset, const QString& path);
    void acceptFrame(std::shared_ptr<const LoadedFrame> frame);
    void acceptModel(int id, std::shared_ptr<const LoadedModel> model);
    void rejectModel(int id, const QString& line);
    void acceptOutcome(int id, std::shared_ptr<const ModelOutcome> outcome);
    void noteFailure(int id, const QString& line);
    void startPendingRun();
    void startRun();
    void load(const ModelEntry& entry);
    void loadWaiting();
    void judgeModels();
    void setRunPending(bool pending);
    void forgetOutcomes();
    void reportProgress();

    Services services_;
    QString datasetPath_;
    std::string region_ = "WORLD"; // until the person picks one; never guessed
    std::shared_ptr<const DatasetReader> dataset_;
    std::shared_ptr<const LoadedFrame> frame_;
    std::vector<ModelEntry> models_;
    int lastModelId_ = 0;
    std::vector<int> waiting_; // models that are loaded once the data set is open
    bool opening_ = false;     // a data set: models wait, because it says which classes are meant
    bool runPending_ = false;
    bool runOnEveryFrame_ = false;
    bool announcedRunning_ = false;
    std::shared_ptr<ProgressCell> progress_;
    QTimer progressTimer_;
    Lane frames_; // opening and reading: the newest request wins
    Lane loads_;  // models, in the order they were added
    Lane runs_;   // inference
};

} // namespace siskin::ui
