# SPDX-License-Identifier: Apache-2.0
"""A rule that cannot fail is a defect: bad examples that must be found, good ones that must not."""
import sys

from check_architecture import RULES, House

HEAD = '// SPDX-License-Identifier: Apache-2.0\n#pragma once\n// What this is.\n'
AWAIT = 'proxy/net/a.cpp'


def body(text):
    return {AWAIT: HEAD + 'awaitable<void> f() {\n' + text + '\n}\n'}


def changes(text):
    return {'CHANGELOG.md': '# Changelog\nhttps://keepachangelog.com/\n' + text}


# (rule, files, how many findings that fail)
EXAMPLES = [
    ('floors', {'proxy/wire/a.hpp': '#include "proxy/smtp/b.hpp"\n'}, 1),
    ('floors', {'proxy/smtp/a.hpp': '#include "proxy/settings/b.hpp"\n'}, 1),
    ('floors', {'proxy/net/a.hpp': '#include "proxy/relay/b.hpp"\n'}, 1),
    ('floors', {'proxy/store/a.hpp': '#include "proxy/net/stream.hpp"\n'}, 1),
    ('floors', {'proxy/relay/a.cpp': '#include "proxy/submission/session.hpp"\n'}, 1),
    ('floors', {'classifier/mail/a.cpp': '#include "proxy/wire/b.hpp"\n'}, 1),
    ('floors', {'proxy/relay/a.cpp': '#include "config/embedded.hpp"\n'}, 1),
    ('floors', {'proxy/novelty/a.cpp': '\n'}, 1),
    ('floors', {'proxy/net/a.cpp': '#include "stream.hpp"\n'}, 2),
    ('floors', {'tests/unit/a_test.cpp': '#include <boost/asio/awaitable.hpp>\n'}, 1),
    ('floors', {'tests/dialogues/a_test.cpp': '#include "proxy/net/stream.hpp"\n'}, 1),
    ('floors', {'proxy/relay/a.cpp': '#include "proxy/submission/carrier.hpp"\n#include "proxy/net/stream.hpp"\n',
                'proxy/store/a.hpp': '#include "proxy/net/start.hpp"\n// #include "proxy/relay/b.hpp"\n',
                'proxy/main.cpp': '#include "config/embedded.hpp"\n#include "proxy/cli/a.hpp"\n'}, 0),
    ('owners', {'proxy/smtp/a.cpp': '#include <toml++/toml.h>\n'}, 1),
    ('owners', {'proxy/main.cpp': '#include <CLI/CLI.hpp>\n'}, 1),
    ('owners', {'proxy/relay/a.cpp': '#include <spdlog/spdlog.h>\n'}, 1),
    ('owners', {'proxy/relay/a.cpp': '#include <openssl/ssl.h>\n'}, 1),
    ('owners', {'proxy/smtp/a.cpp': '#include <mimetic/mimetic.h>\n#include <re2/re2.h>\n#include <sqlite3.h>\n'}, 3),
    ('owners', {'proxy/relay/a.cpp': '#include <boost/beast/http.hpp>\n#include <boost/json.hpp>\n'}, 2),
    ('owners', {'proxy/net/a.cpp': '#include <openssl/ssl.h>\n#include <ares.h>\n'}, 0),
    ('purity', {'proxy/wire/a.cpp': '#include <boost/asio/buffer.hpp>\n#include <fstream>\n#include <random>\n'}, 3),
    ('purity', {'proxy/wire/a.cpp': 'auto t = std::chrono::steady_clock::now();\n'}, 1),
    ('purity', {'classifier/mail/a.cpp': 'auto h = std::getenv("HOME");\n'}, 1),
    ('purity', {'proxy/smtp/a.cpp': 'int f() { return ::socket(1, 2, 3); }\n'}, 1),
    ('purity', {'proxy/wire/a.cpp': '// steady_clock::now() is for others\nauto s = "getenv(x)"; auto q = 1\'000;\n',
                'proxy/net/a.cpp': '#include <thread>\n'}, 0),
    ('cycles', {'proxy/wire/a.hpp': '#include "proxy/wire/b.hpp"\n', 'proxy/wire/b.hpp': '#include "proxy/wire/a.hpp"\n'}, 1),
    ('cycles', {'proxy/wire/a.hpp': '#include "proxy/smtp/b.hpp"\n', 'proxy/smtp/b.hpp': '',
                'proxy/smtp/c.hpp': '#include "proxy/wire/d.hpp"\n', 'proxy/wire/d.hpp': ''}, 1),
    ('cycles', {'proxy/smtp/b.hpp': '#include "proxy/wire/a.hpp"\n', 'proxy/wire/a.hpp': ''}, 0),
    ('coroutines', body('co_await g(Agg{a, b});'), 1),
    ('coroutines', body('co_await g({});'), 1),
    ('coroutines', body('Agg v{co_await g(), 1};'), 1),
    ('coroutines', body('v = Agg{(co_await g()).a, 2};'), 1),
    ('coroutines', body('co_await g([x]() { return 1; });'), 1),
    ('coroutines', body('auto v = c ? co_await g() : w;'), 1),
    ('coroutines', body('throw Error(co_await g());'), 1),
    ('coroutines', body('if (co_await g(Agg{1})) {\n h();\n}'), 1),
    ('coroutines', body('for (;;) {\n while (x) {\n co_await g(std::vector<int>{1, 2});\n}\n}'), 1),
    ('coroutines', body('auto room = [this]() -> awaitable<void> { co_return; };'), 1),
    ('coroutines', body('start("x", [&session](int a) -> awaitable<void> { co_await session.run(a); });'), 1),
    ('coroutines', body('co_spawn(e, f(), asio::detached);'), 2),
    ('coroutines', {'proxy/relay/a.cpp': 'void f() { boost::asio::co_spawn(e, g(), h); }\n'}, 1),
    ('coroutines', body('Agg a{1, 2};\nco_await g(a);\nauto h = [a] { return a ? 1 : 2; };\n'
                        'if (auto r = co_await g(a); r) {\n k({1});\n} else if (co_await h()) {\n}\n'
                        'switch (co_await m()) {\n case X::y: {\n co_return;\n }\n default: break;\n}\n'
                        '// co_await g(Agg{1})\nauto s = co_await g("a ? {b}");\nconst bool b = c ? d : e;'), 0),
    ('coroutines', {'proxy/net/start.cpp': 'void f() { boost::asio::co_spawn(e, g(), h); }\n'}, 0),
    ('sizes', {'proxy/net/a.cpp': HEAD + 'int a;\n' * 700}, 1),
    ('sizes', {'proxy/net/a.cpp': HEAD + 'void f(int a) {\n' + 'g(a);\n' * 70 + '}\n'}, 1),
    ('sizes', {'proxy/net/a.cpp': HEAD + 'struct A {\nA() : b_{1} {\n' + 'g();\n' * 70 + '}\nint b_;\n};\n'}, 1),
    ('sizes', {'proxy/net/a.cpp': HEAD + 'void f() {\n// size: a table\n' + 'g();\n' * 70 + '}\n',
               'proxy/net/b.cpp': HEAD + 'const A rows[] = {\n' + '{1, 2},\n' * 90 + '};\n',
               'proxy/net/c.cpp': HEAD + 'void f() {\n' + 'g();\n' * 40 + '}\n'}, 0),
    ('names', {'proxy/utils/a.cpp': ''}, 1),
    ('names', {'docs/a.md': ''}, 2),
    ('names', {'scripts/a.sh': ''}, 1),
    ('names', {'proxy/net/LineReader.cpp': ''}, 1),
    ('names', {'proxy/net/line_reader.cpp': '', 'README.md': ''}, 0),
    ('heads', {'proxy/net/a.cpp': '// What this is.\nint a;\n'}, 1),
    ('heads', {'proxy/net/a.cpp': '// SPDX-License-Identifier: Apache-2.0\nint a;\n'}, 1),
    ('heads', {'proxy/net/a.hpp': '// SPDX-License-Identifier: Apache-2.0\n// What this is.\nint a;\n'}, 1),
    ('heads', {'installer/try': '#!/bin/sh\n# What this is.\n'}, 1),
    ('heads', {'proxy/net/a.hpp': HEAD, 'proxy/net/a.cpp': '// SPDX-License-Identifier: Apache-2.0\nint a;\n',
               'tests/fuzz/seeds/x/a.toml': 'x = 1\n', 'tests/CMakeLists.txt': '# SPDX-License-Identifier: Apache-2.0\n'}, 0),
    ('documents', {'proxy/net/a.cpp': '', 'proxy/net/README.md': '', 'ARCHITECTURE.md': 'text `proxy/net`\n'}, 1),
    ('documents', {'proxy/net/a.cpp': '', 'proxy/net/README.md': '', 'ARCHITECTURE.md': '| `proxy/net` | 2 | x |\n'}, 1),
    ('documents', {'proxy/net/a.cpp': '', 'ARCHITECTURE.md': '| `proxy/net` | 1 | x |\n'}, 1),
    ('documents', {'proxy/net/README.md': '', 'ARCHITECTURE.md': '| `proxy/net` | 1 | x |\n'}, 0),
    ('changelog', {'README.md': ''}, 3),
    ('changelog', changes('## [Unreleased]\n### New things\n'), 1),
    ('changelog', changes('## [Unreleased]\n- a\n'), 1),
    ('changelog', changes('## [Unreleased]\n## 1.0\n'), 1),
    ('changelog', changes('## [Unreleased]\n### Added\n- a\n## [1.0.0] - 2026-11-24\n### Fixed\n- b\n'), 0),
]


def main():
    wrong, failing = 0, set()
    for rule, files, expected in EXAMPLES:
        found = [f for f in RULES[rule](House(files)) if not f[2].startswith('note:')]
        if expected:
            failing.add(rule)
        if len(found) != expected:
            wrong += 1
            print(f'{rule}: expected {expected} findings, got {found} in:\n' + '\n'.join(map(str, files.items())))
    for rule in sorted(set(RULES) - failing):
        wrong += 1
        print(f'{rule}: no example that fails')
    print(f'{len(EXAMPLES)} examples, {wrong} wrong')
    return 1 if wrong else 0


if __name__ == '__main__':
    sys.exit(main())
