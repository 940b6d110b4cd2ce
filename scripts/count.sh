#!/usr/bin/env bash
# The regression gate: instructions of every real-time safe call, under callgrind, against scripts/counts.txt.
#
#   scripts/count.sh             fails when a call takes over 3 % (and 20 instructions) more than the file says
#   scripts/count.sh --update    writes the file
#
# Counts are the same from run to run, on a machine however busy. They depend on the compiler, whose version stands
# in the file: with another one nothing is compared, and the exit status is 77. So it is without valgrind.
set -euo pipefail
cd "$(dirname "$0")/.."

file=scripts/counts.txt
levels="scalar portable avx2"
# Points of a transform, half the samples of a block: smooth, a power of two, and a prime.
lengths="480 1024 97"
# And of transforms alone, forward and inverse, complex and real, f32 and f64, at one level: with those above, more than
# twenty lengths. The level is named, since valgrind knows no AVX-512 and detection would tell of the machine.
transform_level=avx2
transform_lengths="16 32 64 128 256 512 2048 4096 16384 120 240 441 882 960 1764 1920 4410 44100 1009 2047"
target=${CARGO_TARGET_DIR:-$PWD/target}/counts

for tool in valgrind callgrind_annotate; do
  command -v $tool >/dev/null || { echo "skipped: no $tool (package valgrind)"; exit 77; }
done
if [ "$(uname -sm)" != "Linux x86_64" ]; then
  echo "skipped: counts are of x86-64 Linux"
  exit 77
fi
compiler=$(rustc --version)
recorded=$(sed -n 's/^# compiler: //p' $file 2>/dev/null || true)
if [ "${1:-}" != --update ] && [ "$recorded" != "$compiler" ]; then
  echo "skipped: $file holds the counts of ${recorded:-no compiler}, this is $compiler"
  exit 77
fi

RUSTFLAGS='' cargo build --locked --release --quiet --bin counts --manifest-path tests/rt_cdylib/Cargo.toml --target-dir "$target"

# Lines "level length call instructions", of calls that take 100 instructions or more.
count() {
  local level length
  {
    for level in $levels; do
      for length in $lengths; do count_one "$level" "$length"; done
    done
    for length in $transform_lengths; do count_one $transform_level "$length" transforms; done
  } | LC_ALL=C sort -k1,1 -k2,2n -k3,3
}

# count_one LEVEL LENGTH [transforms]
count_one() {
  local profile=$target/callgrind.out
  rm -f "$profile"
  valgrind --quiet --tool=callgrind --callgrind-out-file="$profile" "$target/release/counts" "$@" \
    2>"$target/valgrind.err" || { cat "$target/valgrind.err" >&2; return 1; }
  callgrind_annotate --inclusive=yes --threshold=100 "$profile" |
    awk -v level="$1" -v points="$2" '
      match($0, /:rt_[a-z0-9_]+/) {
        call = substr($0, RSTART + 4, RLENGTH - 4)
        gsub(",", "", $1)
        if ($1 >= 100 && !(call in seen)) { seen[call]; print level, points, call, $1 }
      }'
}

counts=$(count)
if [ "${1:-}" = --update ]; then
  {
    echo "# Instructions of one call, by callgrind: level, points, call, instructions. Written by scripts/count.sh --update"
    echo "# compiler: $compiler"
    echo "$counts"
  } >$file
  echo "wrote $(echo "$counts" | wc -l) counts to $file"
  exit
fi

awk '
  /^#/ { next }
  { key = $1 " " $2 " " $3 }
  FILENAME != "-" { was[key] = $4; next }
  {
    is[key] = $4
    if (!(key in was)) { print "new, not in the file: " $0; unknown++; next }
    if ($4 > was[key] * 1.03 && $4 > was[key] + 20) { printf "SLOWER %s: %d, was %d (%+.1f %%)\n", key, $4, was[key], 100 * ($4 / was[key] - 1); slower++ }
    if ($4 < was[key] * 0.97 && $4 < was[key] - 20) { printf "better %s: %d, was %d (%+.1f %%)\n", key, $4, was[key], 100 * ($4 / was[key] - 1) }
  }
  END {
    for (key in was) { all++; if (!(key in is)) { print "in the file, but not called: " key; unknown++ } }
    printf "%d counts, %d slower, %d without a partner\n", all, slower, unknown
    if (unknown) print "to record those: scripts/count.sh --update, and look at the difference"
    exit (slower > 0)
  }' $file - <<<"$counts"
