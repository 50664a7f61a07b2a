// SPDX-License-Identifier: MIT
// One view with its title strip: what it shows, what that cost, whether its camera is linked.
#pragma once

#include "widgets/panels/pane_content.hpp"
#include "widgets/scene/cloud_scene.hpp"

#include <QColor>
#include <QFrame>

#include <memory>
#include <vector>

class QComboBox;
class QLabel;
class QToolButton;

namespace siskin::ui {

class SessionController;
class StatStrip;
class VtkView;

/// GUI thread.
class Pane : public QFrame {
    Q_OBJECT

  public:
    Pane(SessionController& session, QWidget* parent = nullptr);
    ~Pane() override;

    VtkView& view() const noexcept { return *view_; }

    CloudScene& scene() noexcept { return scene_; }

    const PaneContent& content() const noexcept { return content_; }

    /// False until the person picked a content from the chooser.
    bool isChosen() const noexcept { return chosen_; }

    void forgetChoice() noexcept { chosen_ = false; }

    void setContent(const PaneContent& content);
    /// As if the person had picked it.
    void choose(const PaneContent& content);
    QString title() const;
    QString statsText() const;

    /// Lines of figures in the title strip; more where panes are narrow.
    void setStatLines(int lines);

    /// Logical pixels: the same on screens of every density.
    void setPointSize(double size);

    /// Re-reads the session: choices, picture and figures.
    void refresh();

    /// Changes something in the scene and repaints.
    template <typename Change>
    void changeScene(Change change) {
        change(scene_);
        requestRender();
    }

  signals:
    void linkToggled(bool linked);
    void pointPicked(std::size_t index);

  private:
    void buildStrip();
    void refreshChoices();
    void setAccent(const QColor& accent);
    void requestRender();
    void pickAt(QPointF pixel);

    SessionController& session_;
    CloudScene scene_;
    PaneContent content_;
    std::vector<ContentChoice> choices_; // what the chooser holds
    QColor accent_;                      // what the strip wears
    bool chosen_ = false;
    double pointSize_ = 3.0;
    QFrame* strip_ = nullptr;
    QComboBox* chooser_ = nullptr;
    QLabel* badge_ = nullptr;
    QToolButton* link_ = nullptr;
    StatStrip* stats_ = nullptr;
    VtkView* view_ = nullptr;
};

} // namespace siskin::ui
