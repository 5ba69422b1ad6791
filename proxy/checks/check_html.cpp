// SPDX-License-Identifier: Apache-2.0
// HTML that will not work where it arrives, and mail whose words only some programs can show.
#include "classifier/mail/ascii.hpp"
#include "classifier/mail/html_text.hpp"
#include "proxy/checks/checks.hpp"

#include <algorithm>
#include <array>

namespace todoku::checks {
namespace {

using skeleton::Part;

struct Seen {
  bool script = false, form = false;
  std::string local_picture, local_link, relative;  // the first of each
  std::uint64_t links = 0;
};

bool begins_element(std::string_view tag, std::string_view name) {
  return mail::begins_with(tag, name) &&
         (tag.size() == name.size() || !mail::is_letter(tag[name.size()]));
}

// The value of an attribute in a tag; empty when it is not there.
std::string_view attribute(std::string_view tag, std::string_view name) {
  for (auto at = mail::find_word(tag, name); at != std::string_view::npos;
       at = mail::find_word(tag, name, at + 1)) {
    if (at == 0 || !mail::is_space(tag[at - 1])) continue;
    auto rest = mail::trim(tag.substr(at + name.size()));
    if (!rest.starts_with('=')) continue;
    rest = mail::trim(rest.substr(1));
    if (rest.starts_with('"') || rest.starts_with('\''))
      return mail::trim(rest.substr(1, rest.find(rest.front(), 1) - 1));
    return rest.substr(0, rest.find_first_of(" \t\n>"));
  }
  return {};
}

bool is_local(std::string_view url) {
  const bool is_drive = url.size() > 2 && mail::is_letter(url[0]) && url[1] == ':' &&
                        (url[2] == '\\' || url[2] == '/');
  return is_drive || url.starts_with("\\\\") || mail::begins_with(url, "file:");
}

bool has_scheme(std::string_view url) {
  const auto colon = url.find(':');
  return colon != std::string_view::npos && colon > 1 && url.find_first_of("/?#") > colon;
}

void look_at_url(std::string_view url, bool is_picture, Seen& seen) {
  if (url.empty() || url.starts_with('#')) return;
  auto& local = is_picture ? seen.local_picture : seen.local_link;
  if (is_local(url)) {
    if (local.empty()) local = url.substr(0, 100);
  } else if (!has_scheme(url) && !url.starts_with("//") && seen.relative.empty()) {
    seen.relative = url.substr(0, 100);
  }
}

void look_at_tag(std::string_view tag, Seen& seen) {
  constexpr std::array<std::string_view, 4> running{"script", "iframe", "object", "embed"};
  constexpr std::array<std::string_view, 3> asking{"form", "input", "textarea"};
  const auto is = [tag](std::string_view name) { return begins_element(tag, name); };
  seen.script = seen.script || std::ranges::any_of(running, is);
  seen.form = seen.form || std::ranges::any_of(asking, is);
  if (is("img")) look_at_url(attribute(tag, "src"), true, seen);
  if (!is("a")) return;
  const auto url = attribute(tag, "href");
  seen.links += url.empty() ? 0 : 1;
  look_at_url(url, false, seen);
}

Seen look_at(std::string_view html) {
  Seen seen;
  for (auto open = html.find('<'); open != std::string_view::npos; open = html.find('<', open)) {
    ++open;
    const auto comment = html.substr(open).starts_with("!--");
    const auto close = comment ? html.find("-->", open) : html.find('>', open);
    const auto tag = html.substr(open, std::min(close, html.size()) - open).substr(0, 2048);
    if (!comment) look_at_tag(tag, seen);
    if (close == std::string_view::npos) break;
    open = close;
  }
  return seen;
}

void add(Findings& found, Check check, const char* code, std::size_t part,
         Parameters parameters = {}) {
  Finding finding;
  finding.check = check;
  finding.code = code;
  finding.place.part = part;
  finding.parameters = std::move(parameters);
  found.push_back(std::move(finding));
}

void check_part(const Subject& subject, std::size_t index, Findings& found) {
  const auto seen = look_at(subject.skeleton.parts[index].text);
  if (seen.script) add(found, Check::html, "html-script", index);
  if (seen.form) add(found, Check::html, "html-form", index);
  if (!seen.local_picture.empty())
    add(found, Check::html, "html-local-picture", index, {{"url", seen.local_picture}});
  // Colleagues do share a file server.
  if (!seen.local_link.empty() && !subject.external_recipients().empty())
    add(found, Check::html, "html-local-link", index, {{"url", seen.local_link}});
  if (!seen.relative.empty())
    add(found, Check::html, "html-relative-link", index, {{"url", seen.relative}});
}

bool is_blank(std::string_view text) {
  return text.find_first_not_of(" \t\r\n") == std::string_view::npos;
}

void check_text(const Subject& subject, Findings& found) {
  const auto& reading = subject.reading;
  const auto& parts = subject.skeleton.parts;
  const bool has_html = reading.html_part != Part::no_parent;
  const bool has_text =
      reading.text_part != Part::no_parent && !is_blank(parts[reading.text_part].text);
  if (has_text || reading.is_sealed) return;
  // An invitation, a report or a forwarded message speaks for itself; what stands in parts that
  // cannot be told apart is not known.
  const bool is_enough = std::ranges::any_of(parts, [](const Part& part) {
    return part.type == "text/calendar" || part.type.starts_with("message/") ||
           (skeleton::is_multipart(part) && !part.is_opened);
  });
  if (is_enough) return;
  const auto& html = has_html ? parts[reading.html_part].text : std::string();
  if (has_html && (!is_blank(mail::text_from_html(html, 2000)) || mail::has_word(html, "<img"))) {
    add(found, Check::missing_text, "text-missing-beside-html", reading.html_part);
  } else {
    add(found, Check::missing_text, "text-missing", 0);
  }
}

}  // namespace

void check_html(const Subject& subject, Findings& found) {
  check_text(subject, found);
  if (subject.reading.html_part != Part::no_parent)
    check_part(subject, subject.reading.html_part, found);
}

}  // namespace todoku::checks
