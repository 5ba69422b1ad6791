// SPDX-License-Identifier: Apache-2.0
// White space and line ends are held back until it is known whether they count.
#include "proxy/mailauth/dkim_canonical.hpp"

#include "classifier/mail/ascii.hpp"

#include <openssl/evp.h>

#include <algorithm>

namespace todoku::mailauth {

namespace {

bool is_blank(char c) {
  return c == ' ' || c == '\t';
}

// Section 3.4.2: unfolded, runs of white space as one space, none at the ends.
std::string relaxed_value(std::string_view value) {
  std::string out;
  bool has_space = false;
  for (const char c : value) {
    if (mail::is_space(c)) {
      has_space = true;
      continue;
    }
    if (has_space && !out.empty()) out += ' ';
    has_space = false;
    out += c;
  }
  return out;
}

}  // namespace

std::string canonical_field(std::string_view field, DkimForm form) {
  if (form == DkimForm::simple) return std::string(field);
  const auto colon = std::min(field.find(':'), field.size());
  auto name = mail::lower_copy(mail::trim(field.substr(0, colon)));
  const auto value = colon < field.size() ? field.substr(colon + 1) : std::string_view();
  return name + ":" + relaxed_value(value) + "\r\n";
}

struct DkimBodyHash::Impl {
  explicit Impl(DkimForm f, std::optional<std::uint64_t> l) : form(f), limit(l) {
    EVP_DigestInit_ex(context, EVP_sha256(), nullptr);
  }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;
  ~Impl() { EVP_MD_CTX_free(context); }

  void emit(char c) {
    ++size;
    if (limit && size > *limit) return;
    ready += c;
    if (ready.size() == 4096) flush();
  }
  void flush() {
    EVP_DigestUpdate(context, ready.data(), ready.size());
    ready.clear();
  }
  void emit_newline() {
    emit('\r');
    emit('\n');
  }
  void content(char c) {
    for (; newlines > 0; --newlines) emit_newline();
    if (has_space) emit(' ');
    has_space = false;
    emit(c);
  }
  void newline() {
    has_space = false;
    ++newlines;
  }
  void take(char c) {
    if (has_return) {
      has_return = false;
      if (c == '\n') return newline();
      content('\r');
    }
    if (c == '\r') {
      has_return = true;
    } else if (form == DkimForm::relaxed && is_blank(c)) {
      has_space = true;
    } else {
      content(c);
    }
  }

  DkimForm form;
  std::optional<std::uint64_t> limit;
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  std::string ready;
  std::uint64_t size = 0;      // emitted
  std::uint64_t newlines = 0;  // held back: at the end of the body only one counts
  bool has_space = false;      // held back: at the end of a line it does not count
  bool has_return = false;
};

DkimBodyHash::DkimBodyHash(DkimForm form, std::optional<std::uint64_t> limit)
    : impl_(std::make_unique<Impl>(form, limit)) {}
DkimBodyHash::DkimBodyHash(DkimBodyHash&&) noexcept = default;
DkimBodyHash::~DkimBodyHash() = default;

void DkimBodyHash::add(std::string_view bytes) {
  for (const char c : bytes) impl_->take(c);
}

std::string DkimBodyHash::finish() {
  if (impl_->has_return) impl_->content('\r');
  // An empty body is one line end in the simple form, and nothing in the relaxed one.
  if (impl_->size > 0 || impl_->form == DkimForm::simple) impl_->emit_newline();
  impl_->flush();
  std::string digest(32, '\0');
  unsigned int size = 0;
  EVP_DigestFinal_ex(impl_->context, reinterpret_cast<unsigned char*>(digest.data()), &size);
  return digest;
}

std::uint64_t DkimBodyHash::size() const {
  return impl_->size;
}

}  // namespace todoku::mailauth
