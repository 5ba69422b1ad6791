# SPDX-License-Identifier: Apache-2.0
"""Reads the notice of notice_facts.hpp from standard input and fails when a part is not what it should be."""
import email
import email.policy
import sys


def defects_of(part):
    found = list(part.defects)
    for value in part.values():
        found += value.defects
    return found


def main():
    mail = email.message_from_bytes(sys.stdin.buffer.read(), policy=email.policy.default)
    assert mail.get_content_type() == "multipart/report", mail.get_content_type()
    assert mail.get_param("report-type") == "delivery-status"
    assert not defects_of(mail), defects_of(mail)
    assert mail["Subject"].startswith("届けられませんでした (今できることをご覧ください)"), mail["Subject"]
    assert mail["From"].addresses[0].display_name == "Todoku (お知らせ)", mail["From"]
    assert mail["To"].addresses[0].addr_spec == "me@example.test"
    assert mail["Bcc"] is None
    assert mail["In-Reply-To"].strip() == "<1@example.test>", mail["In-Reply-To"]
    people, programs, header = mail.iter_parts()
    text = people.get_content()
    for piece in ("題", "何が起きたか。", "a@b.test", "不明", "今できること。"):
        assert piece in text, text
    groups = programs.get_payload()
    assert [group["Action"] for group in groups[1:]] == ["failed", "failed", "delayed", "failed"], groups
    assert groups[0]["Reporting-MTA"] == "dns; localhost"
    assert groups[1]["Diagnostic-Code"].startswith("smtp; 550 5.1.1"), groups[1]
    assert header.get_content_type() == "text/rfc822-headers"
    original = header.get_content()
    assert "X-Eight: 日本" in original and "secret@b.test" not in original, original
    assert "body" not in original


main()
