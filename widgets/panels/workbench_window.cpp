// SPDX-License-Identifier: MIT
#include "widgets/panels/workbench_window.hpp"

#include "core/base/error.hpp"
#include "core/report/format.hpp"
#include "widgets/charts/stage_chart.hpp"
#include "widgets/controller/paper_run.hpp"
#include "widgets/panels/add_model_dialog.hpp"
#include "widgets/panels/class_legend.hpp"
#include "widgets/panels/frame_list.hpp"
#include "widgets/panels/message_bar.hpp"
#include "widgets/panels/model_list.hpp"
#include "widgets/panels/pane.hpp"
#include "widgets/panels/pane_grid.hpp"
#include "widgets/panels/paper_table.hpp"
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
#include <QTimer>
#include <QUrl>
#include <QVBoxLayout>

#include <algorithm>
#include <set>
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
    messages_ = new MessageBar(MessageTone::Trouble, centre);
    remarks_ = new MessageBar(MessageTone::Remark, centre);
    pages_ = new QStackedWidget(centre);
    welcome_ = new Welcome(pages_);
    grid_ = new PaneGrid(session_, pages_);
    pages_->addWidget(welcome_);
    pages_->addWidget(grid_);
    auto* layout = new QVBoxLayout(centre);
    layout->setContentsMargins(4, 4, 4, 4);
    layout->addWidget(messages_);
    layout->addWidget(remarks_);
    layout->addWidget(pages_, 1);
    setCentralWidget(centre);
    connect(welcome_, &Welcome::folderRequested, this, &WorkbenchWindow::askForFolder);
    connect(welcome_, &Welcome::fileRequested, this, &WorkbenchWindow::askForFile);
    connect(welcome_, &Welcome::demoRequested, &session_, &SessionController::openDataset);
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
    paper_ = new PaperTable(session_, this);
    paperDock_ = addDock(tr("PVCNN paper"), "paperDock", paper_, Qt::BottomDockWidgetArea);
    tabifyDockWidget(chartDock, paperDock_);
    paperDock_->hide(); // until it is asked for
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
    const auto addDemo = [this, file](const QString& title, const char* demo) {
        file->addAction(title, this, [this, demo] { session_.openDataset(QLatin1String(demo)); });
    };
    addDemo(tr("Open built-in s&treet"), "demo:street");
    addDemo(tr("Open built-in &rooms"), "demo:rooms");
    addDemo(tr("Open built-in s&hapes"), "demo:shapes");
    file->addSeparator();
    QAction* save = file->addAction(
        tr("&Save comparison as picture..."), this, &WorkbenchWindow::askForScreenshot
    );
    save->setShortcut(QKeySequence::Save);
    file->addSeparator();
    file->addAction(tr("&Quit"), this, &QWidget::close)->setShortcut(QKeySequence::Quit);
    QMenu* run = menuBar()->addMenu(tr("&Run"));
    run->addAction(
           tr("&Add model..."), this, [this] { askForModel({}); }
    )->setShortcut(QKeySequence(Qt::CTRL | Qt::Key_M));
    run->addAction(runBar_->runAction());
    run->addAction(runBar_->cancelAction());
    run->addSeparator();
    paperAction_ = run->addAction(
        tr("Compare as in the &PVCNN paper"), this, &WorkbenchWindow::compareAsInPaper
    );
    paperAction_->setObjectName(QStringLiteral("comparePaper"));
    QAction* copy = run->addAction(tr("&Copy as command"), this, &WorkbenchWindow::copyCommand);
    copy->setObjectName(QStringLiteral("copyCommand"));
    copy->setShortcut(QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_C));
    buildViewMenu(*menuBar()->addMenu(tr("&View")));
    // The few things everybody needs first are also in the tool bar.
    runBar_->insertAction(runBar_->runAction(), file->actions().at(0));
    runBar_->insertAction(runBar_->runAction(), file->actions().at(1));
    runBar_->insertSeparator(runBar_->runAction());
    runBar_->addSeparator();
    runBar_->addAction(paperAction_);
    runBar_->addAction(copy);
    runBar_->addAction(save);
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
    connect(&session_, &SessionController::frameChanged, this, &WorkbenchWindow::updatePaperAction);
    updatePaperAction();
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
    ModelDialogContext context{{}, session_.services().describeWeights};
    if (session_.frame()) {
        context.task = session_.frame()->task;
    }
    auto* dialog = new AddModelDialog(std::move(context), this);
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
    remarks_->dismiss(); // they were about another frame
    for (const std::string& warning : frame->scan->warnings) {
        remarks_->showLine(QString::fromStdString(warning));
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

void WorkbenchWindow::updatePaperAction() {
    const bool fits = hasPaperModels(session_);
    paperAction_->setEnabled(fits);
    paperAction_->setToolTip(
        fits ? tr("Run PVCNN and the networks its paper compares with on this %1, side by side")
                   .arg(taskNoun(session_.frame()->task))
             : tr("The networks of that paper label shapes and rooms: open one first")
    );
}

void WorkbenchWindow::compareAsInPaper() {
    if (!hasPaperModels(session_)) {
        emit session_.failed(paperAction_->toolTip()); // the reason; asked for at the command line
        return;
    }
    std::vector<PaperEntry> entries;
    try {
        entries = selectPaperModels(session_);
    } catch (const Error& error) {
        emit session_.failed(QString::fromStdString(error.line()));
        return;
    }
    setPaneCount(PaneGrid::kMostPanes);
    showOneOfEachKind(entries);
    const int rows = static_cast<int>(entries.size());
    paper_->setEntries(std::move(entries));
    setCorner(Qt::BottomRightCorner, Qt::BottomDockWidgetArea); // the table is wide
    paperDock_->show();
    paperDock_->raise();
    constexpr int kAroundTable = 170; // title, head and remarks
    constexpr int kTableRow = 23;
    resizeDocks({paperDock_}, {kAroundTable + kTableRow * rows}, Qt::Vertical);
    session_.cancel(); // what is running would keep the comparison from starting
    session_.run();
    QTimer::singleShot(0, grid_, [this] { grid_->lookFrom(ViewPreset::Perspective); });
}

void WorkbenchWindow::showOneOfEachKind(std::vector<PaperEntry> entries) {
    std::stable_partition(entries.begin(), entries.end(), [this](const PaperEntry& entry) {
        return !session_.model(entry.modelId)->spec.weights.empty(); // the trained ones first
    });
    std::set<ModelKind> shown;
    for (const PaperEntry& entry : entries) {
        const int position = static_cast<int>(shown.size()) + 1; // after the ground truth
        const ModelKind kind = session_.model(entry.modelId)->spec.kind;
        if (position < grid_->paneCount() && shown.insert(kind).second) {
            grid_->pane(position).choose({ContentKind::Prediction, entry.modelId});
        }
    }
}

void WorkbenchWindow::describePoint(std::size_t index) {
    if (session_.frame() && index < session_.frame()->scan->pointCount()) {
        pointText_->setText(pointText(session_, index));
    }
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
