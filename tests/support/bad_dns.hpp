// SPDX-License-Identifier: Apache-2.0
#pragma once

// A DNS server that misbehaves in one chosen way, on UDP, on the loop of the test.
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/ip/udp.hpp>

#include <array>
#include <memory>
#include <string>

namespace todoku::support {

class BadDns {
 public:
  enum class Does {
    serv_fail,
    refuse,
    stay_silent,
    send_garbage,
  };
  BadDns(const boost::asio::any_io_executor& executor, Does does)
      : socket_(executor, {boost::asio::ip::address_v4::loopback(), 0}), does_(does) {
    receive();
  }
  [[nodiscard]] std::string server() const {
    return "127.0.0.1:" + std::to_string(socket_.local_endpoint().port());
  }
  [[nodiscard]] int asked() const { return asked_; }
  void close() { socket_.close(); }

 private:
  void receive() {
    socket_.async_receive_from(boost::asio::buffer(buffer_), from_,
                               [this](boost::system::error_code code, std::size_t size) {
                                 if (code) return;
                                 ++asked_;
                                 answer(std::string(buffer_.data(), size));
                                 receive();
                               });
  }
  void answer(std::string query) {
    if (does_ == Does::stay_silent || query.size() < 12) return;
    if (does_ == Does::send_garbage) query = "\xff\xff\xff\xff\xff\xff\xff";
    if (query.size() >= 12) {
      query[2] = static_cast<char>(query[2] | 0x80);
      query[3] = static_cast<char>(0x80 | (does_ == Does::refuse ? 5 : 2));
    }
    boost::system::error_code ignored;
    socket_.send_to(boost::asio::buffer(query), from_, 0, ignored);
  }

  boost::asio::ip::udp::socket socket_;
  Does does_;
  std::array<char, 4096> buffer_{};
  boost::asio::ip::udp::endpoint from_;
  int asked_ = 0;
};

}  // namespace todoku::support
