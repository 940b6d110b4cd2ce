#!/bin/bash
# The kernels against the best plain loop, in turns within one process; about ten seconds.
#   scripts/bench-kernels.sh              prints a row per case and the worst; exit code 1 when a target is missed
#   scripts/bench-kernels.sh --write      also puts the table into benches/README.md
#   scripts/bench-kernels.sh gain add     only the rows whose names contain one of the words
set -euo pipefail
cd "$(dirname "$0")/.."
write=
if [ "${1:-}" = --write ]; then
  write=1
  shift
fi
cargo build --quiet --release --locked --manifest-path benches/peers/Cargo.toml --bin kernels
if [ -z "$write" ]; then
  exec benches/peers/target/release/kernels "$@"
fi
out=$(mktemp)
trap 'rm -f "$out"' EXIT
code=0
benches/peers/target/release/kernels "$@" | tee "$out" || code=$?
scripts/table.py kernels "scripts/bench-kernels.sh" <"$out"
exit "$code"
