// SPDX-License-Identifier: Apache-2.0
// One connection for each message: clamd closes it after the answer.
#include "proxy/scanner/clamd.hpp"

#include "proxy/net/connect.hpp"
#include "proxy/net/connect_local.hpp"
#include "proxy/smtp/reply.hpp"

#include <array>
#include <charconv>
#include <utility>

namespace todoku::scanner {

namespace asio = boost::asio;

namespace {

constexpr std::size_t piece_size = 64UL * 1024;
constexpr std::size_t longest_answer = 4096;
constexpr std::size_t longest_name = 200;
// The form with a zero byte at the end of commands and answers.
constexpr std::string_view instream{"zINSTREAM\0", 10};
constexpr std::string_view nothing;
constexpr std::string_view end_of_stream{"\0\0\0\0", 4};

std::array<char, 4> length_of(std::size_t size) {
  return {static_cast<char>(size >> 24 & 0xff), static_cast<char>(size >> 16 & 0xff),
          static_cast<char>(size >> 8 & 0xff), static_cast<char>(size & 0xff)};
}

checks::ScanReport failed() {
  checks::ScanReport report;
  report.has_failed = true;
  return report;
}

asio::awaitable<net::Connected> connect(asio::any_io_executor executor, std::string place,
                                        wire::Duration limit) {
  if (place.starts_with('/')) {
    auto local = co_await net::connect_local(executor, place);
    co_return local;
  }
  const auto colon = place.rfind(':');
  auto host = place.substr(0, colon);
  if (host.starts_with('[')) host = host.substr(1, host.size() - 2);
  std::uint16_t port = 0;
  std::from_chars(place.data() + colon + 1, place.data() + place.size(), port);
  auto remote = co_await net::connect(executor, host, port, limit);
  co_return remote;
}

// An error ends the sending only: clamd may have said why before it closed.
asio::awaitable<error_code> send(net::Stream& stream, store::Body& body, std::uint64_t size) {
  auto failed = co_await stream.write(instream, nothing);
  for (std::uint64_t at = 0; at < size && !failed;) {
    const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(piece_size, size - at));
    const auto piece = co_await body.read(at, wanted);
    if (piece.has_error()) co_return piece.error();
    if (piece->is_abandoned || piece->bytes.empty()) co_return asio::error::eof;
    const auto length = length_of(piece->bytes.size());
    at += piece->bytes.size();
    const std::string_view before(length.data(), length.size());
    failed = co_await stream.write(before, piece->bytes);
  }
  if (!failed) failed = co_await stream.write(end_of_stream, nothing);
  co_return failed;
}

asio::awaitable<std::string> read_all(net::Stream& stream) {
  std::string answer;
  while (answer.size() < longest_answer && answer.find('\0') == std::string::npos) {
    const auto bytes = co_await stream.read();
    if (bytes.has_error()) break;
    answer += *bytes;
  }
  co_return answer.substr(0, answer.find('\0'));
}

}  // namespace

checks::ScanReport read_answer(std::string_view answer) {
  constexpr std::string_view prefix = "stream: ";
  constexpr std::string_view found = " FOUND";
  while (answer.ends_with('\n')) answer.remove_suffix(1);
  if (!answer.starts_with(prefix)) return failed();
  answer.remove_prefix(prefix.size());
  if (answer == "OK") return {};
  if (!answer.ends_with(found) || answer.size() == found.size()) return failed();
  answer.remove_suffix(found.size());
  checks::ScanReport report;
  report.found.push_back(smtp::cleaned(answer, longest_name));
  return report;
}

Clamd::Clamd(asio::any_io_executor executor, platform::Log& log, std::string place,
             wire::Duration limit)
    : executor_(std::move(executor)), log_(log), place_(std::move(place)), limit_(limit) {}

asio::awaitable<checks::ScanReport> Clamd::scan(std::shared_ptr<store::Body> body,
                                                std::uint64_t size) {
  const auto tell = [this](std::string_view problem) {
    log_.write(platform::LogLevel::warning, "scanner.failed", "",
               {{"scanner", place_}, {"problem", smtp::cleaned(problem, longest_name)}});
  };
  auto connected = co_await connect(executor_, place_, limit_);
  if (const auto* failure = std::get_if<net::ConnectFailure>(&connected)) {
    tell(failure->detail);
    co_return failed();
  }
  auto stream = std::move(std::get<net::Stream>(connected));
  stream.expires_after(limit_);
  const auto not_sent = co_await send(stream, *body, size);
  const auto answer = co_await read_all(stream);
  auto report = read_answer(answer);
  if (report.has_failed) tell(answer.empty() && not_sent ? not_sent.message() : answer);
  co_return report;
}

}  // namespace todoku::scanner
