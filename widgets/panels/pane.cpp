// SPDX-License-Identifier: MIT
#include "widgets/panels/pane.hpp"

#include "widgets/controller/session_controller.hpp"
#include "widgets/panels/stat_strip.hpp"
#include "widgets/panels/theme.hpp"
#include "widgets/view/gl_window.hpp"
#include "widgets/view/vtk_view.hpp"

#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QSignalBlocker>
#include <QToolButton>
#include <QVBoxLayout>

#include <utility>

namespace siskin::ui {

namespace {

QVariant toVariant(const PaneContent& content) {
    return QPoint(static_cast<int>(content.kind), content.modelId);
}

/// In lines that fit a narrow pane; the text of a scene does not wrap itself.
QString wrapped(const QString& text) {
    constexpr qsizetype kLine = 48;
    QStringList lines;
    for (const QString& paragraph : text.split(QLatin1Char('\n'))) {
        QString line;
        for (const QString& word : paragraph.split(QLatin1Char(' '))) {
            if (!line.isEmpty() && line.size() + 1 + word.size() > kLine) {
                lines << line;
                line.clear();
            }
            line += line.isEmpty() ? word : QLatin1Char(' ') + word;
        }
        lines << line;
    }
    return lines.join(QLatin1Char('\n'));
}

PaneContent fromVariant(const QVariant& value) {
    const QPoint pair = value.toPoint();
    return {static_cast<ContentKind>(pair.x()), pair.y()};
}

} // namespace

Pane::Pane(SessionController& session, QWidget* parent) : QFrame(parent), session_(session) {
    setObjectName(QStringLiteral("pane"));
    setStyleSheet(QStringLiteral("#pane { border: 1px solid %1; }").arg(theme::kLine.name()));
    buildStrip();
    view_ = new VtkView(this);
    scene_.attach(view_->renderWindow());
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(1, 1, 1, 1);
    layout->setSpacing(0);
    layout->addWidget(strip_);
    layout->addWidget(view_, 1);
    connect(view_, &VtkView::clicked, this, &Pane::pickAt);
    connect(view_, &QOpenGLWidget::resized, this, [this] { setPointSize(pointSize_); });
    refresh();
}

Pane::~Pane() {
    delete view_; // releases its GL resources while the scene is still there
}

void Pane::buildStrip() {
    strip_ = new QFrame(this);
    strip_->setObjectName(QStringLiteral("strip"));
    chooser_ = new QComboBox(strip_);
    chooser_->setObjectName(QStringLiteral("contentChooser"));
    chooser_->setAccessibleName(tr("What this pane shows"));
    chooser_->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    chooser_->setMinimumContentsLength(4);
    chooser_->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    chooser_->setFocusPolicy(Qt::ClickFocus);
    QFont bold = chooser_->font();
    bold.setBold(true);
    bold.setPointSizeF(bold.pointSizeF() * 1.1);
    chooser_->setFont(bold);
    badge_ = new QLabel(tr("UNTRAINED"), strip_);
    badge_->setObjectName(QStringLiteral("untrainedBadge"));
    badge_->setToolTip(tr("Random weights: the labels mean nothing; time and energy do"));
    badge_->setStyleSheet(
        QStringLiteral("background: %1; color: #14161b; border-radius: 3px; padding: 1px 6px; "
                       "font-weight: 700;")
            .arg(theme::kCaution.name())
    );
    link_ = new QToolButton(strip_);
    link_->setObjectName(QStringLiteral("linkButton"));
    link_->setCheckable(true);
    link_->setChecked(true);
    link_->setText(tr("Linked"));
    link_->setToolTip(tr("Linked panes look from the same place"));
    stats_ = new StatStrip(strip_);
    stats_->setObjectName(QStringLiteral("stats"));
    auto* top = new QHBoxLayout;
    top->addWidget(chooser_, 1);
    top->addWidget(link_);
    auto* rows = new QVBoxLayout(strip_);
    rows->setContentsMargins(10, 5, 6, 5);
    rows->setSpacing(4);
    rows->addLayout(top);
    auto* bottom = new QHBoxLayout;
    bottom->addWidget(stats_, 1);
    bottom->addWidget(badge_, 0, Qt::AlignTop);
    rows->addLayout(bottom);
    connect(chooser_, &QComboBox::activated, this, [this] {
        choose(fromVariant(chooser_->currentData()));
    });
    connect(link_, &QToolButton::toggled, this, [this](bool linked) {
        link_->setText(linked ? tr("Linked") : tr("Free"));
        emit linkToggled(linked);
    });
}

void Pane::setContent(const PaneContent& content) {
    if (content != content_) {
        content_ = content;
        refresh();
    }
}

void Pane::choose(const PaneContent& content) {
    chosen_ = true;
    setContent(content);
}

QString Pane::title() const {
    return chooser_->currentText();
}

QString Pane::statsText() const {
    return stats_->text();
}

void Pane::setPointSize(double size) {
    pointSize_ = size;
    scene_.setPointSize(size * view_->devicePixelRatioF());
    requestRender();
}

void Pane::setStatLines(int lines) {
    stats_->setLines(lines);
}

void Pane::refreshChoices() {
    const QSignalBlocker quiet(chooser_);
    auto choices = contentChoices(session_);
    if (choices != choices_) {
        chooser_->clear();
        for (const ContentChoice& choice : choices) {
            chooser_->addItem(choice.title, toVariant(choice.content));
        }
        choices_ = std::move(choices);
    }
    chooser_->setCurrentIndex(chooser_->findData(toVariant(content_)));
    chooser_->setToolTip(chooser_->currentText());
}

void Pane::setAccent(const QColor& accent) {
    if (accent != accent_) { // a style sheet costs milliseconds
        accent_ = accent;
        strip_->setStyleSheet(QStringLiteral("#strip { background: %1; border-left: 5px solid %2; }"
        )
                                  .arg(theme::kStrip.name(), accent.name()));
    }
}

void Pane::refresh() {
    const bool modelGone = content_.modelId != 0 && session_.model(content_.modelId) == nullptr;
    if (modelGone) {
        content_ = {};
        chosen_ = false;
    }
    refreshChoices();
    const PaneView shown = viewOf(session_, content_);
    setAccent(shown.accent);
    badge_->setVisible(shown.untrained);
    stats_->setStats(shown.stats);
    scene_.setCloud(shown.cloud, shown.colouring);
    stats_->setNotes(shown.notes);
    scene_.setHint(wrapped(shown.hint).toStdString());
    requestRender();
}

void Pane::requestRender() {
    view_->requestRender();
}

void Pane::pickAt(QPointF pixel) {
    const QSize size = view_->deviceSize();
    const auto index = scene_.pick(pixel.x(), pixel.y(), size.width(), size.height());
    if (index) {
        emit pointPicked(*index);
    }
}

} // namespace siskin::ui
