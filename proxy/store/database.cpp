// SPDX-License-Identifier: Apache-2.0
// Thin RAII over the C interface (https://www.sqlite.org/c3ref/intro.html).
#include "proxy/store/database.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <cerrno>

namespace todoku::store {

namespace {

namespace errc = boost::system::errc;

constexpr int patience = 5'000;  // milliseconds that another process's lock is waited for

error_code code_of(int result) {
  switch (result & 0xff) {
    case SQLITE_OK:
    case SQLITE_ROW:
    case SQLITE_DONE:
      return {};
    case SQLITE_FULL:
      return errc::make_error_code(errc::no_space_on_device);
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return errc::make_error_code(errc::device_or_resource_busy);
    case SQLITE_CANTOPEN:
      return errc::make_error_code(errc::no_such_file_or_directory);
    case SQLITE_READONLY:
    case SQLITE_PERM:
      return errc::make_error_code(errc::permission_denied);
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return errc::make_error_code(errc::bad_message);
    default:
      return errc::make_error_code(errc::io_error);
  }
}

int note_log_pages(void* pages, sqlite3* /*handle*/, const char* /*name*/, int count) {
  *static_cast<int*>(pages) = count;
  return SQLITE_OK;
}

}  // namespace

Statement::~Statement() {
  if (prepared_ == nullptr) return;
  sqlite3_reset(prepared_);
  sqlite3_clear_bindings(prepared_);
}

Statement& Statement::number(std::int64_t value) {
  if (prepared_ != nullptr) sqlite3_bind_int64(prepared_, next_++, value);
  return *this;
}

Statement& Statement::text(std::string_view value) {
  if (prepared_ != nullptr) {
    sqlite3_bind_text(prepared_, next_++, value.data() == nullptr ? "" : value.data(),
                      static_cast<int>(value.size()), SQLITE_STATIC);
  }
  return *this;
}

Statement& Statement::blob(std::string_view value) {
  if (prepared_ != nullptr) {
    sqlite3_bind_blob64(prepared_, next_++, value.data() == nullptr ? "" : value.data(),
                        value.size(), SQLITE_STATIC);
  }
  return *this;
}

bool Statement::step() {
  if (prepared_ == nullptr) {
    failed_ = errc::make_error_code(errc::io_error);
    return false;
  }
  const int result = sqlite3_step(prepared_);
  failed_ = code_of(result);
  return result == SQLITE_ROW;
}

error_code Statement::run() {
  while (step()) {
  }
  return failed_;
}

std::int64_t Statement::number_at(int column) const {
  return sqlite3_column_int64(prepared_, column);
}

bool Statement::is_null_at(int column) const {
  return sqlite3_column_type(prepared_, column) == SQLITE_NULL;
}

std::string Statement::bytes_at(int column) const {
  const void* bytes = sqlite3_column_blob(prepared_, column);
  const auto size = static_cast<std::size_t>(sqlite3_column_bytes(prepared_, column));
  return bytes == nullptr ? std::string() : std::string(static_cast<const char*>(bytes), size);
}

Result<std::unique_ptr<Database>> Database::open(const std::filesystem::path& file, Access access,
                                                 const std::string& vfs) {
  std::unique_ptr<Database> made(new Database());  // the constructor is private
  const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX |
                    (access == Access::owner ? SQLITE_OPEN_CREATE : 0);
  const int result =
      sqlite3_open_v2(file.c_str(), &made->handle_, flags, vfs.empty() ? nullptr : vfs.c_str());
  if (result != SQLITE_OK) return code_of(result);
  sqlite3_extended_result_codes(made->handle_, 1);
  sqlite3_busy_timeout(made->handle_, patience);
  // Takes the place of SQLite's own checkpoints. (PRAGMA wal_autocheckpoint would take this away
  // again.)
  sqlite3_wal_hook(made->handle_, note_log_pages, &made->log_pages_);
  return made;
}

Database::~Database() {
  for (const auto& [sql, statement] : prepared_) sqlite3_finalize(statement);
  sqlite3_close(handle_);
}

Statement Database::prepare(const char* sql) {
  auto& place = prepared_[sql];
  if (place == nullptr) {
    sqlite3_prepare_v3(handle_, sql, -1, SQLITE_PREPARE_PERSISTENT, &place, nullptr);
  }
  return Statement(place);
}

error_code Database::execute(const char* sql) {
  return code_of(sqlite3_exec(handle_, sql, nullptr, nullptr, nullptr));
}

Result<std::int64_t> Database::ask_number(const char* sql) {
  auto statement = prepare(sql);
  const bool has_row = statement.step();
  if (statement.failed()) return statement.failed();
  return has_row ? statement.number_at(0) : 0;
}

std::int64_t Database::last_row() const {
  return sqlite3_last_insert_rowid(handle_);
}

std::int64_t Database::changed_rows() const {
  return sqlite3_changes64(handle_);
}

std::string Database::last_problem() const {
  return sqlite3_errmsg(handle_);
}

error_code Database::checkpoint() {
  int in_log = 0;
  int moved = 0;
  const int result =
      sqlite3_wal_checkpoint_v2(handle_, nullptr, SQLITE_CHECKPOINT_PASSIVE, &in_log, &moved);
  if (result == SQLITE_OK) log_pages_ = std::max(0, in_log - moved);
  return code_of(result);
}

}  // namespace todoku::store
