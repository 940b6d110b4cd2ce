#!/usr/bin/env bash
# Prepares what builds and runs quaver for another machine where rustup cannot: a second Rust compiler with the
# aarch64 standard library and the sources of the library, taken from Debian's packages and unpacked beside the
# system. Nothing is installed over the toolchain in use.
#
#   eval "$(scripts/cross.sh)"                              prepares once (about a minute), prints the exports
#   cargo test --target aarch64-unknown-linux-gnu           NEON under emulation
#   cargo check -Zbuild-std=core,alloc --target thumbv7em-none-eabihf --no-default-features
#
# Use a CARGO_TARGET_DIR of its own with it: the compiler is another one. Needs root and apt-get on Debian 12.
# Everything lands in ${XDG_CACHE_HOME:-$HOME/.cache}/quaver-cross.
set -euo pipefail

dir=${XDG_CACHE_HOME:-$HOME/.cache}/quaver-cross
version=1.96
host=x86_64-unknown-linux-gnu

prepare() {
  if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null || [ "$(uname -m)" != x86_64 ]; then
    echo "cross.sh: needs root, apt-get and an x86-64 machine" >&2
    return 1
  fi
  mkdir -p "$dir/debs" "$dir/arm64/partial" "$dir/root" "$dir/bin"
  apt-get update -q
  apt-get install -y -q --no-install-recommends qemu-user-static gcc-aarch64-linux-gnu libc6-dev-arm64-cross

  # The lists of the other architecture live in a folder of their own, so that the system's stay as they are.
  local foreign=(-oAPT::Architecture=arm64 -oAPT::Architectures=arm64 "-oDir::State::Lists=$dir/arm64"
    -oDir::Cache::pkgcache= -oDir::Cache::srcpkgcache=)
  cd "$dir/debs"
  apt-get download -q rustc-web libstd-rust-web-dev "libstd-rust-web-$version" rust-web-src libllvm22
  apt-get "${foreign[@]}" update -q
  apt-get "${foreign[@]}" download -q libstd-rust-web-dev "libstd-rust-web-$version"
  local package tool
  for package in *.deb; do dpkg -x "$package" "$dir/root"; done

  for tool in rustc rustdoc; do
    cat >"$dir/bin/$tool" <<X
#!/bin/sh
export LD_LIBRARY_PATH=$dir/root/usr/lib/x86_64-linux-gnu\${LD_LIBRARY_PATH:+:\$LD_LIBRARY_PATH}
exec $dir/root/usr/bin/$tool "\$@"
X
    chmod +x "$dir/bin/$tool"
  done

  # The sanitizers' run-time libraries are not packaged: those of the toolchain in use serve.
  local ours library
  ours=$(rustc --print sysroot)/lib/rustlib/$host/lib
  for library in asan tsan; do
    if [ -e "$ours/librustc-stable_rt.$library.a" ]; then
      cp "$ours/librustc-stable_rt.$library.a" "$dir/root/usr/lib/rustlib/$host/lib/"
    fi
  done
  touch "$dir/ready"
}

[ -e "$dir/ready" ] || prepare >&2
cat <<X
export RUSTC=$dir/bin/rustc RUSTDOC=$dir/bin/rustdoc RUSTC_BOOTSTRAP=1
export CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_LINKER=aarch64-linux-gnu-gcc
export CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_RUNNER="qemu-aarch64-static -L /usr/aarch64-linux-gnu"
X
