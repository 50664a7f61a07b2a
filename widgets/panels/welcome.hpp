// SPDX-License-Identifier: MIT
// What a person sees before anything is open.
#pragma once

#include <QWidget>

namespace siskin::ui {

/// GUI thread.
class Welcome : public QWidget {
    Q_OBJECT

  public:
    explicit Welcome(QWidget* parent = nullptr);

  signals:
    void folderRequested();
    void fileRequested();
    /// "demo:street", "demo:rooms" or "demo:shapes".
    void demoRequested(const QString& name);
};

} // namespace siskin::ui
