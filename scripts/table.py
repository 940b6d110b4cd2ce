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


def main() -> None:
    name, command = sys.argv[1:]
    compiler = subprocess.run([os.environ.get("RUSTC", "rustc"), "--version"], capture_output=True, text=True, check=True)
    date = datetime.datetime.now(datetime.timezone.utc).date()
    head = f"{machine()}; {compiler.stdout.strip()}; `{command}`; {date}"
    begin, end = f"<!-- {name} -->", f"<!-- /{name} -->"
    table = f"{begin}\n{head}\n\n{sys.stdin.read().strip()}\n{end}"
    path = pathlib.Path(__file__).resolve().parent.parent / "benches" / "README.md"
    text = path.read_text() if path.exists() else ""
    if begin in text and end in text:
        before, rest = text.split(begin, 1)
        text = before + table + rest.split(end, 1)[1]
    else:
        text = text.rstrip("\n") + ("\n\n" if text else "") + table + "\n"
    path.write_text(text)


if __name__ == "__main__":
    main()
