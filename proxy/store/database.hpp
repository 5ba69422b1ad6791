// SPDX-License-Identifier: Apache-2.0
#pragma once

// SQLite as two small classes: a connection and a prepared statement that goes back to its
// connection's shelf. The only place that names sqlite3. Used by one thread at a time. Errors are
// error_codes: full disk and locked key have their system values, the rest is an io_error with
// last_problem() in words.
#include "proxy/wire/result.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <string_view>

struct sqlite3;
struct sqlite3_stmt;

namespace todoku::store {

// One run of a prepared statement: bind from left to right, then step, then read columns. Its
// destructor makes the statement ready for the next run.
class Statement {
 public:
  explicit Statement(sqlite3_stmt* prepared) : prepared_(prepared) {}
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;
  ~Statement();

  using Moment = std::chrono::sys_time<std::chrono::milliseconds>;  // kept as a number
  Statement& number(std::int64_t value);
  Statement& moment(Moment value) { return number(value.time_since_epoch().count()); }
  Statement& text(std::string_view value);  // the bytes must live until the last step
  Statement& blob(std::string_view value);  // the same
  // True = a row is there; false = done, or failed (see failed()).
  bool step();
  // For statements without rows.
  [[nodiscard]] error_code run();
  [[nodiscard]] error_code failed() const { return failed_; }

  [[nodiscard]] std::int64_t number_at(int column) const;
  [[nodiscard]] Moment moment_at(int column) const {
    return Moment(std::chrono::milliseconds(number_at(column)));
  }
  [[nodiscard]] bool is_null_at(int column) const;
  [[nodiscard]] std::string bytes_at(int column) const;  // text or blob

 private:
  sqlite3_stmt* prepared_;
  int next_ = 1;
  error_code failed_;
};

class Database {
 public:
  enum class Access : std::uint8_t {
    owner,    // creates the file, private to its owner
    visitor,  // the file exists and another process owns it
  };
  static Result<std::unique_ptr<Database>> open(const std::filesystem::path& file, Access access,
                                                const std::string& vfs);
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;
  ~Database();

  // sql: a literal, so that its address names the prepared statement.
  [[nodiscard]] Statement prepare(const char* sql);
  // Several statements without parameters or rows.
  error_code execute(const char* sql);
  // One number, 0 when there is no row.
  Result<std::int64_t> ask_number(const char* sql);
  [[nodiscard]] std::int64_t last_row() const;
  // By the statement that ended last.
  [[nodiscard]] std::int64_t changed_rows() const;
  [[nodiscard]] std::string last_problem() const;
  // Pages in the write-ahead log after the last commit.
  [[nodiscard]] int log_pages() const { return log_pages_; }
  // Moves the log into the database as far as nobody reads it; syncs both.
  error_code checkpoint();

 private:
  Database() = default;
  sqlite3* handle_ = nullptr;
  std::map<const char*, sqlite3_stmt*> prepared_;
  int log_pages_ = 0;
};

}  // namespace todoku::store
