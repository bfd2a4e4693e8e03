#!/usr/bin/env bash
# Runs the arm64 library under qemu-user on pictures and a chat, and compares each verdict with that of this machine's
# library: the same, byte for byte. Says so loudly, and passes, where a tool or the library is missing.
#     tests/qemu/run.sh [android/target/native/arm64-v8a/liblachan.so]
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
library=${1:-$root/android/target/native/arm64-v8a/liblachan.so}
sysroot=/usr/aarch64-linux-gnu
skip() { printf 'SKIPPED: the arm64 library was not run: %s\n' "$*" >&2; exit 0; }
[ -f "$library" ] || skip "no $library (make android-native)"
command -v qemu-aarch64 >/dev/null || skip "no qemu-aarch64 (apt-get install qemu-user)"
[ -f "$sysroot/lib/libc.so.6" ] || skip "no arm64 C library (apt-get install libc6-dev-arm64-cross)"
command -v clang-22 >/dev/null || skip "no clang-22 (android/native/setup.sh)"
[ -f "$root/target/debug/liblachan.so" ] || skip "no library of this machine (cargo build)"

work=$root/android/target/qemu
rm -rf "$work" && mkdir -p "$work/lib"
link=(clang-22 --target=aarch64-linux-gnu --ld-path=/usr/lib/llvm-22/bin/ld.lld -O1 -fPIC -isystem "$sysroot/include" -L"$sysroot/lib" -nostdlib)
# The names that the library asks for, with this machine's arm64 C library behind them.
"${link[@]}" -shared -Wl,-soname,libc.so "$here/bionic_on_glibc.c" -o "$work/lib/libc.so" "$sysroot/lib/libc.so.6"
for name in libm:libm.so.6 libdl:libdl.so.2 liblog:libc.so.6; do
    "${link[@]}" -shared "-Wl,-soname,${name%:*}.so" -x c /dev/null -x none -o "$work/lib/${name%:*}.so" -Wl,--no-as-needed "$sysroot/lib/${name#*:}"
done
"${link[@]}" -pie "$sysroot/lib/Scrt1.o" "$sysroot/lib/crti.o" "$here/verdicts.c" -o "$work/verdicts-arm64" "$sysroot/lib/libc.so.6" "$sysroot/lib/crtn.o" -Wl,-dynamic-linker,/lib/ld-linux-aarch64.so.1
cc -O1 "$here/verdicts.c" -o "$work/verdicts-host" -ldl
# glibc has no version called LIBC; the code and the data stay as they are.
python3 "$here/without_versions.py" "$library" "$work/lib/liblachan.so"

photographs=$(echo "$root"/.cache/python/lib/*/site-packages/skimage/data)
"$root/target/debug/lachan" marker nudity "$work/marker.png" >/dev/null
head -c 20000 "$photographs/rocket.jpg" > "$work/cut.jpg"
{
    for picture in coffee.png rocket.jpg chelsea.png retina.jpg; do echo "picture $photographs/$picture"; done
    echo "picture $work/marker.png"
    echo "picture $work/cut.jpg"
    cat "$here/chat.txt"
} > "$work/inputs"

"$work/verdicts-host" "$root/target/debug/liblachan.so" "$root/models/built" < "$work/inputs" > "$work/host"
time LD_LIBRARY_PATH= qemu-aarch64 -L "$sysroot" -E "LD_LIBRARY_PATH=$work/lib" \
    "$work/verdicts-arm64" "$work/lib/liblachan.so" "$root/models/built" < "$work/inputs" > "$work/arm64"
[ "$(wc -l < "$work/host")" -eq "$(wc -l < "$work/inputs")" ]
diff "$work/host" "$work/arm64" || { echo "the arm64 library answers otherwise" >&2; exit 1; }
echo "$(wc -l < "$work/inputs") verdicts of the arm64 library are those of this machine's ($(sort -u "$work/host" | wc -l) different ones)"
