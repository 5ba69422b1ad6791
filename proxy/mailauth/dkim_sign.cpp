// SPDX-License-Identifier: Apache-2.0
#include "proxy/mailauth/dkim_sign.hpp"

#include "classifier/mail/ascii.hpp"
#include "proxy/mailauth/dkim_fields.hpp"
#include "proxy/smtp/login.hpp"

#include <array>
#include <vector>

namespace todoku::mailauth {

namespace {

// RFC 6376 section 5.4.1. Those that a reader sees are named once more than they stand, so that
// none can be added (section 8.15).
struct Signed {
  std::string_view name;
  bool is_sealed;
};
constexpr std::array<Signed, 15> signed_names{{
    {"from", true},
    {"sender", false},
    {"reply-to", true},
    {"to", true},
    {"cc", true},
    {"subject", true},
    {"date", true},
    {"message-id", true},
    {"in-reply-to", false},
    {"references", false},
    {"mime-version", false},
    {"content-type", true},
    {"content-transfer-encoding", false},
    {"content-id", false},
    {"content-description", false},
}};

constexpr std::size_t line_length = 76;

std::vector<std::string> names_to_sign(const std::vector<HeaderField>& fields) {
  std::vector<std::string> names;
  for (const auto& [name, is_sealed] : signed_names) {
    for (const auto& field : fields) {
      if (mail::same_word(field.name, name)) names.emplace_back(name);
    }
    if (is_sealed) names.emplace_back(name);
  }
  return names;
}

// Breaks lines where white space does not matter: behind ":" of the names, anywhere in base64.
class FoldedField {
 public:
  void piece(std::string_view text) {
    if (column_ + text.size() > line_length) fold();
    text_ += text;
    column_ += text.size();
  }
  void tag(const std::string& text) {
    if (column_ + text.size() + 1 > line_length) {
      fold();
    } else {
      text_ += ' ';
      ++column_;
    }
    text_ += text;
    column_ += text.size();
  }
  void base64(std::string_view text) {
    while (!text.empty()) {
      if (column_ >= line_length) fold();
      const auto part = text.substr(0, line_length - column_);
      text_ += part;
      column_ += part.size();
      text.remove_prefix(part.size());
    }
  }
  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  void fold() {
    text_ += "\r\n ";
    column_ = 1;
  }
  std::string text_;
  std::size_t column_ = 0;
};

const char* name_of(DkimForm form) {
  return form == DkimForm::simple ? "simple" : "relaxed";
}

FoldedField field_without_signature(const DkimSigner& signer, DkimAlgorithm algorithm,
                                    const std::vector<std::string>& names,
                                    std::string_view body_hash, std::chrono::seconds now) {
  FoldedField field;
  field.piece("DKIM-Signature: v=1;");
  field.tag("a=" + std::string(to_string(algorithm)) + ";");
  field.tag("c=" + std::string(name_of(signer.header_form)) + "/" + name_of(signer.body_form) +
            ";");
  field.tag("d=" + signer.domain + ";");
  field.tag("s=" + signer.selector + ";");
  field.tag("t=" + std::to_string(now.count()) + ";");
  field.tag("h=" + names.front());
  for (std::size_t i = 1; i < names.size(); ++i) field.piece(":" + names[i]);
  field.piece(";");
  field.tag("bh=" + smtp::encode_base64(body_hash) + ";");
  field.tag("b=");
  return field;
}

}  // namespace

std::string dkim_signature_field(const DkimSigner& signer, const DkimPrivateKey& key,
                                 std::string_view header, std::string_view body_hash,
                                 std::chrono::seconds now) {
  const auto fields = fields_of(header);
  const auto names = names_to_sign(fields);
  auto field = field_without_signature(signer, key.algorithm(), names, body_hash, now);
  const auto bytes = signed_bytes(fields, names, field.text() + "\r\n", signer.header_form);
  const auto signature = key.sign(bytes);
  if (signature.empty()) return {};
  field.base64(smtp::encode_base64(signature));
  return field.text() + "\r\n";
}

}  // namespace todoku::mailauth
