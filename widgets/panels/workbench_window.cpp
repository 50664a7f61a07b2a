// SPDX-License-Identifier: MIT
#include "widgets/panels/workbench_window.hpp"

#include "core/report/format.hpp"
#include "widgets/charts/stage_chart.hpp"
#include "widgets/panels/add_model_dialog.hpp"
#include "widgets/panels/class_legend.hpp"
#include "widgets/panels/frame_list.hpp"
#include "widgets/panels/message_bar.hpp"
#include "widgets/panels/model_list.hpp"
#include "widgets/panels/pane_grid.hpp"
#include "widgets/panels/play_bar.hpp"
#include "widgets/panels/run_bar.hpp"
#include "widgets/panels/theme.hpp"
#include "widgets/panels/view_bar.hpp"
#include "widgets/panels/welcome.hpp"

#include <QApplication>
#include <QClipboard>
#include <QDockWidget>
#include <QDragEnterEvent>
#include <QFileDialog>
#include <QLabel>
#include <QMenuBar>
#include <QMimeData>
#include <QPixmap>
#include <QStackedWidget>
#include <QStatusBar>
#include <QUrl>
#include <QVBoxLayout>

#include <utility>

namespace siskin::ui {

WorkbenchWindow::WorkbenchWindow(Services services, QWidget* parent)
    : QMainWindow(parent), session_(std::move(services)) {
    setWindowTitle(tr("Siskin workbench"));
    setAcceptDrops(true);
    resize(1600, 1000);
    buildCentre();
    runBar_ = new RunBar(session_, this);
    viewBar_ = new ViewBar(session_, *grid_, this);
    addToolBar(runBar_);
    addToolBarBreak();
    addToolBar(viewBar_);
    playBar_ = new PlayBar(session_, playback_, this);
    addToolBar(Qt::BottomToolBarArea, playBar_);
    buildDocks();
    buildMenus();
    frameText_ = new QLabel(this);
    pointText_ = new QLabel(this);
    statusBar()->addWidget(frameText_);
    statusBar()->addPermanentWidget(pointText_);
    connectSession();
    setPaneCount(2);
}

WorkbenchWindow::~WorkbenchWindow() {
    // Child widgets are destroyed by the base class, after the session; until then they must not
    // hear from it any more, and they hold no reference that they follow in their destructors.
    session_.disconnect();
    playback_.disconnect();
}

void WorkbenchWindow::buildCentre() {
    auto* centre = new QWidget(this);
    messages_ = new MessageBar(centre);
    pages_ = new QStackedWidget(centre);
    welcome_ = new Welcome(pages_);
    grid_ = new PaneGrid(session_, pages_);
    pages_->addWidget(welcome_);
    pages_->addWidget(grid_);
    auto* layout = new QVBoxLayout(centre);
    layout->setContentsMargins(4, 4, 4, 4);
    layout->addWidget(messages_);
    layout->addWidget(pages_, 1);
    setCentralWidget(centre);
    connect(welcome_, &Welcome::folderRequested, this, &WorkbenchWindow::askForFolder);
    connect(welcome_, &Welcome::fileRequested, this, &WorkbenchWindow::askForFile);
    connect(welcome_, &Welcome::demoRequested, this, [this] {
        session_.openDataset(QStringLiteral("demo:street"));
    });
}

QDockWidget* WorkbenchWindow::addDock(
    const QString& title, const char* name, QWidget* content, Qt::DockWidgetArea area
) {
    auto* dock = new QDockWidget(title, this);
    dock->setObjectName(QLatin1String(name));
    dock->setWidget(content);
    addDockWidget(area, dock);
    return dock;
}

void WorkbenchWindow::buildDocks() {
    frames_ = new FrameList(this);
    models_ = new ModelList(session_, this);
    legend_ = new ClassLegend(session_, this);
    chart_ = new StageChart(this);
    auto* frameDock = addDock(tr("Frames"), "framesDock", frames_, Qt::LeftDockWidgetArea);
    auto* modelDock = addDock(tr("Models"), "modelsDock", models_, Qt::LeftDockWidgetArea);
    auto* classDock = addDock(tr("Classes"), "classesDock", legend_, Qt::RightDockWidgetArea);
    auto* chartDock = addDock(tr("Time per stage"), "stagesDock", chart_, Qt::BottomDockWidgetArea);
    setCorner(Qt::BottomLeftCorner, Qt::LeftDockWidgetArea);
    setCorner(Qt::BottomRightCorner, Qt::RightDockWidgetArea);
    resizeDocks({frameDock, classDock}, {230, 400}, Qt::Horizontal);
    resizeDocks({frameDock, modelDock}, {460, 260}, Qt::Vertical);
    resizeDocks({chartDock}, {chart_->sizeHint().height() + 40}, Qt::Vertical);
    connect(frames_, &FrameList::frameChosen, &playback_, &Playback::seek);
    connect(models_, &ModelList::addRequested, this, [this] { askForModel({}); });
    connect(legend_, &ClassLegend::switchesChanged, this, [this] {
        grid_->setSwitches(legend_->switches());
    });
    connect(grid_, &PaneGrid::pointPicked, this, &WorkbenchWindow::describePoint);
}

void WorkbenchWindow::buildMenus() {
    QMenu* file = menuBar()->addMenu(tr("&File"));
    file->addAction(tr("Open data-set &folder..."), this, &WorkbenchWindow::askForFolder)
        ->setShortcut(QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_O));
    file->addAction(tr("&Open scan file..."), this, &WorkbenchWindow::askForFile)
        ->setShortcut(QKeySequence::Open);
    file->addAction(tr("Open &built-in street scan"), this, [this] {
        session_.openDataset(QStringLiteral("demo:street"));
    });
    file->addSeparator();
    file->addAction(tr("&Save comparison as picture..."), this, &WorkbenchWindow::askForScreenshot)
        ->setShortcut(QKeySequence::Save);
    file->addSeparator();
    file->addAction(tr("&Quit"), this, &QWidget::close)->setShortcut(QKeySequence::Quit);
    QMenu* run = menuBar()->addMenu(tr("&Run"));
    run->addAction(
           tr("&Add model..."), this, [this] { askForModel({}); }
    )->setShortcut(QKeySequence(Qt::CTRL | Qt::Key_M));
    run->addAction(runBar_->runAction());
    run->addAction(runBar_->cancelAction());
    run->addSeparator();
    QAction* copy = run->addAction(tr("&Copy as command"), this, &WorkbenchWindow::copyCommand);
    copy->setObjectName(QStringLiteral("copyCommand"));
    copy->setShortcut(QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_C));
    buildViewMenu(*menuBar()->addMenu(tr("&View")));
    // The few things everybody needs first are also in the tool bar.
    runBar_->insertAction(runBar_->runAction(), file->actions().at(0));
    runBar_->insertAction(runBar_->runAction(), file->actions().at(1));
    runBar_->insertSeparator(runBar_->runAction());
    runBar_->addSeparator();
    runBar_->addAction(copy);
    runBar_->addAction(file->actions().at(4));
}

