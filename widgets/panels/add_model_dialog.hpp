// SPDX-License-Identifier: MIT
// Asks which network with which weights, or for a folder of predictions.
#pragma once

#include "core/run/model_file.hpp"
#include "core/run/pipeline.hpp"

#include <QDialog>

#include <functional>
#include <optional>

class QComboBox;
class QDialogButtonBox;
class QDoubleSpinBox;
class QLineEdit;
class QRadioButton;

namespace siskin::ui {

/// What the dialog knows about the session.
struct ModelDialogContext {
    std::optional<ModelTask> task{}; ///< of what is on display: networks for others are greyed
    std::function<std::optional<ModelDescription>(const std::filesystem::path&)> describeWeights{};
};

/// GUI thread. Checks only that enough is filled in; what the files hold is the loader's business
/// and comes back as a line in the window.
class AddModelDialog : public QDialog {
    Q_OBJECT

  public:
    explicit AddModelDialog(ModelDialogContext context = {}, QWidget* parent = nullptr);
    /// Fills in a weight file, takes the kind that it says (or guesses it from the path) and a
    /// `net.config` beside it.
    void setWeights(const QString& path);
    /// The class map is left for the loader.
    ModelSpec spec() const;

  private:
    void buildForm();
    void fillKinds();
    void chooseKind(ModelKind kind);
    void updateFields();
    void takeFile(QLineEdit* edit, const QString& title);
    QWidget* pathRow(QLineEdit* edit, const std::function<void()>& browse);

    ModelDialogContext context_;
    QComboBox* kind_;
    QRadioButton* fromFile_;
    QRadioButton* untrained_;
    QRadioButton* fromPredictions_;
    QLineEdit* weights_;
    QLineEdit* config_;
    QLineEdit* predictions_;
    QDoubleSpinBox* width_;
    QComboBox* precision_;
    QDialogButtonBox* buttons_;
};

/// True for file names that look like weights (.pt, .pth, .tar, .t7, .safetensors, `init`).
bool looksLikeWeights(const QString& path);

} // namespace siskin::ui
