#!/usr/bin/env python3
"""Holds what `benches/peers`' program `fft` measured against the targets, and makes its tables.

    scripts/fft_report.py [--write COMMAND] avx2=FILE.csv,FILE.csv... best=FILE.csv,FILE.csv...

`avx2`: everything held to AVX2; `best`: everything at its best. Either may be missing. Of several files, sweeps over the
same rows, the least time of each row and contestant counts. Prints markdown, and as the last
line the smallest of achieved over target of all rows; exit code 1 when that is below 1. `--write` puts the tables into
benches/README.md, and draws docs/fft-*.svg.
"""

import csv
import math
import sys
from collections import defaultdict
from typing import Callable, Iterable, NamedTuple

import chart
import table

RUNS = {"avx2": "held to AVX2", "best": "uncapped"}
KINDS = {"c32": "complex f32", "r32": "real f32", "c64": "complex f64", "r64": "real f64"}
POWERS, AUDIO = "2^4 .. 2^16", "audio lengths"

# Best peer's time over ours, no less than: each size, and the geometric mean.
AHEAD = [
    ("powers", "c32", POWERS, 1.0, 1.25),
    ("powers", "r32", POWERS, 1.05, 1.35),
    ("powers", "c64", POWERS, 1.0, 1.15),
    ("powers", "r64", POWERS, 1.0, 1.25),
    ("audio", "c32", AUDIO, 1.05, 1.35),
    ("audio", "r32", AUDIO, 1.05, 1.4),
    ("audio", "c64", AUDIO, 1.0, 1.2),
    ("audio", "r64", AUDIO, 1.0, 1.2),
    ("primes", "c32", "97, 1009, 2047, 3001", 1.0, 1.3),
    *(("random", kind, "20 random 7-smooth lengths", 1.0, 1.2) for kind in KINDS),
    ("large", "c32", "2^17, 2^18, 2^20", 1.1, None),
    ("large", "c64", "2^17, 2^18, 2^20", 1.1, None),
]
# Ours against something else of one length, no more than.
WITHIN = [
    ("inverse over forward", 1.03),
    ("in place over out of place", 1.10),
    ("plan time over IPP's", 1.0),
    ("plan bytes over IPP's", 1.0),
    ("scalar level over RustFFT's scalar planner", 4.0),
    ("primes p with 7-smooth p - 1, over the best 7-smooth length within 10 %", 4.5),
    ("other primes, the same", 6.0),
    ("lengths with factors 11 and 13, the same", 1.6),
]
NEIGHBOURS = {"easy primes": WITHIN[5][0], "hard primes": WITHIN[6][0], "11 and 13": WITHIN[7][0]}


class Entry(NamedTuple):
    least: float
    bytes: int
    scratch: int


class Run:
    """The files of one run: their remarks, and an entry for each (group, kind, points, peer, form)."""

    def __init__(self, paths: str) -> None:
        self.rows: dict = defaultdict(dict)
        for path in paths.split(","):
            lines = open(path).read().splitlines()
            self.remarks = [line[2:] for line in lines if line.startswith("#")]
            for row in csv.DictReader(line for line in lines if not line.startswith("#")):
                entry = Entry(float(row["least_ns"]), int(row["plan_bytes"]), int(row["scratch_bytes"]))
                entries = self.rows[row["group"], row["kind"], int(row["points"])]
                key = row["peer"], row["form"]
                entries[key] = min(entry, entries.get(key, entry))

    def points(self, group: str, kind: str) -> list[int]:
        return [n for g, k, n in self.rows if (g, k) == (group, kind)]

    def ours(self, group: str, kind: str, n: int) -> float:
        """Either side in the faster of its two forms, to another slice or in place."""
        rows = self.rows[group, kind, n]
        return min(e.least for (peer, form), e in rows.items() if peer == "quaver" and form != "inverse")

    def peers(self, group: str, kind: str, n: int) -> dict[str, float]:
        best: dict[str, float] = {}
        for (peer, _), entry in self.rows[group, kind, n].items():
            if not peer.startswith("quaver"):
                best[peer] = min(entry.least, best.get(peer, math.inf))
        return best

    def ahead(self, group: str, kind: str, n: int) -> tuple[float, str, float]:
        """The best peer's time over ours, its name, its time."""
        peers = self.peers(group, kind, n)
        peer = min(peers, key=peers.get)
        return peers[peer] / self.ours(group, kind, n), peer, peers[peer]


class Verdict(NamedTuple):
    """One target: what was asked, what came out and where. `score` is achieved over target, 1 is met."""

    row: str
    asked: str
    achieved: str
    score: float

    def cell(self) -> str:
        return self.achieved if self.score >= 1 else f"{self.achieved}, **missed by a factor of {1 / self.score:.2f}**"