void WorkbenchWindow::buildViewMenu(QMenu& menu) {
    menu.addActions({playBar_->playAction(), playBar_->nextAction(), playBar_->backAction()});
    menu.addSeparator();
    for (QDockWidget* dock : findChildren<QDockWidget*>()) {
        menu.addAction(dock->toggleViewAction());
    }
}

void WorkbenchWindow::connectSession() {
    connect(&session_, &SessionController::failed, messages_, &MessageBar::showLine);
    connect(&session_, &SessionController::datasetChanged, this, &WorkbenchWindow::showDataset);
    connect(&session_, &SessionController::frameChanged, this, &WorkbenchWindow::showFrame);
    connect(&session_, &SessionController::frameChanged, this, &WorkbenchWindow::showStages);
    connect(&session_, &SessionController::modelsChanged, this, &WorkbenchWindow::showStages);
    connect(&session_, &SessionController::outcomeChanged, this, &WorkbenchWindow::showStages);
    connect(&playback_, &Playback::playingChanged, grid_, &PaneGrid::setPlaying);
    connect(grid_, &PaneGrid::painted, &playback_, &Playback::painted);
    playback_.setWaitForPaint(true);
    connect(&session_, &SessionController::runningChanged, this, [this](bool running) {
        if (running) {
            messages_->dismiss();
        }
    });
}

void WorkbenchWindow::setPaneCount(int count) {
    viewBar_->choosePaneCount(count);
}

void WorkbenchWindow::openPath(const QString& path) {
    if (looksLikeWeights(path)) {
        askForModel(path);
    } else {
        session_.openDataset(path);
    }
}

void WorkbenchWindow::askForFolder() {
    const QString path = QFileDialog::getExistingDirectory(this, tr("Open data-set folder"));
    if (!path.isEmpty()) {
        session_.openDataset(path);
    }
}

void WorkbenchWindow::askForFile() {
    const QString path = QFileDialog::getOpenFileName(
        this,
        tr("Open scan file"),
        {},
        tr("Scans (*.bin *.ply *.pcd *.xyz *.xyzn *.xyzrgb *.xyzi *.pts);;All files (*)")
    );
    if (!path.isEmpty()) {
        session_.openDataset(path);
    }
}

