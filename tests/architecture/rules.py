# SPDX-License-Identifier: Apache-2.0
"""The rules of the house as data. Change them together with ARCHITECTURE.md, and say why in the commit."""

# Floor of each folder: 0 pure, 1 hands, 2 rooms, 3 front door. Folders of later releases are named already.
FLOORS = {
    'classifier': 0, 'classifier/mail': 0, 'classifier/report': 0, 'classifier/rules': 0, 'classifier/explain': 0,
    'classifier/toml': 0,
    'proxy/wire': 0, 'proxy/smtp': 0, 'proxy/mailbox': 0, 'proxy/mailauth': 0, 'proxy/providers': 0,
    'proxy/skeleton': 0, 'proxy/checks': 0, 'proxy/addresses': 0, 'proxy/delivery': 0, 'proxy/notices': 0, 'proxy/settings': 0,
    'proxy/platform': 1, 'proxy/net': 1, 'proxy/store': 1,
    'proxy/submission': 2, 'proxy/relay': 2, 'proxy/facts': 2, 'proxy/scanner': 2, 'proxy/watcher': 2, 'proxy/assist': 2, 'proxy/setup': 2,
    'proxy/api': 2, 'proxy/demo': 2,
    'proxy/cli': 3,
    'proxy': 4,  # main.cpp alone, above everything
}

# On floor 0 a folder includes only what stands here.
FLOOR_0_MAY_INCLUDE = {
    'classifier': {'classifier/mail', 'classifier/report', 'classifier/rules', 'classifier/explain'},  # the front door
    'classifier/mail': set(),
    'classifier/report': {'classifier/mail'},                     # reads the parts of a bounce
    'classifier/rules': {'classifier/mail', 'classifier/report', 'classifier/toml'},  # matches what the report says
    'classifier/explain': {'classifier/toml'},                    # codes and parameters in, sentences out
    'classifier/toml': set(),                                     # the one door to toml++
    'proxy/wire': set(),
    'proxy/settings': {'proxy/wire', 'classifier/toml'},          # Secret; TOML
    'proxy/smtp': {'proxy/wire'},                                 # Dialogue, LineReader, Secret
    'proxy/mailbox': {'proxy/wire'},
    'proxy/mailauth': {'proxy/wire', 'proxy/smtp', 'classifier/mail'},  # DnsDialogue; base64; header fields
    'proxy/providers': {'proxy/wire', 'classifier/toml'},
    'proxy/addresses': {'classifier/toml'},                                     # text and data in, findings out
    # replies, accounts, headers, alignment
    'proxy/delivery': {'proxy/wire', 'proxy/smtp', 'proxy/settings', 'proxy/mailauth', 'classifier/mail'},
    'proxy/skeleton': {'classifier/mail', 'proxy/wire'},          # encodings, charsets, header words; octets counted
    # the message and its envelope; what the address checker says; lists
    'proxy/checks': {'proxy/skeleton', 'proxy/smtp', 'proxy/settings', 'proxy/addresses', 'classifier/mail', 'classifier/toml'},
    'proxy/notices': {'proxy/wire', 'proxy/smtp', 'proxy/settings', 'proxy/providers', 'classifier', 'classifier/mail'},
}

# (folder, header): includes that go sideways, each with its reason.
EXCEPTIONS = {
    ('proxy/delivery', 'classifier/cause.hpp'): 'the cause of a reply decides whether another path could cure it',
    ('classifier/rules', 'classifier/cause.hpp'): 'the list of causes is the word that rules give their answer in',
    ('classifier/explain', 'classifier/cause.hpp'): 'the list of causes is what is put into sentences',
    ('proxy/store', 'proxy/net/start.hpp'): 'the reader of a body waits on net::Signal for bytes still arriving',
    ('proxy/net', 'proxy/platform/atomic_file.hpp'): 'the localhost certificate and its key are written whole or not at all',
    ('proxy/net', 'proxy/platform/tls_roots.hpp'): 'where the system keeps its trusted certificates differs by platform',
    ('proxy/store', 'proxy/net/worker.hpp'): 'syncs of spool files and slow hashes block, so they run on a worker thread',
    ('proxy/store', 'proxy/platform/atomic_file.hpp'): 'the list of verified log-ins is written whole or not at all',
    ('proxy/store', 'proxy/platform/paths.hpp'): 'the spool makes its folder private (0700)',
    ('proxy/relay', 'proxy/submission/carrier.hpp'): 'relay implements the interface that submission declares',
    ('proxy/facts', 'proxy/submission/inquiry.hpp'): 'facts implements the interface that submission declares',
}

