// SPDX-License-Identifier: MIT
#include "core/benchmark/journal.hpp"

#include "core/base/error.hpp"
#include "core/base/sha256.hpp"
#include "core/benchmark/record_json.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <fcntl.h>
#include <fstream>
#include <map>
#include <unistd.h>
#include <zlib.h>

namespace siskin {

namespace {

using Json = nlohmann::ordered_json;

constexpr auto kHint = "start afresh with --fresh, or in another folder";
constexpr std::size_t kCrcDigits = 8;

std::string lineOf(const char* kind, const Json& value) {
    const auto text = Json{{kind, value}}.dump(-1, ' ', false, Json::error_handler_t::replace);
    const auto crc =
        ::crc32(0, reinterpret_cast<const Bytef*>(text.data()), static_cast<uInt>(text.size()));
    return fmt::format("{}\t{:08x}\n", text, crc);
}

/// The JSON of a line, or nothing when the line is not whole.
std::optional<Json> checkedLine(const std::string& line) {
    if (line.size() < kCrcDigits + 1 || line[line.size() - kCrcDigits - 1] != '\t') {
        return std::nullopt;
    }
    const std::size_t length = line.size() - kCrcDigits - 1;
    const auto crc =
        ::crc32(0, reinterpret_cast<const Bytef*>(line.data()), static_cast<uInt>(length));
    if (line.compare(length + 1, kCrcDigits, fmt::format("{:08x}", crc)) != 0) {
        return std::nullopt;
    }
    auto json = Json::parse(
        line.begin(), line.begin() + static_cast<std::ptrdiff_t>(length), nullptr, false
    );
    return json.is_object() && json.size() == 1 ? std::optional(std::move(json)) : std::nullopt;
}

/// What the first line of a journal says.
Json planLine(const EvaluationPlan& plan) {
    return {
        {"format", "siskin.journal 1"},
        {"identity_sha256", sha256Of(identityOf(plan).dump())},
        {"shard", {plan.shard.index, plan.shard.count}}};
}

/// Understands the lines one by one.
class Reader {
  public:
    Reader(
        const std::filesystem::path& path,
        const EvaluationPlan& plan,
        const std::function<void(const FrameRecord&)>& visit
    )
        : path_(path), plan_(plan), visit_(visit) {
        content_.done.assign(plan.frames, false);
    }

    JournalContent read() {
        std::error_code status;
        const auto kind = std::filesystem::status(path_, status).type();
        if (kind == std::filesystem::file_type::not_found) {
            return std::move(content_);
        }
        std::ifstream stream;
        if (kind == std::filesystem::file_type::regular) {
            stream.open(path_, std::ios::binary);
        }
        if (!stream.is_open()) {
            throw DatasetError(
                fmt::format("{}: cannot be read", path_.string()),
                "check what it is, and its permissions"
            );
        }
        std::string line;
        while (std::getline(stream, line)) {
            ++number_;
            const auto json = stream.eof() ? std::nullopt : checkedLine(line); // no line end: torn
            if (!json && stream.peek() == std::char_traits<char>::eof()) {
                break;
            }
            if (!json) {
                fail("it is damaged");
            }
            take(*json);
            content_.validBytes += line.size() + 1;
        }
        for (const auto& [position, failure] : failures_) {
            if (!content_.done[position]) {
                content_.failures.push_back(failure);
            }
        }
        return std::move(content_);
    }

  private:
    [[noreturn]] void fail(const std::string& why) const {
        throw DatasetError(fmt::format("{}: line {}: {}", path_.string(), number_, why), kHint);
    }

    void take(const Json& line) {
        const std::string& kind = line.begin().key();
        const Json& value = line.begin().value();
        if (number_ == 1) {
            if (kind != "plan" || value != planLine(plan_)) {
                fail("this journal is of another evaluation");
            }
            return;
        }
        try {
            takeEntry(kind, value);
        } catch (const Json::exception& error) {
            fail(fmt::format("it was not written by this program ({})", error.what()));
        } catch (const std::out_of_range& error) {
            fail(error.what());
        }
    }

