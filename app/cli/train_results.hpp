// SPDX-License-Identifier: MIT
// What `siskin train` writes and prints: train.json, weights that describe themselves, tables.
#pragma once

#include "app/cli/train_options.hpp"
#include "core/models/model_metadata.hpp"
#include "core/train/trainer.hpp"
#include "core/train/training_data.hpp"

#include <nlohmann/json.hpp>

#include <map>
#include <memory>

namespace siskin::cli {

/// A data set and what was counted in it.
struct CountedData {
    TrainingData data;
    DataSummary summary;
};

/// "street, 200 frames (1f0c...)": what a weight file says that it was trained on.
std::string describe(const CountedData& data);

/// Points, share and loss weight of every class in the training data.
std::string classTable(
    const ClassMap& classMap,
    const std::vector<std::int64_t>& labels,
    const std::vector<double>& weights
);

/// IoU of every class, and their mean.
std::string scoreTable(const ClassMap& classMap, const IouScores& scores);

/// `others`: `TrainingTask::otherScores`.
nlohmann::ordered_json toJson(
    const ClassMap& classMap, const IouScores& scores, const std::map<std::string, double>& others
);

/// train.json: everything that was chosen or found before the training, and how it goes.
class TrainRecord {
  public:
    /// A new one, with the program's version and the command line.
    TrainRecord(std::filesystem::path folder, const TrainRequest& request);
    /// The one in the folder of an interrupted training. Throws `ConfigError` when there is none.
    explicit TrainRecord(std::filesystem::path folder);

    std::vector<std::string> arguments() const;
    std::filesystem::path workingFolder() const;

    void
    setData(const std::vector<CountedData>& data, const std::optional<CountedData>& validation);
    /// Throws `ConfigError` when the data of an interrupted training have changed.
    void requireSameData(
        const std::vector<CountedData>& data, const std::optional<CountedData>& validation
    ) const;
    void set(const char* key, nlohmann::ordered_json value);
    void write() const; ///< all or nothing

  private:
    std::filesystem::path folder_;
    nlohmann::ordered_json json_;
};

} // namespace siskin::cli
