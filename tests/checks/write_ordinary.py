# SPDX-License-Identifier: Apache-2.0
"""Writes ordinary outgoing messages, the same ones each time: write_ordinary.py FOLDER

Several texts in Japanese and English times the shapes that mail programs give them. In none of them may a check
find anything."""
import base64
import pathlib
import quopri
import sys
import urllib.parse

PEOPLE = [("佐藤 葵", "sato@minato.example"), ("Aoi Sato", "sato@minato.example")]
SIGNATURES = ["\n-- \n港商会 営業部\n佐藤 葵\nsato@minato.example\n",
              "\n─────────────────\n港商会株式会社 佐藤 葵\nTEL 03-0000-0000\nhttps://www.minato.example/\n─────────────────\n"]
PNG = base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==")
PDF = b"%PDF-1.4\n" + b"1 0 obj << /Type /Catalog >> endobj\n" * 20

# (subject, text, recipients, has a file)
JAPANESE = [
    ("打ち合わせの日程", "山田様\n\nお世話になっております。港商会の佐藤です。\n次回の打ち合わせは 12 月 4 日 (金) 14 時からでいかがでしょうか。\n"
     "場所は貴社の会議室を予定しております。\n\nご都合をお聞かせください。\n", [("山田 健一", "yamada@aozora.example")], False),
    ("お見積書の送付", "青空商事株式会社\n営業部 山田様\n\nいつもお世話になっております。港商会の佐藤です。\nご依頼のお見積書を添付いたします。ご確認ください。\n",
     [("青空商事株式会社 山田", "yamada@aozora.example")], True),
    ("資料のお願い", "鈴木様\n\nお世話になっております。\n来週までに、先月分の資料をお送りいただけますでしょうか。\n添付ファイルで送ってくださいますようお願いいたします。\n",
     [("鈴木 陸", "suzuki@midori.example")], False),
    ("社内勉強会について", "各位\n\nお疲れさまです。佐藤です。\n今月の勉強会は 3 階の会議室で行います。資料は共有フォルダーにあります。\n参加できない方はご連絡ください。\n",
     [("営業部", "sales@minato.example"), ("", "dev@minato.example")], False),
    ("ありがとうございました", "高橋先生\n\n先日はお忙しいところ、ありがとうございました。\n頂いたご意見をもとに、計画を見直します。\nまた改めてご連絡いたします。\n",
     [("高橋 直", "takahashi@umi.example")], False),
    ("ログイン方法のご案内", "ご担当者様\n\nお世話になっております。\n新しい仕組みのパスワードは、初回のログイン時にご自身で決めていただきます。\n"
     "手順は https://www.minato.example/guide をご覧ください。\n", [("", "info@kawa.example")], False),
]
ENGLISH = [
    ("Meeting next week", "Dear Mr. Yamada,\n\nthank you for your mail. Friday at two is fine with us.\nWe will meet at your office.\n\n"
     "Best regards,\nAoi Sato\n", [("Kenichi Yamada", "yamada@aozora.example")], False),
    ("Quotation", "Dear Kenichi,\n\nplease find attached our quotation. It is valid until the end of the year.\n\nKind regards\nAoi\n",
     [("Kenichi Yamada", "yamada@aozora.example")], True),
    ("Your attached file", "Hello Riku,\n\nthe file you attached arrived well, thank you. I will read it tomorrow.\n\nAoi\n",
     [("", "suzuki@midori.example")], False),
    ("Release 2.1", "Hi all,\n\nversion 2.1 is out. See https://www.minato.example/releases for what is new.\nQuestions are welcome any time.\n\nAoi\n",
     [("Team", "dev@minato.example"), ("", "partner@umi.example"), ("", "partner@kawa.example")], False),
]


def word(text, charset="utf-8"):
    if text.isascii():
        return text
    out, piece = [], ""
    for letter in text:  # an encoded word has at most 75 letters
        if len(base64.b64encode((piece + letter).encode(charset))) > 48:
            out.append(piece)
            piece = ""
        piece += letter
    return "\r\n ".join(f"=?{charset}?B?{base64.b64encode(p.encode(charset)).decode()}?=" for p in [*out, piece])


def lines(data, width=76):
    text = base64.b64encode(data).decode()
    return "\r\n".join(text[i:i + width] for i in range(0, len(text), width)) + "\r\n"


def leaf(body, content_type, encoding):
    """A part's header and content, CRLF."""
    if encoding == "base64":
        content = lines(body).encode()
    elif encoding == "quoted-printable":
        content = quopri.encodestring(body).replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    else:
        content = body.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    return f"Content-Type: {content_type}\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n".encode() + content


def text_part(text, charset, encoding):
    return leaf(text.encode(charset), f"text/plain; charset={charset}", encoding)


def multipart(kind, boundary, *parts, more=""):
    head = f'Content-Type: multipart/{kind}; boundary="{boundary}"{more}\r\n\r\n'.encode()
    body = b"".join(f"\r\n--{boundary}\r\n".encode() + part for part in parts)
    return head + b"This is a message of several parts." + body + f"\r\n--{boundary}--\r\n".encode()


def attachment(name, data, content_type):
    shown = f"filename*=UTF-8''{urllib.parse.quote(name)}"
    return (f"Content-Type: {content_type}\r\nContent-Transfer-Encoding: base64\r\n"
            f"Content-Disposition: attachment; {shown}\r\n\r\n{lines(data)}").encode()


