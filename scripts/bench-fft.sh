#!/usr/bin/env bash
# Transforms against everything a user could pick instead, in turns within one process, each result checked first.
#
#   scripts/bench-fft.sh                 twice: all held to AVX2, then everything at its best; tables, and the worst row
#   scripts/bench-fft.sh --write         also puts the tables into benches/README.md and draws docs/fft-*.svg
#   scripts/bench-fft.sh --quick         two lengths of each group, barely timed: that all of it runs
#   CAP=avx2 scripts/bench-fft.sh        only held to AVX2; CAP=none: only at its best
#   scripts/bench-fft.sh --groups powers,audio --kinds c32 --sizes 64,480      only these
#
# About six minutes for each of the two, the first time more; SWEEPS sets how often each goes over all rows, twice if unset,
# and the least of them counts. Exit code 1 when a target is missed. Peers: RustFFT, realfft, zaft,
# PhastFFT, tfhe-fft and oxifft, built with it; FFTW by Debian's package libfftw3-dev; IPP and MKL from their Python
# wheels, fetched once into ${XDG_CACHE_HOME:-$HOME/.cache}/quaver-bench (x86-64; --quick fetches nothing). What is not
# there is listed as absent. CORE names the processor that it is pinned to, the last one if unset.
set -euo pipefail
cd "$(dirname "$0")/.."

write= quick= options=()
while [ $# -gt 0 ]; do
  case $1 in
    -h | --help) sed -n '2,14s/^# \{0,1\}//p' "$0"; exit 0 ;;
    --write) write=1 ;;
    --quick) quick=1 options+=("$1") ;;
    *) options+=("$1") ;;
  esac
  shift
done

if [ -n "$write" ] && [ ${#options[@]} -gt 0 ]; then
  echo "bench-fft.sh: --write is for a whole run" >&2
  exit 2
fi

cache=${XDG_CACHE_HOME:-$HOME/.cache}/quaver-bench
target=${CARGO_TARGET_DIR:-benches/peers/target}
mkdir -p "$cache/wisdom" "$target"

# IPP and MKL. What fails is no error: the program says what is absent.
wheels=$cache/wheels
if [ -z "$quick" ] && [ "$(uname -sm)" = "Linux x86_64" ] && [ ! -e "$wheels/ready" ]; then
  python3 -m venv "$wheels" && "$wheels/bin/pip" install --quiet ipp mkl && touch "$wheels/ready" ||
    echo "IPP and MKL could not be fetched (python3-venv and a package index are needed)" >&2
fi
# Builds of IPP for one processor look for each other under a name that the wheel lacks.
for file in "$wheels"/lib/libipp*.so.12; do
  [ ! -e "$file" ] || [ -e "$file.1" ] || ln -s "$(basename "$file")" "$file.1"
done
export QUAVER_PEERS=$wheels/lib QUAVER_WISDOM=$cache/wisdom
export LD_LIBRARY_PATH=$wheels/lib${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}

runs=()
grep -qw avx2 /proc/cpuinfo 2>/dev/null && runs+=(avx2)
# Without AVX-512 both would be the same.
{ [ ${#runs[@]} = 0 ] || grep -qw avx512f /proc/cpuinfo || [ "${CAP:-}" = none ]; } && runs+=(best)
case ${CAP:-} in
  avx2) runs=(avx2) ;;
  none) runs=(best) ;;
esac

build() { LD_LIBRARY_PATH='' cargo build --quiet --release --locked --manifest-path benches/peers/Cargo.toml --bin fft --features "$1" --target-dir "$target"; }
pin=()
command -v taskset >/dev/null && pin=(taskset -c "${CORE:-$(($(nproc) - 1))}")
for run in "${runs[@]}"; do
  case $run in
    avx2) build fft ;;
    best) build fft,avx512 ;;
  esac
  cp "$target/release/fft" "$target/fft-$run"
done
# Whoever shares the machine comes and goes by the minute: of each row and contestant the least of all sweeps counts.
sweeps=${SWEEPS:-2}
[ -z "$quick" ] || sweeps=1
declare -A files
for ((sweep = 1; sweep <= sweeps; sweep++)); do
  for run in "${runs[@]}"; do
    cap=()
    [ "$run" != avx2 ] || cap=(--cap avx2)
    echo "== $run, sweep $sweep of $sweeps"
    "${pin[@]}" "$target/fft-$run" "${cap[@]}" "${options[@]}" "$target/fft-$run-$sweep.csv"
    files[$run]+=${files[$run]:+,}$target/fft-$run-$sweep.csv
  done
done
tables=()
for run in "${runs[@]}"; do tables+=("$run=${files[$run]}"); done
echo
if [ -n "$quick" ]; then
  # Times of such a run say nothing, so a target missed is no failure: what counts is that all rows were there.
  report=$(scripts/fft_report.py "${tables[@]}") || [ $? = 1 ]
  grep '^fft: worst ratio' <<<"$report"
  exit
fi
scripts/fft_report.py ${write:+--write "scripts/bench-fft.sh"} "${tables[@]}"
