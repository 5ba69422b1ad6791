// SPDX-License-Identifier: Apache-2.0
// A netlink socket that hears of new addresses and routes.
#include "proxy/net/network_watch.hpp"

#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <optional>

namespace todoku::net {

namespace asio = boost::asio;

namespace {

// -1 where the system does not let us listen: the queue's own probes find out a little later.
int open_netlink() {
  const int made = ::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_ROUTE);
  if (made < 0) return -1;
  sockaddr_nl address{};
  address.nl_family = AF_NETLINK;
  address.nl_groups =
      RTMGRP_IPV4_IFADDR | RTMGRP_IPV6_IFADDR | RTMGRP_IPV4_ROUTE | RTMGRP_IPV6_ROUTE;
  if (::bind(made, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) return made;
  ::close(made);
  return -1;
}

bool has_addition(const std::array<char, 16384>& buffer, std::size_t size) {
  auto left = static_cast<unsigned int>(size);
  const auto* header = reinterpret_cast<const nlmsghdr*>(buffer.data());
  while (NLMSG_OK(header, left)) {
    if (header->nlmsg_type == RTM_NEWADDR || header->nlmsg_type == RTM_NEWROUTE) return true;
    header = NLMSG_NEXT(header, left);
  }
  return false;
}

}  // namespace

struct NetworkWatch::Impl {
  explicit Impl(asio::any_io_executor executor) : closed(executor) {
    const int made = open_netlink();
    if (made >= 0) socket.emplace(executor, made);
  }
  std::optional<asio::posix::stream_descriptor> socket;
  alignas(nlmsghdr) std::array<char, 16384> buffer{};
  Signal closed;
  bool is_closed = false;
};

NetworkWatch::NetworkWatch(asio::any_io_executor executor)
    : impl_(std::make_unique<Impl>(std::move(executor))) {}

NetworkWatch::~NetworkWatch() = default;

asio::awaitable<bool> NetworkWatch::next_addition() {
  const wire::Duration no_limit{0};
  while (!impl_->is_closed) {
    if (!impl_->socket) {
      co_await impl_->closed.wait(no_limit);
      continue;
    }
    error_code failed;
    const auto room = asio::buffer(impl_->buffer);
    auto token = asio::redirect_error(asio::use_awaitable, failed);
    const auto size = co_await impl_->socket->async_read_some(room, token);
    if (impl_->is_closed) break;
    // ENOBUFS: so much has changed that some was lost; something was surely added.
    if (failed == boost::system::errc::no_buffer_space) co_return true;
    if (failed) {
      impl_->socket.reset();
    } else if (has_addition(impl_->buffer, size)) {
      co_return true;
    }
  }
  co_return false;
}

void NetworkWatch::close() {
  impl_->is_closed = true;
  if (impl_->socket) {
    error_code ignored;
    impl_->socket->cancel(ignored);
  }
  impl_->closed.notify_all();
}

}  // namespace todoku::net
