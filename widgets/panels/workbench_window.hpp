// SPDX-License-Identifier: MIT
// The window: wires the session to the panes, lists and bars.
#pragma once

#include "widgets/controller/playback.hpp"
#include "widgets/controller/services.hpp"
#include "widgets/controller/session_controller.hpp"

#include <QMainWindow>

class QLabel;
class QMenu;
class QStackedWidget;

namespace siskin::ui {

class ClassLegend;
class FrameList;
class MessageBar;
class ModelList;
class PaneGrid;
class PaperTable;
class PlayBar;
class RunBar;
class StageChart;
class ViewBar;
class Welcome;
struct PaperEntry;

/// GUI thread.
class WorkbenchWindow : public QMainWindow {
    Q_OBJECT

  public:
    explicit WorkbenchWindow(Services services, QWidget* parent = nullptr);
    ~WorkbenchWindow() override;

    SessionController& session() noexcept { return session_; }

    Playback& playback() noexcept { return playback_; }

    PaneGrid& grid() const noexcept { return *grid_; }

    MessageBar& messages() const noexcept { return *messages_; }

    void setPaneCount(int count);

    /// Adds the networks of the PVCNN paper that label what is on display (those that are there
    /// already are taken), runs them and shows the table.
    void compareAsInPaper();

    /// A data-set folder or scan opens; weights bring up the model dialog filled in.
    void openPath(const QString& path);
    /// All panes with their title strips. False, with a line in the message bar, when the file
    /// cannot be written.
    bool saveComparison(const QString& file);
    /// The whole window.
    bool saveWindow(const QString& file);

  protected:
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dropEvent(QDropEvent* event) override;

  private:
    void buildCentre();
    void buildDocks();
    void buildMenus();
    void buildViewMenu(QMenu& menu);
    void connectSession();
    void askForFolder();
    void askForFile();
    void askForModel(const QString& weights);
    void askForScreenshot();
    void copyCommand();
    void showDataset();
    void showFrame();
    void showStages();
    void updatePaperAction();
    void showOneOfEachKind(std::vector<PaperEntry> entries);
    void describePoint(std::size_t index);
    bool savePicture(QWidget& source, const QString& file);
    QDockWidget*
    addDock(const QString& title, const char* name, QWidget* content, Qt::DockWidgetArea area);

    SessionController session_;
    Playback playback_{session_};
    MessageBar* messages_ = nullptr;
    MessageBar* remarks_ = nullptr;
    QStackedWidget* pages_ = nullptr;
    Welcome* welcome_ = nullptr;
    PaneGrid* grid_ = nullptr;
    RunBar* runBar_ = nullptr;
    PlayBar* playBar_ = nullptr;
    ViewBar* viewBar_ = nullptr;
    FrameList* frames_ = nullptr;
    ModelList* models_ = nullptr;
    ClassLegend* legend_ = nullptr;
    StageChart* chart_ = nullptr;
    PaperTable* paper_ = nullptr;
    QDockWidget* paperDock_ = nullptr;
    QAction* paperAction_ = nullptr;
    QLabel* pointText_ = nullptr;
    QLabel* frameText_ = nullptr;
};

} // namespace siskin::ui