# Who may include config/ (embedded files): the front door hands the texts down.
CONFIG_READERS = {'proxy/cli', 'proxy'}

# Each third-party library has one owner; more than one folder is a written exception.
LIBRARY_OWNERS = [
    (r'^toml(\+\+|plusplus)?[/.]', {'classifier/toml'}, 'toml++'),
    (r'^CLI/', {'proxy/cli'}, 'CLI11'),
    (r'^spdlog/', {'proxy/platform'}, 'spdlog'),
    # Digests, base64, sealing, slow hashes and wiping of secrets are pure functions; TLS itself belongs to net.
    (r'^openssl/', {'proxy/net', 'proxy/smtp', 'proxy/wire', 'proxy/mailauth', 'proxy/delivery', 'proxy/store',
                    'proxy/platform'}, 'OpenSSL'),  # platform: chance for keys, hex, wiping
    (r'^mimetic', {'classifier/mail'}, 'mimetic'),
    (r'^xxhash', {'proxy/store'}, 'xxHash'),
    (r'^idn2\.h', {'proxy/addresses'}, 'libidn2'),
    (r'^re2/', {'classifier/rules'}, 'RE2'),
    (r'^sqlite3', {'proxy/store'}, 'SQLite'),
    (r'^ares', {'proxy/net'}, 'c-ares'),
    # Two questions to one list: which domain is registered (mailauth), which endings exist (addresses).
    (r'^libpsl', {'proxy/mailauth', 'proxy/addresses'}, 'libpsl'),
    (r'^libsecret/', {'proxy/platform'}, 'libsecret'),
    (r'^boost/beast', {'proxy/api'}, 'Boost.Beast'),
    (r'^boost/json', {'proxy/api', 'proxy/cli'}, 'Boost.JSON'),
]

# Floor 0 has no sockets, files, clock, threads, chance or environment.
FLOOR_0_FORBIDDEN_INCLUDES = (r'^(boost/asio|fstream$|iostream$|thread$|mutex$|future$|condition_variable$|random$|'
                              r'sys/socket\.h$|netinet/|arpa/|netdb\.h$|unistd\.h$|fcntl\.h$|winsock)')
FLOOR_0_FORBIDDEN_CODE = [
    (r'\b\w*_clock\s*::\s*now\s*\(', 'asks a clock; time enters as an argument'),
    (r'\b(?:secure_)?getenv\s*\(', 'reads the environment; settings are arguments'),
    (r'(?<!\w)::(?:socket|open|read|write|send|recv)\s*\(', 'talks to the system'),
    (r'\bstd\s*::\s*(?:random_device|thread|jthread|ofstream|ifstream|cout|cerr)\b', 'is not pure'),
    (r'(?<![\w.>])(?:fopen|srand|rand|time)\s*\(', 'is not pure'),
]

CO_SPAWN_OWNERS = {'proxy/net/start.cpp', 'proxy/net/worker.cpp'}

FILE_LINES_NOTE, FILE_LINES_LIMIT = 300, 600
FUNCTION_LINES_NOTE, FUNCTION_LINES_LIMIT = 30, 60
TABLE_MARKER = 'size: a table'  # in a comment inside the function, or in the file's first ten lines

FORBIDDEN_FOLDERS = {'common', 'utils', 'util', 'misc', 'helpers', 'docs'}
TOP_LEVEL = {
    'CMakeLists.txt', 'CMakePresets.json', 'proxy', 'classifier', 'tray', 'installer', 'tests', 'config',
    'README.md', 'README.ja.md', 'ARCHITECTURE.md', 'CHANGELOG.md', 'CONTRIBUTING.md', 'SECURITY.md', 'LICENSE',
}
NOT_OURS = {'build'}  # made here, never committed; dot files are not looked at

SEEDS = 'tests/fuzz/seeds/'  # inputs, byte for byte: no head lines

CHANGE_KINDS = {'Added', 'Changed', 'Deprecated', 'Removed', 'Fixed', 'Security'}
