#!/bin/bash
# Transforms against RustFFT and realfft, in turns within one process; about ten seconds.
#   scripts/bench-fft.sh              prints a row per case and the worst; exit code 1 when a target is missed
#   scripts/bench-fft.sh --write      also puts the table into benches/README.md
set -euo pipefail
cd "$(dirname "$0")/.."
cargo build --quiet --release --locked --manifest-path benches/peers/Cargo.toml --bin fft
if [ "${1:-}" != --write ]; then
  exec benches/peers/target/release/fft
fi
out=$(mktemp)
trap 'rm -f "$out"' EXIT
code=0
benches/peers/target/release/fft | tee "$out" || code=$?
scripts/table.py fft "scripts/bench-fft.sh" <"$out"
exit "$code"