    void takeEntry(const std::string& kind, const Json& value) {
        if (kind == "frame") {
            const auto record = recordFromJson(value, plan_);
            requireOwn(record.position);
            if (content_.done[record.position]) {
                fail(fmt::format("frame {} occurs twice", record.frame));
            }
            content_.done[record.position] = true;
            visit_(record);
        } else if (kind == "failure") {
            const auto failure = failureFromJson(value);
            requireOwn(failure.position);
            failures_.insert_or_assign(failure.position, failure);
        } else if (kind == "session") {
            takeSession(sessionFromJson(value));
        } else {
            fail(fmt::format("'{}' is unknown", kind));
        }
    }

    void requireOwn(std::size_t position) const {
        if (position >= plan_.frames || !plan_.shard.holds(position)) {
            fail(fmt::format("frame number {} does not belong here", position));
        }
    }

    void takeSession(EvaluationSession session) {
        const auto same = std::find_if(
            content_.sessions.begin(),
            content_.sessions.end(),
            [&](const EvaluationSession& known) {
                return known.started == session.started && known.host == session.host;
            }
        );
        if (same == content_.sessions.end()) {
            content_.sessions.push_back(std::move(session));
        } else {
            *same = std::move(session);
        }
    }

    const std::filesystem::path& path_;
    const EvaluationPlan& plan_;
    const std::function<void(const FrameRecord&)>& visit_;
    JournalContent content_;
    std::map<std::size_t, FrameFailure> failures_;
    std::size_t number_ = 0;
};

double now() {
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch())
        .count();
}

} // namespace

std::size_t JournalContent::frames() const {
    return static_cast<std::size_t>(std::count(done.begin(), done.end(), true));
}

JournalContent readJournal(
    const std::filesystem::path& path,
    const EvaluationPlan& plan,
    const std::function<void(const FrameRecord&)>& visit
) {
    return Reader(path, plan, visit).read();
}

Journal::Journal(
    const std::filesystem::path& path, const EvaluationPlan& plan, std::size_t validBytes
)
    : path_(path), file_(::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0644)),
      size_(static_cast<std::int64_t>(validBytes)), synced_(now()) {
    if (file_ < 0 || ::ftruncate(file_, size_) != 0 || ::lseek(file_, 0, SEEK_END) < 0) {
        const std::string reason = std::strerror(errno);
        ::close(file_);
        throw DatasetError(fmt::format("{}: cannot write: {}", path.string(), reason));
    }
    if (validBytes == 0) {
        write("plan", planLine(plan));
    }
}

Journal::~Journal() {
    ::fdatasync(file_);
    ::close(file_);
}

void Journal::append(const FrameRecord& record) {
    write("frame", toJson(record));
}

void Journal::append(const FrameFailure& failure) {
    write("failure", toJson(failure));
}

void Journal::append(const EvaluationSession& session) {
    write("session", toJson(session));
}

void Journal::write(const char* kind, const Json& value) {
    const std::string line = lineOf(kind, value);
    std::size_t written = 0;
    while (written < line.size()) {
        const auto count = ::write(file_, line.data() + written, line.size() - written);
        if (count < 0 && errno == EINTR) {
            continue;
        }
        if (count < 0) {
            const std::string reason = std::strerror(errno);
            // What fitted on the disk must not stay as half a line.
            if (::ftruncate(file_, size_) == 0) {
                ::lseek(file_, 0, SEEK_END);
            }
            throw DatasetError(
                fmt::format("{}: cannot write: {}", path_.string(), reason),
                "what is done so far is kept; make room and run the same command again"
            );
        }
        written += static_cast<std::size_t>(count);
    }
    size_ += static_cast<std::int64_t>(line.size());
    if (now() - synced_ > 1.0) {
        ::fdatasync(file_);
        synced_ = now();
    }
}

} // namespace siskin
