#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Writes out a template: a manual page (mdoc) or a shell completion.  What the programs' own tables
say is taken from the programs, what a document says in a table from the document, so that neither
can lag behind.

    tables.py FOLDER-OF-THE-PROGRAMS TEMPLATE

A line of the template that is one of these gives way to what it names:

    @commands@               every command, by group          (onward --json help)
    @options everywhere@     options of every command
    @options some@           options of some commands
    @keys@                   the keys of onward.yaml          (onwardd --help-config)
    @table FILE HEADING@     the first table under a heading  (a document beside the template)
    @types FILE@             the types of message            (a document beside the template)
    @bash@                   both tables as bash arrays
"""

import json
import pathlib
import re
import subprocess
import sys
import textwrap

SENTENCE = re.compile(r"(?<=[A-Za-z0-9)/\"`][.!?]) +(?=[A-Z`\"-])")
CODE = re.compile(r"`([^`]+)`([.,;:)]*)")
LINK = re.compile(r"\[([^]]*)\]\([^)]*\)")


def escape(text):
    """Text as mdoc wants it inside a line; codes and options are not broken at their hyphens."""
    text = re.sub(r"(?<!\w)--(?=\w)", r"\-\-", text.replace("\\", "\\e"))
    return re.sub(r"(?<=\w)-(?=\w)", r"\-", text)


def quoted(text):
    """One argument of a macro, also when it ends in what would be taken for punctuation."""
    end = "\\&" if text[-1:] in ".,:;?!)" else ""
    return '"' + escape(text).replace('"', '""') + end + '"'


def guarded(line):
    """A line that must not be taken for a request."""
    return "\\&" + line if line[:1] in (".", "'") else line


def wrapped(text):
    lines = textwrap.wrap(escape(text.strip()), 78, break_on_hyphens=False)
    return [guarded(line) for line in lines]


def prose(text):
    """Sentences with `code` in them, as lines."""
    lines = []
    text = LINK.sub(r"\1", text).replace("**", "").replace("<br>", " ")
    for sentence in SENTENCE.split(" ".join(text.split())):
        at = 0
        for code in CODE.finditer(sentence):
            before = sentence[at : code.start()]
            joined = before[-1:] == "("
            before = before[:-1] if joined else before
            lines += wrapped(before)
            marks = " ".join(code.group(2))
            lines.append(f".Ql {'( ' if joined else ''}{quoted(code.group(1))} {marks}".rstrip())
            at = code.end()
        lines += wrapped(sentence[at:])
    return lines


def syntax(arguments):
    """`REF --reason CODE` as words of a macro line."""
    words = []
    for word in arguments.split():
        opens = word.startswith("[")
        word = word[opens:]
        closes = word.endswith("]") and word.count("]") > word.count("[")
        word = word[:-1] if closes else word
        name = "Fl -" + word[2:] if word.startswith("--") else f"Ar {word}"
        words += ["Oo"] * opens + ["|" if word == "|" else name] + ["Oc"] * closes
    return " ".join(words)


class Tables:
    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self._help = None

    def run(self, *command):
        program = str(self.folder / command[0])
        return subprocess.run(
            [program, *command[1:]], check=True, capture_output=True, text=True
        ).stdout

    def help(self):
        if self._help is None:
            rows = [json.loads(row) for row in self.run("onward", "--json", "help").splitlines()]
            self._help = (
                [row for row in rows if "command" in row],
                [row for row in rows if "option" in row],
            )
        return self._help

    def commands(self):
        rows, options = self.help()
        values = {row["option"]: row.get("value") for row in options}
        group = None
        for row in rows:
            if row["group"] != group:
                if group is not None:
                    yield ".El"
                group = row["group"]
                yield f".Ss {group}"
                yield ".Bl -tag -width Ds"
            yield f".It Cm {row['command']} {syntax(row['arguments'])}".rstrip()
            yield from prose(row["help"])
            for i, option in enumerate(row["options"]):
                if i == 0:
                    yield ".Pp"
                    yield "Its options:"
                value = "" if values[option] is None else f" Ar {values[option]}"
                yield f".Fl -{option}{value} {'.' if i + 1 == len(row['options']) else ','}"
        yield ".El"

    def options(self, which):
        yield ".Bl -tag -width Ds"
        for row in self.help()[1]:
            if row["everywhere"] == (which == "everywhere"):
                value = "" if "value" not in row else f" Ar {row['value']}"
                yield f".It Fl -{row['option']}{value}"
                yield from prose(row["help"][0].upper() + row["help"][1:] + ".")
        yield ".El"

    def keys(self):
        yield ".Bl -tag -width Ds"
        for line in self.run("onwardd", "--help-config").splitlines():
            key = re.match(r"  (\w+): (.+)", line)
            if key:
                yield f".It Ic {key.group(1)} : {quoted(key.group(2))}"
            elif line.startswith("      "):
                yield from prose(line)
        yield ".El"

    def reasons(self, row):
        """The codes that a command's help lists; those of withdraw where it sends one there."""
        listed = re.search(r"(?:[a-z]+(?:-[a-z]+)*, ){3,}[a-z]+(?:-[a-z]+)*", row["help"])
        if listed is None and "help withdraw" in row["help"]:
            return self.reasons(next(r for r in self.help()[0] if r["command"] == "withdraw"))
        return listed.group(0).split(", ") if listed else []

    def bash(self):
        commands, options = self.help()
        yield "declare -gA _onward_options=("
        for row in commands:
            yield f"\t['{row['command']}']='{' '.join('--' + name for name in row['options'])}'"
        yield ")"
        yield "declare -gA _onward_arguments=("
        for row in commands:
            yield f"\t['{row['command']}']='{row['arguments']}'"
        yield ")"
        yield "declare -gA _onward_values=("
        for row in options:
            if "value" in row:
                yield f"\t['--{row['option']}']='{row['value']}'"
        yield ")"
        yield "declare -gA _onward_reasons=("
        for row in commands:
            if "reason" in row["options"]:
                yield f"\t['{row['command']}']='{' '.join(self.reasons(row))}'"
        yield ")"
        kinds = next(row["help"] for row in commands if row["command"] == "party add")
        kinds = re.search(r"Kinds: ([^.]+)\.", re.sub(r" \([^)]*\)", "", kinds)).group(1)
        yield f"_onward_kinds='{kinds.replace(',', '')}'"
        everywhere = " ".join("--" + row["option"] for row in options if row["everywhere"])
        yield f"_onward_everywhere='{everywhere}'"


