#!/bin/bash
# The example `analyse` on ten minutes of 48 kHz 16-bit stereo, its picture included, and its peak memory; then on an hour.
#   scripts/bench-analyse.sh              prints the rows and the worst; exit code 1 when a target is missed
#   scripts/bench-analyse.sh --write      also puts the table into benches/README.md
set -euo pipefail
cd "$(dirname "$0")/.."
cargo build --quiet --release --locked --example analyse
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
code=0
python3 - "$out" <<'PY' | tee "$out/table" || code=$?
"""Makes the files, runs the program five times each in turns, and prints the least and the median."""
import array, math, os, random, resource, statistics, struct, subprocess, sys, time

folder, rate = sys.argv[1], 48000
random.seed(1)
second = array.array("h")
for n in range(rate):
    tone = 9000 * math.sin(2 * math.pi * 440 * n / rate) + 4000 * math.sin(2 * math.pi * 1234 * n / rate)
    second.extend(int(tone + random.gauss(0, 300)) for _ in range(2))
block = second.tobytes()

def write(name, seconds):
    path = os.path.join(folder, name)
    size = len(block) * seconds
    with open(path, "wb") as file:
        file.write(b"RIFF" + struct.pack("<I", 36 + size) + b"WAVEfmt " + struct.pack("<IHHIIHH", 16, 1, 2, rate, rate * 4, 4, 16))
        file.write(b"data" + struct.pack("<I", size))
        for _ in range(seconds):
            file.write(block)
    return path

def run(path):
    command = ["target/release/examples/analyse", path, "--png", os.path.join(folder, "out.png")]
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    took = time.perf_counter() - start
    assert status == 0
    return took, usage.ru_maxrss / 1024

rows = []
print("| case | measured | target | achieved / target |\n|---|---|---|---|")
for name, seconds, rounds in (("10 minutes", 600, 7), ("1 hour", 3600, 3)):
    path = write("sound.wav", seconds)
    run(path)
    times, memory = zip(*(run(path) for _ in range(rounds)))
    speed, median, peak = seconds / min(times), seconds / statistics.median(times), max(memory)
    rows.append((speed / 1000, f"{name}, speed"))
    print(f"| {name}, speed | {speed:.0f} x real time (median {median:.0f}) | 1000 x | {speed / 1000:.2f} |")
    rows.append((32 / peak, f"{name}, peak memory"))
    print(f"| {name}, peak memory | {peak:.1f} MiB | <= 32 MiB | {32 / peak:.2f} |")
worst, row = min(rows)
print(f"\nanalyse: worst ratio {worst:.2f} ({row})")
sys.exit(worst < 1)
PY
if [ "${1:-}" = --write ]; then
  scripts/table.py analyse "scripts/bench-analyse.sh" <"$out/table"
fi
exit "$code"
