"""Draws what `benches/peers`' program `fft` measured as an SVG, with nothing but the standard library.

Up the page: nanoseconds over N log2 N, so that lengths from 16 to 2^20 can be read off one scale, and equal distances are
equal ratios. Called by fft_report.py.
"""

import math

SERIES = ["quaver", "ipp", "mkl", "fftw", "rustfft", "zaft", "tfhe-fft", "phastft"]
NAMES = {"ipp": "IPP", "mkl": "MKL", "fftw": "FFTW", "rustfft": "RustFFT, realfft", "phastft": "PhastFFT"}
# A colour in the light and in the dark, for each series.
COLOURS = [
    ("#c2185b", "#ff5c93"),
    ("#0072b2", "#56b4e9"),
    ("#00846b", "#2fc49b"),
    ("#8a6d00", "#e6c229"),
    ("#b34700", "#ff9248"),
    ("#6a3fb5", "#b59cf0"),
    ("#5f6b76", "#a3afba"),
    ("#7d8a3c", "#bccb6e"),
]
WIDTH, HEIGHT = 460, 300
LEFT, TOP, GAP_X, GAP_Y = 52, 92, 40, 74
# Ratio to the fastest at the same length beyond which a peer is not drawn.
SLOWEST = 6


def series(run, group: str, kind: str) -> dict[str, dict[int, float]]:
    """Nanoseconds over N log2 N by series and length."""
    found: dict[str, dict[int, float]] = {name: {} for name in SERIES}
    for n in run.points(group, kind):
        times = run.peers(group, kind, n) | {"quaver": run.ours(group, kind, n)}
        times["rustfft"] = times.get("rustfft", times.get("realfft", math.inf))
        fastest = min(times.values())
        for name in SERIES:
            if name == "quaver" or times.get(name, math.inf) <= SLOWEST * fastest:
                found[name][n] = times[name] / (n * math.log2(n))
    return {name: points for name, points in found.items() if points}


class Panel:
    def __init__(self, at: tuple[int, int], title: str, lengths: list[int], scale: tuple[float, float], powers: bool) -> None:
        self.x0, self.y0 = at
        self.title, self.lengths, self.powers = title, lengths, powers
        self.low, self.high = scale

    def x(self, n: int) -> float:
        """Powers of two by their logarithm, other lengths one beside another."""
        if self.powers:
            low, high = math.log2(self.lengths[0]), math.log2(self.lengths[-1])
            return self.x0 + 12 + (math.log2(n) - low) / max(high - low, 1) * (WIDTH - 24)
        return self.x0 + (self.lengths.index(n) + 0.5) / len(self.lengths) * WIDTH

    def y(self, value: float) -> float:
        part = math.log(value / self.low) / math.log(self.high / self.low)
        return self.y0 + HEIGHT - part * HEIGHT

    def frame(self) -> list[str]:
        out = [f'<text class="title" x="{self.x0}" y="{self.y0 - 12}">{self.title}</text>']
        for tick in (0.02, 0.03, 0.05, 0.07, 0.1, 0.15, 0.2, 0.3, 0.5, 0.7, 1, 1.5, 2, 3):
            if self.low <= tick <= self.high:
                y = self.y(tick)
                out.append(f'<path class="grid" d="M{self.x0} {y:.1f}h{WIDTH}"/>')
                out.append(f'<text class="tick" text-anchor="end" x="{self.x0 - 6}" y="{y + 4:.1f}">{tick:g}</text>')
        for i, n in enumerate(self.lengths):
            x, below = self.x(n), self.y0 + HEIGHT + 18
            if self.powers:
                if i % 2 == 0:
                    label = f"{n}" if n < 1024 else f"{n // 1024}k" if n < 1 << 20 else "1M"
                    out.append(f'<text class="tick" text-anchor="middle" x="{x:.1f}" y="{below}">{label}</text>')
            else:
                out.append(f'<text class="tick" text-anchor="middle" x="{x:.1f}" y="{below}">{n}</text>')
                if i:
                    out.append(f'<path class="grid" d="M{x - WIDTH / len(self.lengths) / 2:.1f} {self.y0}v{HEIGHT}"/>')
        return out

    def curve(self, i: int, points: dict[int, float]) -> list[str]:
        at = [(self.x(n), self.y(value)) for n, value in sorted(points.items())]
        ours = i == 0
        out = []
        if self.powers:
            path = "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in at)
            out.append(f'<path class="line s{i}{" ours" if ours else ""}" d="{path}"/>')
        for x, y in at:
            if ours and not self.powers:
                half = WIDTH / len(self.lengths) / 2 - 5
                out.append(f'<path class="line ours s0" d="M{x - half:.1f} {y:.1f}h{2 * half:.1f}"/>')
            else:
                out.append(f'<circle class="dot s{i}" cx="{x:.1f}" cy="{y:.1f}" r="{3 if ours or not self.powers else 2}"/>')
        return out