def document_table(path, heading, head=""):
    """The first table behind a heading of a document that begins with `head`: rows of cells."""
    lines = path.read_text(encoding="utf-8").splitlines()
    begin = next(i for i, line in enumerate(lines) if re.fullmatch(r"#+ " + heading, line))
    first = next(i for i in range(begin, len(lines)) if lines[i].startswith("| " + head))
    rows = []
    for line in lines[first + 2 :]:
        if not line.startswith("|"):
            break
        rows.append([cell.strip() for cell in line.strip().strip("|").split("|")])
    return rows


def table(path, heading):
    yield ".Bl -tag -width Ds"
    for key, *middle, meaning in document_table(path, heading):
        names = " , ".join("Ic " + word for word in key.replace("`", "").replace(",", " ").split())
        yield f".It {names}"
        parts = [part for part in (*middle, meaning) if part]
        for part in parts:
            sentence = part[0].upper() + part[1:]
            yield from prose(sentence if sentence.endswith(".") else sentence + ".")
    yield ".El"


def types(path):
    """The numbers and names of the wire's messages: rows that hold two of them, side by side."""
    rows = document_table(path, "2 Frames", "number")
    yield '.Bl -column "number" "acknowledge" "client"'
    yield ".It Sy number Ta Sy type Ta Sy from"
    for side in (0, 4):
        for row in rows:
            number, name, sender = row[side : side + 3]
            if number:
                yield f".It {number} Ta {name.strip('`')} Ta {sender}"
    yield ".El"


def main():
    folder, template = sys.argv[1:]
    template = pathlib.Path(template)
    tables = Tables(folder)
    for line in template.read_text(encoding="utf-8").splitlines():
        words = line.strip("@").split() if re.fullmatch(r"@.+@", line) else [None]
        if words[0] is None:
            print(line)
        elif words[0] == "types":
            print("\n".join(types(template.parent / words[1])))
        elif words[0] == "table":
            print("\n".join(table(template.parent / words[1], " ".join(words[2:]))))
        else:
            print("\n".join(getattr(tables, words[0])(*words[1:])))


if __name__ == "__main__":
    main()
