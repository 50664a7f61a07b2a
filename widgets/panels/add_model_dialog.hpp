// SPDX-License-Identifier: MIT
// Asks which network with which weights, or for a folder of predictions.
#pragma once

#include "core/run/pipeline.hpp"

#include <QDialog>

#include <functional>

class QComboBox;
class QDialogButtonBox;
class QDoubleSpinBox;
class QLineEdit;
class QRadioButton;

namespace siskin::ui {

/// GUI thread. Checks only that enough is filled in; what the files hold is the loader's business
/// and comes back as a line in the window.
class AddModelDialog : public QDialog {
    Q_OBJECT

  public:
    explicit AddModelDialog(QWidget* parent = nullptr);
    /// Fills in a weight file, guesses the kind from its path and takes a `net.config` beside it.
    void setWeights(const QString& path);
    /// The class map is left for the loader.
    ModelSpec spec() const;

  private:
    void updateFields();
    void takeFile(QLineEdit* edit, const QString& title);
    QWidget* pathRow(QLineEdit* edit, const std::function<void()>& browse);

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

/// True for file names that look like weights (.pt, .pth, .tar, .safetensors, `init`).
bool looksLikeWeights(const QString& path);

} // namespace siskin::ui