def geometric(ratios: Iterable[float]) -> float:
    logs = [math.log(ratio) for ratio in ratios]
    return math.exp(sum(logs) / len(logs))


def no_less(row: str, target: float, ratios: dict[str, float]) -> Verdict:
    at = min(ratios, key=ratios.get)
    return Verdict(row, f">= {target:.2f}", f"{ratios[at]:.2f} ({at})", ratios[at] / target)


def no_more(row: str, target: float, ratios: dict[str, float]) -> Verdict:
    at = max(ratios, key=ratios.get)
    return Verdict(row, f"<= {target:.2f}", f"{ratios[at]:.2f} ({at})", target / ratios[at])


def within(run: Run) -> dict[str, dict[str, float]]:
    """The ratios of the rows of WITHIN: by row, then by "kind points"."""
    found: dict[str, dict[str, float]] = defaultdict(dict)
    for (group, kind, n), rows in run.rows.items():
        at = f"{kind} {n}"
        forward = rows.get(("quaver", "forward"))
        if group == "scalar":
            theirs = [e.least for (peer, _), e in rows.items() if peer == "rustfft scalar"]
            found[WITHIN[4][0]][at] = rows["quaver scalar", "forward"].least / min(theirs)
        elif group == "plan":
            if ("ipp", "forward") in rows:
                found[WITHIN[2][0]][at] = forward.least / rows["ipp", "forward"].least
                found[WITHIN[3][0]][at] = forward.bytes / rows["ipp", "forward"].bytes
        elif group in NEIGHBOURS:
            near = [e.least for (peer, _), e in rows.items() if peer != "quaver"]
            found[NEIGHBOURS[group]][at] = forward.least / min(near)
        else:
            found[WITHIN[0][0]][at] = rows["quaver", "inverse"].least / forward.least
            if ("quaver", "forward in place") in rows:
                found[WITHIN[1][0]][at] = rows["quaver", "forward in place"].least / forward.least
    return found


def verdicts(name: str, run: Run) -> list[Verdict]:
    found = []
    for group, kind, lengths, each, mean in AHEAD:
        ratios = {f"{n}, {run.ahead(group, kind, n)[1]}": run.ahead(group, kind, n)[0] for n in run.points(group, kind)}
        if not ratios:
            continue
        row = f"{KINDS[kind]}, {lengths}"
        found.append(no_less(f"{row}: each", each, ratios))
        if mean:
            ratio = geometric(ratios.values())
            found.append(Verdict(f"{row}: mean", f">= {mean:.2f}", f"{ratio:.2f}", ratio / mean))
    # One size has a target of its own, against one peer.
    theirs = run.peers("powers", "c64", 64).get("ipp") if name == "avx2" and 64 in run.points("powers", "c64") else None
    if theirs:
        ratio = theirs / run.ours("powers", "c64", 64)
        found.append(Verdict("complex f64, 64 points, against IPP", ">= 1.38", f"{ratio:.2f}", ratio / 1.38))
    ratios = within(run)
    found += [no_more(row, target, ratios[row]) for row, target in WITHIN if ratios[row]]
    return found


def markdown(header: list[str], rows: Iterable[list[str]]) -> str:
    line = lambda cells: "| " + " | ".join(cells) + " |"
    return "\n".join([line(header), "|" + "---|" * len(header), *(line(row) for row in rows)])


def ns(value: float) -> str:
    return f"{value:.1f}" if value < 100 else f"{value:,.0f}"


def summary(judged: dict[str, list[Verdict]]) -> str:
    rows: dict[str, dict] = defaultdict(dict)
    for name, found in judged.items():
        for verdict in found:
            rows[verdict.row, verdict.asked][name] = verdict.cell()
    body = [[*row, *(cells.get(name, "") for name in judged)] for row, cells in rows.items()]
    return markdown(["", "target", *(RUNS[name] for name in judged)], body)


def sizes(runs: dict[str, Run], kind: str) -> str:
    header, body, last = ["points"], [], None
    for name in runs:
        header += [f"ours, ns, {RUNS[name]}", "best peer", "ratio"]
    for group, n in dict.fromkeys((g, n) for run in runs.values() for g, k, n in run.rows if k == kind):
        if group not in ("powers", "audio", "primes", "random", "large"):
            continue
        cells = []
        for run in runs.values():
            if (group, kind, n) not in run.rows:
                cells += [""] * 3
                continue
            ratio, peer, time = run.ahead(group, kind, n)
            cells += [ns(run.ours(group, kind, n)), f"{peer} {ns(time)}", f"{ratio:.2f}"]
        body.append([f"{n}" if group != "random" else f"{n} (random)", *cells])
    return markdown(header, body)


