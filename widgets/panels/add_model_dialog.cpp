// SPDX-License-Identifier: MIT
#include "widgets/panels/add_model_dialog.hpp"

#include "core/base/error.hpp"
#include "widgets/controller/model_entry.hpp"

#include <QComboBox>
#include <QDialogButtonBox>
#include <QDoubleSpinBox>
#include <QFileDialog>
#include <QFileInfo>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QRadioButton>
#include <QStandardItemModel>

#include <array>
#include <utility>

namespace siskin::ui {

namespace {

/// The kind that the path names, the longer names first: "spvcnn" holds "pvcnn".
std::optional<ModelKind> guessKind(const QString& path) {
    static constexpr std::array<std::pair<const char*, ModelKind>, 13> kHints{{
        {"pointnet2msg", ModelKind::PointNet2Msg},
        {"pointnet2ssg", ModelKind::PointNet2Ssg},
        {"pointnet2", ModelKind::PointNet2Ssg},
        {"pointnet++", ModelKind::PointNet2Ssg},
        {"pointnet", ModelKind::PointNet},
        {"pvcnnpp", ModelKind::Pvcnn2},
        {"pvcnn++", ModelKind::Pvcnn2},
        {"pvcnn2", ModelKind::Pvcnn2},
        {"spvcnn", ModelKind::Spvcnn},
        {"pvcnn", ModelKind::Pvcnn},
        {"spvnas", ModelKind::Spvnas},
        {"dgcnn", ModelKind::Dgcnn},
        {"mink", ModelKind::MinkUNet},
    }};
    for (const auto& [hint, kind] : kHints) {
        if (path.contains(QLatin1String(hint), Qt::CaseInsensitive)) {
            return kind;
        }
    }
    return std::nullopt;
}

} // namespace

bool looksLikeWeights(const QString& path) {
    const QFileInfo info(path);
    static const QStringList endings{
        QStringLiteral("pt"),
        QStringLiteral("pth"),
        QStringLiteral("tar"),
        QStringLiteral("t7"),
        QStringLiteral("safetensors"),
    };
    return endings.contains(info.suffix()) || info.fileName() == QLatin1String("init");
}

AddModelDialog::AddModelDialog(ModelDialogContext context, QWidget* parent)
    : QDialog(parent), context_(std::move(context)), kind_(new QComboBox(this)),
      fromFile_(new QRadioButton(tr("Weights from a file"), this)),
      untrained_(new QRadioButton(tr("Untrained: random weights, for speed and energy only"), this)
      ),
      fromPredictions_(new QRadioButton(tr("Predictions: files that another program wrote"), this)),
      weights_(new QLineEdit(this)), config_(new QLineEdit(this)),
      predictions_(new QLineEdit(this)), width_(new QDoubleSpinBox(this)),
      precision_(new QComboBox(this)),
      buttons_(new QDialogButtonBox(QDialogButtonBox::Ok | QDialogButtonBox::Cancel, this)) {
    setWindowTitle(tr("Add model"));
    setMinimumWidth(560);
    kind_->setObjectName(QStringLiteral("modelKind"));
    weights_->setObjectName(QStringLiteral("modelWeights"));
    config_->setObjectName(QStringLiteral("modelConfig"));
    width_->setObjectName(QStringLiteral("modelWidth"));
    untrained_->setObjectName(QStringLiteral("modelUntrained"));
    fromPredictions_->setObjectName(QStringLiteral("modelFromPredictions"));
    predictions_->setObjectName(QStringLiteral("modelPredictions"));
    fillKinds();
    precision_->setObjectName(QStringLiteral("modelPrecision"));
    precision_->addItem(tr("fp32: exact"), static_cast<int>(Precision::Float32));
    precision_->addItem(tr("fp16: about twice as fast"), static_cast<int>(Precision::Float16));
    precision_->addItem(tr("bf16"), static_cast<int>(Precision::BFloat16));
    precision_->addItem(
        tr("int8: fastest; calibrated on the first frame"), static_cast<int>(Precision::Int8)
    );
    fromFile_->setChecked(true);
    weights_->setPlaceholderText(tr("weights.pt, .pth.tar, .safetensors, init"));
    config_->setPlaceholderText(tr("net.config beside the weights"));
    predictions_->setPlaceholderText(tr("folder in the layout of the data set's benchmark"));
    width_->setRange(0.05, 2.0);
    width_->setSingleStep(0.05);
    width_->setValue(
        context_.task.value_or(ModelTask::LidarScene) == ModelTask::LidarScene ? 0.25 : 1.0
    );
    buildForm();
    connect(buttons_, &QDialogButtonBox::accepted, this, &QDialog::accept);
    connect(buttons_, &QDialogButtonBox::rejected, this, &QDialog::reject);
    connect(kind_, &QComboBox::currentIndexChanged, this, &AddModelDialog::updateFields);
    connect(fromFile_, &QRadioButton::toggled, this, &AddModelDialog::updateFields);
    connect(fromPredictions_, &QRadioButton::toggled, this, &AddModelDialog::updateFields);
    connect(predictions_, &QLineEdit::textChanged, this, &AddModelDialog::updateFields);
    connect(weights_, &QLineEdit::textChanged, this, &AddModelDialog::updateFields);
    connect(config_, &QLineEdit::textChanged, this, &AddModelDialog::updateFields);
    updateFields();
}

void AddModelDialog::fillKinds() {
    std::optional<ModelKind> first;
    for (const ModelKind kind : kModelKinds) {
        const QString refusal = context_.task ? kindRefusal(kind, *context_.task) : QString();
        kind_->addItem(
            refusal.isEmpty() ? kindTitle(kind)
                              : QStringLiteral("%1 \u2013 %2").arg(kindTitle(kind), refusal),
            static_cast<int>(kind)
        );
        if (!refusal.isEmpty()) {
            const int row = kind_->count() - 1;
            qobject_cast<QStandardItemModel*>(kind_->model())->item(row)->setEnabled(false);
            kind_->setItemData(row, refusal, Qt::ToolTipRole);
        } else if (!first || kind == ModelKind::Spvcnn) {
            first = kind;
        }
    }
    chooseKind(first.value_or(ModelKind::Spvcnn));
}

void AddModelDialog::chooseKind(ModelKind kind) {
    kind_->setCurrentIndex(kind_->findData(static_cast<int>(kind)));
}

void AddModelDialog::buildForm() {
    auto* form = new QFormLayout(this);
    form->addRow(tr("Network"), kind_);
    form->addRow(fromFile_);
    form->addRow(tr("Weights"), pathRow(weights_, [this] {
                     takeFile(weights_, tr("Weight file"));
                 }));
    form->addRow(tr("Sub-network"), pathRow(config_, [this] {
                     takeFile(config_, tr("SPVNAS net.config"));
                 }));
    form->addRow(untrained_);
    form->addRow(tr("Width (cr)"), width_);
    form->addRow(tr("Precision"), precision_);
    form->addRow(fromPredictions_);
    form->addRow(tr("Folder"), pathRow(predictions_, [this] {
                     const QString path = QFileDialog::getExistingDirectory(
                         this, tr("Folder of predictions"), predictions_->text()
                     );
                     if (!path.isEmpty()) {
                         predictions_->setText(path);
                     }
                 }));
    form->addRow(buttons_);
}

void AddModelDialog::takeFile(QLineEdit* edit, const QString& title) {
    const QString path = QFileDialog::getOpenFileName(this, title, edit->text());
    if (!path.isEmpty() && edit == weights_) {
        setWeights(path);
    } else if (!path.isEmpty()) {
        edit->setText(path);
    }
}

QWidget* AddModelDialog::pathRow(QLineEdit* edit, const std::function<void()>& browse) {
    auto* row = new QWidget(this);
    auto* button = new QPushButton(tr("Browse..."), row);
    auto* layout = new QHBoxLayout(row);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(edit, 1);
    layout->addWidget(button);
    connect(button, &QPushButton::clicked, this, browse);
    return row;
}

void AddModelDialog::setWeights(const QString& path) {
    fromFile_->setChecked(true);
    weights_->setText(path);
    std::optional<ModelKind> kind = guessKind(path);
    const QFileInfo config(QFileInfo(path).dir(), QStringLiteral("net.config"));
    if (config.exists()) {
        config_->setText(config.filePath());
        kind = ModelKind::Spvnas;
    }
    try {
        const auto said =
            context_.describeWeights ? context_.describeWeights(path.toStdString()) : std::nullopt;
        kind = said ? said->kind : kind;
    } catch (const Error&) {
        // What is wrong with the file is said when it is loaded.
    }
    if (kind) {
        chooseKind(*kind);
    }
}

void AddModelDialog::updateFields() {
    const bool file = fromFile_->isChecked();
    const bool predictions = fromPredictions_->isChecked();
    const bool nas = kind_->currentData().toInt() == static_cast<int>(ModelKind::Spvnas);
    weights_->parentWidget()->setEnabled(file);
    config_->parentWidget()->setEnabled(file && nas);
    predictions_->parentWidget()->setEnabled(predictions);
    kind_->setEnabled(!predictions);
    precision_->setEnabled(!predictions);
    width_->setEnabled(untrained_->isChecked());
    const auto isFilled = [](const QLineEdit* edit) { return !edit->text().trimmed().isEmpty(); };
    const bool complete = (!file || (isFilled(weights_) && (!nas || isFilled(config_)))) &&
                          (!predictions || isFilled(predictions_));
    buttons_->button(QDialogButtonBox::Ok)->setEnabled(complete);
}

ModelSpec AddModelDialog::spec() const {
    ModelSpec spec;
    if (fromPredictions_->isChecked()) {
        spec.predictions = predictions_->text().trimmed().toStdString();
        return spec;
    }
    spec.kind = static_cast<ModelKind>(kind_->currentData().toInt());
    if (fromFile_->isChecked()) {
        spec.weights = weights_->text().trimmed().toStdString();
        if (spec.kind == ModelKind::Spvnas) {
            spec.config = config_->text().trimmed().toStdString();
        }
    } else {
        spec.randomWidth = width_->value();
    }
    spec.precision = static_cast<Precision>(precision_->currentData().toInt());
    return spec;
}

} // namespace siskin::ui