def style() -> str:
    light = "".join(f".s{i}{{stroke:{a};fill:{a}}}" for i, (a, _) in enumerate(COLOURS))
    dark = "".join(f".s{i}{{stroke:{b};fill:{b}}}" for i, (_, b) in enumerate(COLOURS))
    return (
        "text{font:12px system-ui,sans-serif;fill:#24292f}.title{font-weight:600;font-size:14px}"
        ".tick{font-size:11px;fill:#57606a}.grid{stroke:#d0d7de;stroke-width:1;fill:none}.page{fill:#ffffff}"
        ".line{fill:none!important;stroke-width:1.4;stroke-linejoin:round}.ours{stroke-width:3.4}"
        f".dot{{stroke:none!important}}{light}"
        "@media(prefers-color-scheme:dark){text{fill:#e6edf3}.tick{fill:#9da7b1}.grid{stroke:#30363d}.page{fill:#0d1117}"
        f"{dark}}}"
    )


def draw(run, how: str) -> str:
    panels = [(group, kind) for group in ("powers", "audio") for kind in ("c32", "r32")]
    titles = {"c32": "complex, f32", "r32": "real, f32"}
    found = {panel: series(run, *panel) for panel in panels}
    found = {panel: curves for panel, curves in found.items() if curves}
    values = [v for curves in found.values() for points in curves.values() for v in points.values()]
    if not values:
        return '<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>\n'
    scale = (min(values) * 0.93, max(values) * 1.07)
    width = LEFT + 2 * WIDTH + GAP_X + 14
    height = TOP + 2 * HEIGHT + GAP_Y + 34
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}">',
        f"<title>Nanoseconds of a transform over N log2 N, {how}</title><style>{style()}</style>",
        f'<rect class="page" width="{width}" height="{height}"/>',
        f'<text class="title" x="{LEFT}" y="24">Time of a forward transform, in ns over N log2 N: lower is faster ({how})</text>',
    ]
    x = LEFT
    shown = {name for curves in found.values() for name in curves}
    for i, name in enumerate(SERIES):
        if name in shown:
            out.append(f'<path class="line s{i}{" ours" if i == 0 else ""}" d="M{x} 46h18"/>')
            if i:
                out.append(f'<circle class="dot s{i}" cx="{x + 9}" cy="46" r="3"/>')
            out.append(f'<text x="{x + 24}" y="50">{NAMES.get(name, name)}</text>')
            x += 48 + 7 * len(NAMES.get(name, name))
    for (group, kind), curves in found.items():
        powers = group == "powers"
        at = (LEFT + (WIDTH + GAP_X) * (kind == "r32"), TOP + (HEIGHT + GAP_Y) * (not powers))
        title = f"{titles[kind]}: " + ("powers of two" if powers else "lengths of audio")
        panel = Panel(at, title, sorted({n for points in curves.values() for n in points}), scale, powers)
        out += panel.frame()
        # Ours last, on top.
        for name in reversed(SERIES):
            if name in curves:
                out += panel.curve(SERIES.index(name), curves[name])
    return "\n".join([*out, "</svg>"]) + "\n"
