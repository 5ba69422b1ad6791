# SPDX-License-Identifier: Apache-2.0
"""Reads C++ well enough for the architecture rules: what is code, which statements, which functions.

Not a compiler: comments, strings and preprocessor lines are blanked (line numbers stay), then blocks,
brace initialisers and lambda bodies are told apart by the token in front of the brace.
"""
import re
from dataclasses import dataclass, field

_LITERALS = re.compile(
    r'//[^\n]*|/\*.*?\*/|R"([^()\\\s]{0,16})\(.*?\)\1"|"(?:\\.|[^"\\\n])*"|(?<![0-9a-fA-F])\'(?:\\.|[^\'\\\n])+\'',
    re.DOTALL)
_PREPROCESSOR = re.compile(r'^[ \t]*#(?:[^\n\\]|\\.|\\\n)*', re.MULTILINE)
_INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*(?:"([^"]+)"|<([^>]+)>)', re.MULTILINE)
_TYPE_HEAD = re.compile(r'^(?:(?:public|private|protected)\s*:\s*)*(?:template\s*<.*?>\s*)?(?:inline\s+)?'
                        r'(?:typedef\s+)?(?:namespace|class|struct|union|enum|extern)\b', re.DOTALL)
_BLOCK_TAIL = re.compile(r'(?:[);{}:"]|\b(?:else|do|try|const|noexcept|override|final|mutable))$|^$')
_TRAILING_TYPE = re.compile(r'\)\s*(?:mutable|noexcept|const|\s)*->\s*[\w:<>\s,&*]+$')
_LAMBDA_HEAD = re.compile(r'(?:^|[=(,{;?:!&|]|\breturn|\bco_return|\bco_await)\s*\[([^\[\]]*)\]'
                          r'\s*(?:\([^{}]*\))?\s*(?:mutable|noexcept|\s)*(?:->\s*[\w:<>\s,&*]+)?$')
_CONTROL = re.compile(r'^(?:else\b\s*)?(?:if|for|while|switch|catch|do|else|try)\b')


def _blank(match):
    text = match.group(0)
    keep = '""' if text.startswith(('"', 'R"')) else ''
    return keep + ''.join(c if c == '\n' else ' ' for c in text[len(keep):])


def code_of(text):
    """The text with comments, literals and preprocessor lines blanked; same length, same lines."""
    return _PREPROCESSOR.sub(_blank, _LITERALS.sub(_blank, text))


def includes_of(text):
    """(line, name, is_project) for each #include outside comments."""
    without = re.sub(r'//[^\n]*|/\*.*?\*/', _blank, text, flags=re.DOTALL)
    return [(text.count('\n', 0, m.start()) + 1, m.group(1) or m.group(2), m.group(1) is not None)
            for m in _INCLUDE.finditer(without)]


@dataclass
class Statement:
    line: int
    text: str           # nested lambda bodies are left out, brace initialisers are kept
    has_lambda: bool = False
    has_braces: bool = False


@dataclass
class Lambda:
    line: int
    captures: str
    head: str
    body: str


@dataclass
class Function:
    line: int
    name: str
    lines: int
    start: int
    end: int


@dataclass
class Reading:
    statements: list = field(default_factory=list)
    lambdas: list = field(default_factory=list)
    functions: list = field(default_factory=list)


class _Reader:
    def __init__(self, code):
        self.code, self.out = code, Reading()

    def line(self, position):
        return self.code.count('\n', 0, position) + 1

    def block(self, position, in_function):
        """Reads statements up to the closing brace of this block; returns the position behind it."""
        while position < len(self.code):
            position, ended = self.statement(position, in_function)
            if ended:
                break
        return position

    def statement(self, position, in_function):
        code, start, parts, depth = self.code, position, [], 0
        statement = Statement(0, '')

        def text():
            return ''.join(parts).strip()

        def finish():
            statement.text = text()
            if statement.text:
                skipped = len(code[start:]) - len(code[start:].lstrip())
                statement.line = self.line(start + skipped)
                self.out.statements.append(statement)

        while position < len(code):
            char = code[position]
            if char in '([':
                depth += 1
            elif char in ')]':
                depth -= 1
            elif char == ';' and depth <= 0:
                finish()
                return position + 1, False
            elif char == '}':
                finish()
                return position + 1, True
            elif char == '{':
                so_far = text()
                lambda_head = _LAMBDA_HEAD.search(so_far) if (depth > 0 or in_function) else None
                if lambda_head:
                    end = self.block(position + 1, True)
                    statement.has_lambda = True
                    self.out.lambdas.append(Lambda(self.line(position), lambda_head.group(1).strip(),
                                                   lambda_head.group(0), code[position:end]))
                    parts.append(' ')
                    position = end
                    continue
                if depth <= 0 and self.opens_block(so_far):
                    finish()
                    return self.nested(position, start, so_far, in_function), False
                end = self.initialiser(position, statement)
                parts.append(code[position:end])
                position = end
                continue
            parts.append(char)
            position += 1
        finish()
        return position, True

    @staticmethod
    def opens_block(so_far):
        return bool(_TYPE_HEAD.match(so_far) or _BLOCK_TAIL.search(so_far) or _TRAILING_TYPE.search(so_far))

    def initialiser(self, position, statement):
        statement.has_braces, depth = True, 0
        while position < len(self.code):
            if self.code[position] == '{':
                depth += 1
            elif self.code[position] == '}':
                depth -= 1
                if depth == 0:
                    return position + 1
            position += 1
        return position

    def nested(self, position, start, head, in_function):
        is_function = not in_function and not _TYPE_HEAD.match(head) and '(' in head
        end = self.block(position + 1, in_function or is_function)
        if is_function and not _CONTROL.match(head):
            name = re.search(r'([\w:~]+(?:\s*operator\S+)?)\s*\(', head)
            self.out.functions.append(Function(self.line(position), name.group(1) if name else head[-40:],
                                               self.code.count('\n', position, end) + 1, start, end))
        return end


def read(code):
    reader = _Reader(code)
    position = 0
    while position < len(code):
        position = reader.block(position, False)
    return reader.out
