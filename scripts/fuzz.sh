#!/bin/sh
# Runs every fuzz target, or those named, for SECONDS each (default 60):
#
#     scripts/fuzz.sh [SECONDS [TARGET...]]
#
# Needs a nightly compiler; installs cargo-fuzz when it is missing. Inputs that were found stay in fuzz/corpus,
# those that failed in fuzz/artifacts. QUAVER_CORPUS adds the files of a corpus as seeds.
set -eu
cd "$(dirname "$0")/.."
seconds=${1:-60}
[ $# -eq 0 ] || shift

cargo +nightly --version >/dev/null 2>&1 || {
    echo "fuzz: needs a nightly compiler (rustup toolchain install nightly)" >&2
    exit 1
}
cargo fuzz --version >/dev/null 2>&1 || cargo install --locked cargo-fuzz

[ $# -gt 0 ] || set -- $(cargo +nightly fuzz list)
for target in "$@"; do
    mkdir -p "fuzz/corpus/$target"
    seeds=
    if [ -n "${QUAVER_CORPUS:-}" ] && [ "$target" = riff ]; then
        # Short files only: a header is a few hundred bytes, and the samples teach the fuzzer nothing.
        seeds=target/fuzz-seeds/$target
        mkdir -p "$seeds"
        find "$QUAVER_CORPUS" -name '*.wav' -size -8k -exec cp -f {} "$seeds" \;
    fi
    echo "fuzz: $target, $seconds s"
    # shellcheck disable=SC2086 # no seeds, no word
    cargo +nightly fuzz run "$target" "fuzz/corpus/$target" $seeds -- \
        -max_total_time="$seconds" -max_len=4096 -print_final_stats=1
done
