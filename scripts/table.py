#!/usr/bin/env python3
"""Puts what a comparison program printed into benches/README.md, between the markers of its name.

    scripts/table.py NAME COMMAND < OUTPUT

The text between `<!-- NAME -->` and `<!-- /NAME -->` is replaced by OUTPUT, under a line with the machine, the
compiler, the command and the date. A file without the markers gets them at its end.
"""

import datetime
import os
import pathlib
import platform
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent


def machine() -> str:
    name = platform.processor() or platform.machine()
    try:
        text = pathlib.Path("/proc/cpuinfo").read_text()
        fields = dict(re.findall(r"^([\w ]+?)\s*: (.*)$", text, re.M))
        name = fields.get("model name", name)
        if "family" not in name and "cpu family" in fields:
            name += f" (family {fields['cpu family']}, model {fields['model']})"
    except OSError:
        pass
    return f"{name}, {os.cpu_count()} cores, {platform.system()}"


def head(command: str) -> str:
    """What a figure is worth nothing without."""
    compiler = subprocess.run([os.environ.get("RUSTC", "rustc"), "--version"], capture_output=True, text=True, check=True)
    date = datetime.datetime.now(datetime.timezone.utc).date()
    return f"{machine()}; {compiler.stdout.strip()}; `{command}`; {date}"


def put(name: str, command: str, text: str) -> None:
    begin, end = f"<!-- {name} -->", f"<!-- /{name} -->"
    table = f"{begin}\n{head(command)}\n\n{text.strip()}\n{end}"
    path = ROOT / "benches" / "README.md"
    page = path.read_text() if path.exists() else ""
    if begin in page and end in page:
        before, rest = page.split(begin, 1)
        page = before + table + rest.split(end, 1)[1]
    else:
        page = page.rstrip("\n") + ("\n\n" if page else "") + table + "\n"
    path.write_text(page)


if __name__ == "__main__":
    put(sys.argv[1], sys.argv[2], sys.stdin.read())