def html_of(text, picture=""):
    rows = "".join(f"<p>{line}</p>\n" for line in text.split("\n") if line)
    return ('<!DOCTYPE html>\n<html><head><meta http-equiv="content-type" content="text/html; charset=utf-8">\n'
            f'<style>p {{ margin: 0 }}</style></head><body>\n{rows}{picture}<a href="https://www.minato.example/">minato</a>'
            ' <a href="mailto:sato@minato.example">mail</a></body></html>\n')


def plain(text):
    return text_part(text, "utf-8", "8bit")


def plain_base64(text):
    return text_part(text, "utf-8", "base64")


def plain_quoted(text):
    return text_part(text, "utf-8", "quoted-printable")


def plain_jis(text):
    return text_part(text.replace("─", "-"), "iso-2022-jp", "7bit")


def flowed(text):
    return leaf(text.encode(), "text/plain; charset=UTF-8; format=flowed; delsp=yes", "8bit")


def alternative(text):
    return multipart("alternative", "----=_alt_1", plain_quoted(text), leaf(html_of(text).encode(), "text/html; charset=utf-8", "quoted-printable"))


def with_picture(text):
    page = html_of(text, '<img src="cid:logo@minato.example" alt="logo">')
    picture = ("Content-Type: image/png; name=logo.png\r\nContent-ID: <logo@minato.example>\r\n"
               f'Content-Disposition: inline; filename="logo.png"\r\nContent-Transfer-Encoding: base64\r\n\r\n{lines(PNG)}').encode()
    related = multipart("related", "rel_1", leaf(page.encode(), "text/html; charset=utf-8", "base64"), picture)
    return multipart("alternative", "alt_2", plain_base64(text), related)


def invitation(text):
    calendar = ("BEGIN:VCALENDAR\nVERSION:2.0\nMETHOD:REQUEST\nBEGIN:VEVENT\nUID:1@minato.example\nDTSTART:20261204T050000Z\n"
                "SUMMARY:Meeting\nEND:VEVENT\nEND:VCALENDAR\n")
    return multipart("alternative", "cal_1", plain(text), leaf(calendar.encode(), "text/calendar; charset=utf-8; method=REQUEST", "7bit"))


def signed(text):
    signature = (b"Content-Type: application/pgp-signature; name=\"signature.asc\"\r\nContent-Description: OpenPGP digital signature\r\n"
                 b"Content-Disposition: attachment; filename=\"signature.asc\"\r\n\r\n-----BEGIN PGP SIGNATURE-----\r\n\r\niHUEABYIAB0=\r\n"
                 b"-----END PGP SIGNATURE-----\r\n")
    return multipart("signed", "sig_1", plain_quoted(text), signature, more='; micalg=pgp-sha256;\r\n protocol="application/pgp-signature"')


def replied(text):
    return plain(text + "\n2026年11月26日(木) 9:30 山田 健一 <yamada@aozora.example>:\n> 資料を添付いたします。\n> Please find attached the plan.\n")


def forwarded(text):
    return plain(text + "\n-------- 転送されたメッセージ --------\n件名: 資料\n差出人: 山田 健一 <yamada@aozora.example>\n\n資料を添付いたします。\n")


def forwarded_whole(text):
    inner = (b"From: yamada@aozora.example\r\nTo: sato@minato.example\r\nSubject: plan\r\nDate: Thu, 26 Nov 2026 09:30:00 +0900\r\n\r\n"
             b"The plan is attached.\r\n")
    return multipart("mixed", "fwd_1", plain(text), b"Content-Type: message/rfc822; name=\"plan.eml\"\r\nContent-Disposition: attachment;\r\n"
                     b" filename=\"plan.eml\"\r\n\r\n" + inner)


def with_files(text):
    return multipart("mixed", "mix_1", alternative(text), attachment("お見積書.pdf", PDF, "application/pdf"),
                     attachment("photo.png", PNG, "image/png"))


SHAPES = [plain, plain_base64, plain_quoted, plain_jis, flowed, alternative, with_picture, invitation, signed, replied, forwarded,
          forwarded_whole, with_files]
WITH_A_FILE = [with_files]


def address(name, mail, charset="utf-8"):
    return f"{word(name, charset)} <{mail}>" if name else mail


def message(number, letter, shape):
    subject, text, recipients, _ = letter
    is_japanese = not subject.isascii()
    charset = "iso-2022-jp" if shape is plain_jis and is_japanese else "utf-8"
    if is_japanese:
        text += SIGNATURES[number % len(SIGNATURES)]
    name, sender = PEOPLE[0 if is_japanese else 1]
    is_answer = shape is replied
    fields = [f"From: {address(name, sender, charset)}", "To: " + ",\r\n ".join(address(n, a, charset) for n, a in recipients),
              f"Subject: {'Re: ' if is_answer else ''}{word(subject, charset)}",
              f"Date: Fri, 27 Nov 2026 {9 + number % 9:02d}:{number % 60:02d}:00 +0900", f"Message-ID: <ordinary.{number}@minato.example>",
              "MIME-Version: 1.0"]
    if is_answer:
        fields += ["In-Reply-To: <plan.1@aozora.example>", "References: <plan.1@aozora.example>"]
    return ("\r\n".join(fields) + "\r\n").encode() + shape(text)


def main():
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    number = 0
    for letter in JAPANESE + ENGLISH:
        for shape in WITH_A_FILE if letter[3] else SHAPES:
            if shape is plain_jis and letter in ENGLISH:
                continue
            name = f"{number:03d}-{shape.__name__}-{'ja' if letter in JAPANESE else 'en'}.eml"
            (folder / name).write_bytes(message(number, letter, shape))
            number += 1
    print(number)


if __name__ == "__main__":
    main()