void WorkbenchWindow::askForModel(const QString& weights) {
    auto* dialog = new AddModelDialog(this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    if (!weights.isEmpty()) {
        dialog->setWeights(weights);
    }
    connect(dialog, &QDialog::accepted, this, [this, dialog] {
        session_.addModel(dialog->spec());
    });
    dialog->open();
}

void WorkbenchWindow::askForScreenshot() {
    const QString file = QFileDialog::getSaveFileName(
        this, tr("Save comparison"), QStringLiteral("siskin-comparison.png"), tr("Pictures (*.png)")
    );
    if (!file.isEmpty()) {
        saveComparison(file);
    }
}

bool WorkbenchWindow::saveComparison(const QString& file) {
    return savePicture(*grid_, file);
}

bool WorkbenchWindow::saveWindow(const QString& file) {
    return savePicture(*this, file);
}

bool WorkbenchWindow::savePicture(QWidget& source, const QString& file) {
    if (source.grab().save(file, "PNG")) {
        statusBar()->showMessage(tr("saved %1").arg(file), 5000);
        return true;
    }
    messages_->showLine(tr("%1 cannot be written - choose another folder").arg(file));
    return false;
}

void WorkbenchWindow::copyCommand() {
    const QString command = session_.reproducingCommand();
    if (command.isEmpty()) {
        messages_->showLine(tr("Nothing to copy yet - open a scan and add a model first"));
        return;
    }
    QApplication::clipboard()->setText(command);
    statusBar()->showMessage(tr("copied: %1").arg(command), 8000);
}

void WorkbenchWindow::showDataset() {
    messages_->dismiss();
    frames_->setFrames(
        QString::fromStdString(session_.dataset()->title()), session_.dataset()->frames()
    );
    setWindowTitle(tr("%1 - Siskin workbench").arg(session_.datasetPath()));
    pages_->setCurrentWidget(grid_);
}

void WorkbenchWindow::showFrame() {
    pointText_->clear();
    const auto& frame = session_.frame();
    if (!frame) {
        frameText_->setText(tr("reading ..."));
        return;
    }
    frames_->setCurrent(frame->index);
    const auto points = static_cast<std::int64_t>(frame->scan->pointCount());
    frameText_->setText(tr("%1   %2 points")
                            .arg(
                                QString::fromStdString(frame->info.id),
                                QString::fromStdString(formatCount(points))
                            ));
    for (const std::string& warning : frame->scan->warnings) {
        messages_->showLine(QString::fromStdString(warning));
    }
}

void WorkbenchWindow::showStages() {
    std::vector<StageBar> bars;
    for (std::size_t i = 0; i < session_.models().size(); ++i) {
        const ModelEntry& entry = session_.models()[i];
        if (!entry.outcome) {
            continue;
        }
        const Trace& trace = entry.outcome->result.trace;
        StageBar bar{entry.label, modelAccent(i), {}, trace.totalSeconds()};
        for (const Span& stage : trace.root.children) {
            bar.stages.push_back({QString::fromStdString(stage.name), stage.duration});
        }
        bars.push_back(std::move(bar));
    }
    chart_->setBars(std::move(bars));
}

void WorkbenchWindow::describePoint(std::size_t index) {
    const auto& frame = session_.frame();
    if (!frame || index >= frame->scan->pointCount()) {
        return;
    }
    const Vec3f& p = frame->scan->positions[index];
    QString text = tr("point %1  (%2, %3, %4) m")
                       .arg(index)
                       .arg(p[0], 0, 'f', 2)
                       .arg(p[1], 0, 'f', 2)
                       .arg(p[2], 0, 'f', 2);
    if (frame->scan->groundTruth) {
        const GroundTruth& truth = *frame->scan->groundTruth;
        const ClassInfo& info = truth.classMap->info(truth.classIds[index]);
        text += tr("   truth: %1").arg(QString::fromStdString(info.name));
    }
    for (const ModelEntry& entry : session_.models()) {
        if (entry.outcome) {
            const Prediction& said = entry.outcome->result.prediction;
            text += tr("   %1: %2 %3")
                        .arg(
                            entry.label,
                            QString::fromStdString(said.classMap->info(said.classIds[index]).name),
                            QString::fromStdString(formatPercent(said.confidence[index]))
                        );
        }
    }
    pointText_->setText(text);
}

void WorkbenchWindow::dragEnterEvent(QDragEnterEvent* event) {
    if (event->mimeData()->hasUrls() && event->mimeData()->urls().first().isLocalFile()) {
        event->acceptProposedAction();
    }
}

void WorkbenchWindow::dropEvent(QDropEvent* event) {
    event->acceptProposedAction();
    openPath(event->mimeData()->urls().first().toLocalFile());
}

} // namespace siskin::ui
