#!/usr/bin/env bash
# Builds liblachan.so a second time, from the committed sources in another folder with a toolchain made there, and compares
# it with the first: equal byte for byte, or exit status 1. `reproduce.sh [ABI...]`, arm64-v8a by default; minutes an ABI.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
abis=("$@"); [ $# -gt 0 ] || abis=(arm64-v8a)

# Another folder with another length of name, so that no path of the build can hide.
elsewhere=$(mktemp -d "${TMPDIR:-/tmp}/lachan-built-somewhere-else.XXXXXX")
trap 'rm -rf "$elsewhere"' EXIT
git -C "$root" diff --quiet HEAD -- Cargo.toml Cargo.lock rust-core bindings android/native ||
    { echo "reproduce: there are changes that are not committed" >&2; exit 1; }
git -C "$root" archive HEAD | tar -x -C "$elsewhere"

status=0
for abi in "${abis[@]}"; do
    [ -f "$root/android/target/native/$abi/liblachan.so" ] || "$here/build.sh" "$abi"
    "$elsewhere/android/native/build.sh" "$abi"
    if cmp "$root/android/target/native/$abi/liblachan.so" "$elsewhere/android/target/native/$abi/liblachan.so"; then
        echo "$abi: equal byte for byte, SHA-256 $(sha256sum < "$root/android/target/native/$abi/liblachan.so" | cut -d' ' -f1)"
    else
        cp "$elsewhere/android/target/native/$abi/liblachan.so" "$root/android/target/native/$abi/liblachan.so.elsewhere"
        echo "$abi: the two builds differ; the second is android/target/native/$abi/liblachan.so.elsewhere" >&2
        status=1
    fi
done
exit $status
