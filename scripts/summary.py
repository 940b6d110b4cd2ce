#!/usr/bin/env python3
"""Copies chosen rows of benches/README.md into README.md, between the markers of `summary`.

Run it after `scripts/bench-*.sh --write`; it measures nothing itself.
"""

import pathlib
import re

ROOT = pathlib.Path(__file__).resolve().parent.parent
ROWS = [
    ("fft", "r32 480", "real transform, 480 points, f32", "realfft"),
    ("fft", "r32 1024", "real transform, 1024 points, f32", "realfft"),
    ("fft", "c32 480", "complex transform, 480 points, f32", "RustFFT"),
    ("fft", "c32 1024", "complex transform, 1024 points, f32", "RustFFT"),
    ("fft", "c32 64", "complex transform, 64 points, f32", "RustFFT"),
    ("fft", "c64 1024", "complex transform, 1024 points, f64", "RustFFT"),
    ("kernels", "f32 to i16, 480", "f32 to i16, saturating, 480 samples", "the plain loop"),
    ("kernels", "i24 to f32, 480", "packed 24 bits to f32, 480 samples", "the plain loop"),
    ("kernels", "i16 mix, 480", "saturating i16 mix, 480 samples", "the plain loop"),
    ("kernels", "gain, 480", "gain, 480 samples", "the plain loop"),
    ("kernels", "interleave 6 channels, 480", "interleave 6 channels, 480 frames", "the plain loop"),
]


def main() -> None:
    measured = (ROOT / "benches" / "README.md").read_text()
    section = lambda name: measured.split(f"<!-- {name} -->")[1].split(f"<!-- /{name} -->")[0]
    lines = [section("fft").strip().splitlines()[0], "", "| | against | ratio |", "|---|---|---|"]
    for name, case, title, peer in ROWS:
        row = re.search(rf"^\| {re.escape(case)} \|.*$", section(name), re.M).group(0)
        lines.append(f"| {title} | {peer} | {row.split('|')[4].strip()} |")
    readme = ROOT / "README.md"
    text = readme.read_text()
    before, rest = text.split("<!-- summary -->")
    after = rest.split("<!-- /summary -->")[1]
    readme.write_text(f"{before}<!-- summary -->\n" + "\n".join(lines) + f"\n<!-- /summary -->{after}")


if __name__ == "__main__":
    main()
