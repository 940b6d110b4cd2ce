#!/usr/bin/env bash
# What stands around the transforms (cosine and lapped transforms, transforms in slices) against what a user could pick
# instead, in turns within one process, each result checked first; about two minutes for each level.
#
#   scripts/bench-fft-more.sh            held to AVX2, then everything at its best; the last line names the worst row
#   scripts/bench-fft-more.sh --write    also puts the rows into benches/README.md
#   scripts/bench-fft-more.sh --quick    two sizes of each group, barely timed: that all of it runs
#   CAP=avx2 scripts/bench-fft-more.sh   only held to AVX2; CAP=none: only at its best
#
# Exit code 1 when a target is missed. Peers: rustdct, and FFTW by Debian's package libfftw3-dev; what is not there is absent
# from the rows. CORE names the processor that it is pinned to, the last one if unset.
set -euo pipefail
cd "$(dirname "$0")/.."

write='' quick=''
for option in "$@"; do
  case $option in
    -h | --help) sed -n '2,11s/^# \{0,1\}//p' "$0"; exit 0 ;;
    --write) write=1 ;;
    --quick) quick=--quick ;;
    *) echo "bench-fft-more.sh: unknown option $option" >&2; exit 2 ;;
  esac
done

export QUAVER_WISDOM=${XDG_CACHE_HOME:-$HOME/.cache}/quaver-bench/wisdom
target=${CARGO_TARGET_DIR:-benches/peers/target}
mkdir -p "$QUAVER_WISDOM"
cargo build --quiet --release --locked --manifest-path benches/peers/Cargo.toml --bin fft_more --features fft --target-dir "$target"

caps=(none)
! grep -qw avx2 /proc/cpuinfo 2>/dev/null || ! grep -qw avx512f /proc/cpuinfo || caps=(avx2 none)
caps=(${CAP:-${caps[@]}})
pin=()
! command -v taskset >/dev/null || pin=(taskset -c "${CORE:-$(($(nproc) - 1))}")
out=$(mktemp)
trap 'rm -f "$out"' EXIT
for cap in "${caps[@]}"; do
  options=($quick)
  [ "$cap" != avx2 ] || options+=(--cap avx2)
  "${pin[@]}" "$target/release/fft_more" ${options[@]+"${options[@]}"} | tee -a "$out"
done
# The worst of the levels is the last line, here and in the table.
worst=$(grep '^fft-more: worst ratio' "$out" | sort -k 4 -g | head -n 1)
sed -i '/^fft-more: worst ratio/d' "$out"
echo "$worst" | tee -a "$out"
[ -z "$write" ] || { echo '```text'; cat "$out"; echo '```'; } | scripts/table.py fft-more "scripts/bench-fft-more.sh"
[ -n "$quick" ] || awk '/^fft-more: worst ratio/ { exit !($4 >= 1) }' "$out"
