#!/usr/bin/env bash
# Instructions of one complex f32 transform on aarch64, ours beside RustFFT's, counted while an emulator executes them.
#
#   scripts/count-neon.sh               powers of two, 64..4096: a row per length and the worst
#   scripts/count-neon.sh 480 960       these lengths
#   scripts/count-neon.sh --write       also puts the table into benches/README.md
#
# Needs qemu-aarch64 (Debian: qemu-user-static) and a compiler for aarch64: rustup's library for the target, or what
# scripts/cross.sh unpacks; and gcc-aarch64-linux-gnu to link. Without them: exit code 77. The emulator translates
# single instructions and logs each it enters (-d exec); what lies between two calls of a marker is counted. The
# figures are the same from run to run, and say nothing of what an instruction costs.
set -euo pipefail
cd "$(dirname "$0")/.."

write=
case ${1:-} in
  -h | --help) sed -n '2,6s/^# \{0,1\}//p' "$0"; exit 0 ;;
  --write) write=1; shift ;;
esac
[ $# -gt 0 ] || set -- 64 128 256 512 1024 2048 4096

triple=aarch64-unknown-linux-gnu
qemu=$(command -v qemu-aarch64-static || command -v qemu-aarch64) ||
  { echo "skipped: no qemu-aarch64 (Debian: qemu-user-static)"; exit 77; }
command -v aarch64-linux-gnu-gcc >/dev/null ||
  { echo "skipped: no aarch64-linux-gnu-gcc (Debian: gcc-aarch64-linux-gnu libc6-dev-arm64-cross)"; exit 77; }
if [ -n "${QUAVER_NO_RUSTUP:-}" ] || ! rustup target list --installed 2>/dev/null | grep -qx $triple; then
  if [ ! -e "${XDG_CACHE_HOME:-$HOME/.cache}/quaver-cross/ready" ]; then
    echo "skipped: no library for $triple (rustup target add $triple, or scripts/cross.sh)"
    exit 77
  fi
  eval "$(scripts/cross.sh)"
fi
export CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_LINKER=aarch64-linux-gnu-gcc
export CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-$PWD/target}/cross
RUSTFLAGS='' cargo build --quiet --release --locked --manifest-path benches/peers/Cargo.toml --bin marked --target $triple

# The flag changed its name with version 8.1.
one=-one-insn-per-tb
"$qemu" -h | grep -q -- "$one" || one=-singlestep
out=$(mktemp)
trap 'rm -f "$out"' EXIT
"$qemu" -L /usr/aarch64-linux-gnu $one -d exec,nochain -D /dev/stdout \
  "$CARGO_TARGET_DIR/$triple/release/marked" "$@" |
  awk -v lengths="$*" '
    # A call of the marker is a few instructions: the first of them ends what was before, the last begins it.
    / quaver_marker$/ { if (!inside) { inside = 1; counts[++n] = now }; now = 0; next }
    /^Trace/ { inside = 0; now++ }
    END {
      print "| points | quaver | RustFFT, out of place | RustFFT, in place | ours / theirs | target |"
      print "|---|---|---|---|---|---|"
      many = split(lengths, length_of, " ")
      for (i = 1; i <= many; i++) {
        # Six markers a length; the counts between the first and second, third and fourth, fifth and sixth.
        ours = counts[6 * i - 4]; out = counts[6 * i - 2]; in_place = counts[6 * i]
        best = out < in_place ? out : in_place
        ratio = ours / best
        printf "| %d | %d | %d | %d | %.2f | <= 1.10 |\n", length_of[i], ours, out, in_place, ratio
        if (ratio > worst) { worst = ratio; at = length_of[i] }
        log_sum += log(ratio)
      }
      printf "\nneon: worst ratio %.2f (%d points); geometric mean of ours / theirs %.2f\n", 1.1 / worst, at, exp(log_sum / many)
      exit worst > 1.1
    }' | tee "$out" && code=0 || code=$?
[ -z "$write" ] || scripts/table.py neon "scripts/count-neon.sh" <"$out"
exit $code
