#!/usr/bin/env python3
"""Copies chosen rows of benches/README.md into README.md, between the markers of `summary`.

Run it after `scripts/bench-*.sh --write`; it measures nothing itself.
"""

import pathlib
import re

ROOT = pathlib.Path(__file__).resolve().parent.parent
TRANSFORMS = [
    ("r32", 480, "real, 480 points, f32"),
    ("r32", 1024, "real, 1024 points, f32"),
    ("c32", 480, "complex, 480 points, f32"),
    ("c32", 1024, "complex, 1024 points, f32"),
    ("c32", 64, "complex, 64 points, f32"),
    ("c32", 1009, "complex, 1009 points, f32"),
    ("c64", 1024, "complex, 1024 points, f64"),
    ("c64", 65536, "complex, 65,536 points, f64"),
]
KERNELS = [
    ("f32 to i16, 480", "f32 to i16, saturating, 480 samples"),
    ("i24 to f32, 480", "packed 24 bits to f32, 480 samples"),
    ("i16 mix, 480", "saturating i16 mix, 480 samples"),
    ("gain, 480", "gain, 480 samples"),
    ("interleave 6 channels, 480", "interleave 6 channels, 480 frames"),
]


def rows(text: str, first: str) -> list[str]:
    """The cells of the row whose first cell is this."""
    line = re.search(rf"^\| {re.escape(first)} \|.*$", text, re.M).group(0)
    return [cell.strip() for cell in line.strip("|").split("|")]


def transforms(section: str) -> list[str]:
    out = []
    for kind, points, title in TRANSFORMS:
        table = re.search(rf"^### .*\({kind}\)\n\n(.*?)\n\n", section, re.M | re.S).group(1)
        if not out:
            header = table.splitlines()[0]
            how = re.findall(r"ours, ns, (.*?) \|", header)
            out.append("| transform | " + " | ".join(f"{name}: best peer | ratio" for name in how) + " |")
            out.append("|---|" + "---|---|" * len(how))
        cells = rows(table, str(points))[1:]
        # The peer by name; its time is for the long table.
        pairs = [f"{cells[i + 1].split()[0]} | {cells[i + 2]}" for i in range(0, len(cells), 3) if cells[i]]
        out.append(f"| {title} | " + " | ".join(pairs) + " |")
    return out


def main() -> None:
    measured = (ROOT / "benches" / "README.md").read_text()
    section = lambda name: measured.split(f"<!-- {name} -->")[1].split(f"<!-- /{name} -->")[0]
    lines = [section("fft").strip().splitlines()[0], "", *transforms(section("fft"))]
    lines += ["", "| kernel | ratio to the plain loop |", "|---|---|"]
    lines += [f"| {title} | {rows(section('kernels'), case)[3]} |" for case, title in KERNELS]
    readme = ROOT / "README.md"
    text = readme.read_text()
    before, rest = text.split("<!-- summary -->")
    after = rest.split("<!-- /summary -->")[1]
    readme.write_text(f"{before}<!-- summary -->\n" + "\n".join(lines) + f"\n<!-- /summary -->{after}")


if __name__ == "__main__":
    main()
