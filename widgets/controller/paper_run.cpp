// SPDX-License-Identifier: MIT
#include "widgets/controller/paper_run.hpp"

#include "widgets/controller/session_controller.hpp"

#include <algorithm>

namespace siskin::ui {

namespace {

int idOf(SessionController& session, const PaperModel& model) {
    const auto& models = session.models();
    const auto found = std::find_if(models.begin(), models.end(), [&model](const auto& entry) {
        return entry.state != ModelState::Failed && entry.spec.kind == model.spec.kind &&
               entry.spec.weights == model.spec.weights && entry.spec.label == model.spec.label;
    });
    return found == models.end() ? session.addModel(model.spec) : found->id;
}

} // namespace

bool hasPaperModels(const SessionController& session) {
    return session.frame() && session.frame()->task != ModelTask::LidarScene &&
           session.services().paperModels;
}

std::vector<PaperEntry> selectPaperModels(SessionController& session) {
    std::vector<PaperEntry> entries;
    for (const PaperModel& model : session.services().paperModels(session.frame()->task)) {
        entries.push_back({idOf(session, model), model.name});
    }
    std::vector<int> all; // ticking announces the models, so the list is not walked meanwhile
    for (const ModelEntry& entry : session.models()) {
        all.push_back(entry.id);
    }
    for (const int id : all) {
        const bool compared = std::any_of(entries.begin(), entries.end(), [id](const auto& entry) {
            return entry.modelId == id;
        });
        session.setModelSelected(id, compared);
    }
    return entries;
}

} // namespace siskin::ui
