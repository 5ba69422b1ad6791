// SPDX-License-Identifier: Apache-2.0
// The file: "todoku-logins 1 SALT", then a line "WHO SALT HASH" for each log-in, all in hex.
#include "proxy/store/verified_logins.hpp"

#include "proxy/platform/atomic_file.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#include <algorithm>
#include <functional>
#include <utility>

namespace todoku::store {
namespace errc = boost::system::errc;

namespace {

// RFC 7914: cost 2^14, 16 MB, 50 to 150 ms on a small PC.
constexpr std::uint64_t cost = 1 << 14;
constexpr std::uint64_t block = 8;
constexpr std::uint64_t parallel = 1;
constexpr std::uint64_t memory_limit = 32ULL << 20;

constexpr std::size_t largest_file = 64UL << 10;
constexpr std::string_view title = "todoku-logins 1 ";
constexpr char digits[] = "0123456789abcdef";

template <std::size_t size>
void write_hex(std::string& onto, const std::array<unsigned char, size>& bytes) {
  for (const unsigned char byte : bytes) {
    onto += digits[byte >> 4];
    onto += digits[byte & 15];
  }
}

// Takes the hex of bytes and the character after it from the front.
template <std::size_t size>
bool take_hex(std::string_view& text, std::array<unsigned char, size>& bytes, char after) {
  if (text.size() < 2 * size + 1 || text[2 * size] != after) return false;
  const std::string hex(text.substr(0, 2 * size));
  std::size_t count = 0;
  text.remove_prefix(2 * size + 1);
  return OPENSSL_hexstr2buf_ex(bytes.data(), size, &count, hex.c_str(), '\0') == 1 && count == size;
}

template <std::size_t size>
bool fill(std::array<unsigned char, size>& bytes) {
  return RAND_bytes(bytes.data(), static_cast<int>(size)) == 1;
}

std::array<unsigned char, 32> hmac(const void* key, std::size_t key_size, std::string_view text) {
  std::array<unsigned char, 32> digest{};
  HMAC(EVP_sha256(), key, static_cast<int>(key_size),
       reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data(), nullptr);
  return digest;
}

template <class Digest>
bool is_same(const Digest& one, const Digest& other) {
  return CRYPTO_memcmp(one.data(), other.data(), one.size()) == 0;
}

}  // namespace

VerifiedLogins::VerifiedLogins(std::filesystem::path file, net::Worker& worker)
    : file_(std::move(file)), worker_(worker) {}

Result<std::unique_ptr<VerifiedLogins>> VerifiedLogins::open(const std::filesystem::path& state_dir,
                                                             net::Worker& worker) {
  std::unique_ptr<VerifiedLogins> opened(
      new VerifiedLogins(state_dir / "verified-logins", worker));  // private constructor
  if (!fill(opened->file_salt_) || !fill(opened->run_key_)) {
    return errc::make_error_code(errc::io_error);
  }
  const Result<std::string> text = platform::read_small(opened->file_, largest_file);
  if (text) {
    opened->parse(*text);
  } else if (text.error() != errc::no_such_file_or_directory &&
             text.error() != errc::file_too_large) {
    return text.error();
  }
  return opened;
}

void VerifiedLogins::parse(std::string_view text) {
  if (!text.starts_with(title)) return;
  text.remove_prefix(title.size());
  Salt salt{};
  if (!take_hex(text, salt, '\n')) return;
  file_salt_ = salt;
  for (;;) {
    Login login;
    if (!take_hex(text, login.who, ' ') || !take_hex(text, login.salt, ' ') ||
        !take_hex(text, login.hash, '\n')) {
      return;
    }
    put(std::move(login));
  }
}

std::string VerifiedLogins::render() const {
  std::string text(title);
  write_hex(text, file_salt_);
  text += '\n';
  for (const Login& login : logins_) {
    write_hex(text, login.who);
    text += ' ';
    write_hex(text, login.salt);
    text += ' ';
    write_hex(text, login.hash);
    text += '\n';
  }
  return text;
}

VerifiedLogins::Digest VerifiedLogins::who(std::string_view account, std::string_view user) const {
  std::string text = std::to_string(account.size()) + ' ';  // so that no two pairs look alike
  text += account;
  text += user;
  return hmac(file_salt_.data(), file_salt_.size(), text);
}

VerifiedLogins::Digest VerifiedLogins::quick(const Digest& who,
                                             const wire::Secret& password) const {
  std::string text(reinterpret_cast<const char*>(who.data()), who.size());
  text.reserve(text.size() + password.reveal().size());
  text += password.reveal();
  const wire::Secret wiped(std::move(text));
  return hmac(run_key_.data(), run_key_.size(), wiped.reveal());
}

VerifiedLogins::Login* VerifiedLogins::find(const Digest& who) {
  const auto found = std::find_if(logins_.begin(), logins_.end(),
                                  [&who](const Login& login) { return login.who == who; });
  return found == logins_.end() ? nullptr : &*found;
}

void VerifiedLogins::put(Login login) {
  std::erase_if(logins_, [&login](const Login& one) { return one.who == login.who; });
  if (logins_.size() >= at_most) logins_.erase(logins_.begin());
  logins_.push_back(std::move(login));
}

boost::asio::awaitable<std::optional<VerifiedLogins::Digest>> VerifiedLogins::slow_hash(
    wire::Secret password, Salt salt) {
  const auto hash = std::make_shared<std::optional<Digest>>();  // the worker may be the last owner
  std::function<void()> work = [hash, password, salt] {
    Digest made{};
    const std::string_view text = password.reveal();
    const bool is_done =
        EVP_PBE_scrypt(text.data(), text.size(), salt.data(), salt.size(), cost, block, parallel,
                       memory_limit, made.data(), made.size()) == 1;
    if (is_done) *hash = made;
  };
  co_await worker_.run(std::move(work));
  co_return *hash;
}

boost::asio::awaitable<error_code> VerifiedLogins::remember(std::string account, std::string user,
                                                            wire::Secret password) {
  Login made;
  made.who = who(account, user);
  made.quick = quick(made.who, password);
  const Login* const known = find(made.who);
  if (known != nullptr && known->quick && is_same(*known->quick, *made.quick)) {
    co_return error_code();
  }
  if (!fill(made.salt)) co_return errc::make_error_code(errc::io_error);
  const std::uint64_t forgets = forgets_;
  const std::optional<Digest> hash = co_await slow_hash(std::move(password), made.salt);
  if (!hash) co_return errc::make_error_code(errc::not_enough_memory);
  if (forgets != forgets_) co_return error_code();
  made.hash = *hash;
  put(std::move(made));
  co_return co_await write();
}

boost::asio::awaitable<bool> VerifiedLogins::is_known(std::string account, std::string user,
                                                      wire::Secret password) {
  const Digest asked = who(account, user);
  const Digest quick_one = quick(asked, password);
  const Login* known = find(asked);
  if (known != nullptr && known->quick && is_same(*known->quick, quick_one)) co_return true;
  // An unknown user costs the same time.
  Salt salt{};
  if (known != nullptr) salt = known->salt;
  const std::optional<Digest> hash = co_await slow_hash(std::move(password), salt);
  Login* const still = find(asked);  // it may have been forgotten, or changed, meanwhile
  const bool is_match =
      hash && still != nullptr && still->salt == salt && is_same(still->hash, *hash);
  if (is_match) still->quick = quick_one;
  co_return is_match;
}

boost::asio::awaitable<error_code> VerifiedLogins::forget(std::string account, std::string user) {
  ++forgets_;
  const Digest gone = who(account, user);
  const std::size_t count =
      std::erase_if(logins_, [&gone](const Login& login) { return login.who == gone; });
  if (count == 0) co_return error_code();
  co_return co_await write();
}

boost::asio::awaitable<error_code> VerifiedLogins::write() {
  const auto code = std::make_shared<error_code>();  // the worker may be the last owner
  std::function<void()> work = [code, file = file_, text = render()] {
    *code = platform::write_atomically(file, text, platform::FileMode::secret_0600);
  };
  co_await worker_.run(std::move(work));
  co_return *code;
}

}  // namespace todoku::store