def each_peer(runs: dict[str, Run]) -> str:
    """Geometric means of a peer's time over ours, of the sizes that it has."""
    columns = [(group, kind) for group in ("powers", "audio") for kind in KINDS]
    titles = {"powers": POWERS, "audio": "audio"}
    body = []
    for name, run in runs.items():
        ratios: dict = defaultdict(lambda: defaultdict(list))
        for group, kind in columns:
            for n in run.points(group, kind):
                for peer, time in run.peers(group, kind, n).items():
                    ratios[peer][group, kind].append(time / run.ours(group, kind, n))
        for peer in sorted(ratios, key=lambda peer: geometric(sum(ratios[peer].values(), []))):
            cells = [f"{geometric(ratios[peer][c]):.2f}" if ratios[peer][c] else "" for c in columns]
            body.append([f"{peer}, {RUNS[name]}", *cells])
    return markdown(["", *(f"{kind}, {titles[group]}" for group, kind in columns)], body)


def forms(runs: dict[str, Run]) -> str:
    body: dict[int, dict] = defaultdict(dict)
    columns = []
    for name, run in runs.items():
        ratios = within(run)
        for row, title in ((WITHIN[0][0], "inverse"), (WITHIN[1][0], "in place")):
            for kind in KINDS:
                cells = {int(at.split()[1]): ratio for at, ratio in ratios[row].items() if at.startswith(kind)}
                if cells:
                    columns.append((f"{kind} {title}, {RUNS[name]}", cells))
    points = sorted({n for _, cells in columns for n in cells})
    body = [[f"{n}", *(f"{cells[n]:.2f}" if n in cells else "" for _, cells in columns)] for n in points]
    return markdown(["points", *(title for title, _ in columns)], body)


def plans(runs: dict[str, Run]) -> str:
    body = []
    for name, run in runs.items():
        for (group, kind, n), rows in run.rows.items():
            if group != "plan":
                continue
            ours, theirs = rows["quaver", "forward"], rows.get(("ipp", "forward"))
            cells = [f"{ours.least / 1e3:.1f}", f"{theirs.least / 1e3:.1f}" if theirs else ""]
            for entry in (ours, theirs):
                cells.append(f"{entry.bytes:,} + {entry.scratch:,}" if entry else "")
            body.append([f"{kind} {n}, {RUNS[name]}", *cells])
    return markdown(["", "ours, us", "IPP, us", "ours, bytes + scratch", "IPP, bytes + scratch"], body)


def ratios_of(runs: dict[str, Run], rows: list[str], first: str) -> str:
    found = {name: within(run) for name, run in runs.items()}
    keys = list(dict.fromkeys((row, at) for name in found for row in rows for at in found[name][row]))
    cell = lambda name, row, at: f"{found[name][row][at]:.2f}" if at in found[name][row] else ""
    body = [[at, *([row] if len(rows) > 1 else []), *(cell(name, row, at) for name in found)] for row, at in keys]
    return markdown([first, *(["row"] if len(rows) > 1 else []), *(RUNS[name] for name in found)], body)


def report(runs: dict[str, Run], judged: dict[str, list[Verdict]]) -> str:
    remarks = "\n".join(f"- {RUNS[name]}: {'; '.join(run.remarks)}" for name, run in runs.items())
    parts = [remarks, "### Targets", summary(judged)]
    parts += ["### Each peer, its time over ours (geometric mean)", each_peer(runs)]
    for kind, title in KINDS.items():
        parts += [f"### {title[0].upper()}{title[1:]} ({kind})", sizes(runs, kind)]
    parts += ["### Inverse over forward, in place over out of place", forms(runs)]
    parts += ["### Planning", plans(runs)]
    parts += ["### Scalar level over RustFFT's scalar planner", ratios_of(runs, [WITHIN[4][0]], "points")]
    parts += ["### Other lengths over their best 7-smooth neighbour", ratios_of(runs, list(NEIGHBOURS.values()), "points")]
    # A run of some groups only has no rows for the others.
    return "\n\n".join(part for part in parts if not part.endswith("---|")) + "\n\n" + last_line(judged)


def last_line(judged: dict[str, list[Verdict]]) -> str:
    worst = min(((v.score, f"{v.row}, {RUNS[name]}") for name, found in judged.items() for v in found), default=(0, "no row"))
    return f"fft: worst ratio {worst[0]:.2f} ({worst[1]})"


def main() -> int:
    args = sys.argv[1:]
    command = None
    if args[:1] == ["--write"]:
        command, args = args[1], args[2:]
    runs = {name: Run(path) for name, path in (arg.split("=", 1) for arg in args)}
    judged = {name: verdicts(name, run) for name, run in runs.items()}
    text = report(runs, judged)
    print(text)
    if command:
        table.put("fft", command, text)
        for name, run in runs.items():
            (table.ROOT / "docs" / f"fft-{name}.svg").write_text(chart.draw(run, RUNS[name]))
    return min((v.score for found in judged.values() for v in found), default=0) < 1


if __name__ == "__main__":
    sys.exit(main())
