// SPDX-License-Identifier: MIT
#include "core/run/fallback_model.hpp"

#include "core/base/error.hpp"

#include <fmt/format.h>

#include <mutex>

namespace siskin {

namespace {

class FallbackModel final : public ScanModel {
  public:
    FallbackModel(
        std::unique_ptr<ScanModel> model, std::function<std::unique_ptr<ScanModel>()> loadOther
    )
        : model_(std::move(model)), loadOther_(std::move(loadOther)) {}

    const ModelInfo& info() const noexcept override { return model_->info(); }

    std::string refusal(const Scan& scan) const override { return model_->refusal(scan); }

    bool needsCalibration() const noexcept override { return model_->needsCalibration(); }

    void calibrate(const Scan& scan, const RunOptions& options) override {
        model_->calibrate(scan, options);
    }

    RunResult run(const Scan& scan, const RunOptions& options) const override {
        const ScanModel* other = otherModel({});
        if (other == nullptr) {
            try {
                return model_->run(scan, options);
            } catch (const DeviceError& error) {
                other = otherModel(error.what());
            }
        }
        auto result = other->run(scan, options);
        result.notes.push_back(fmt::format("ran on {}, because: {}", result.model.device, reason_));
        return result;
    }

  private:
    /// The other model; null while nothing has failed and `failure` is empty.
    const ScanModel* otherModel(const std::string& failure) const {
        const std::scoped_lock lock(mutex_);
        if (!other_ && !failure.empty()) {
            other_ = loadOther_();
            reason_ = failure; // never changed again, so that it may be read without the lock
        }
        return other_.get();
    }

    std::unique_ptr<ScanModel> model_;
    std::function<std::unique_ptr<ScanModel>()> loadOther_;
    mutable std::mutex mutex_;
    mutable std::unique_ptr<ScanModel> other_;
    mutable std::string reason_;
};

} // namespace

std::unique_ptr<ScanModel> makeFallbackModel(
    std::unique_ptr<ScanModel> model, std::function<std::unique_ptr<ScanModel>()> loadOther
) {
    return std::make_unique<FallbackModel>(std::move(model), std::move(loadOther));
}

} // namespace siskin
