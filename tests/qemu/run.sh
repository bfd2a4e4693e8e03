#!/usr/bin/env bash
# Runs the libraries of phones on pictures and a chat, and compares each verdict with that of this machine's library: the
# same, byte for byte. Those of other machines run under qemu-user, that of x86_64 by itself. Says so loudly, and passes,
# where a tool or a library is missing; with REQUIRED=1, as `make aar` has it, it fails instead.
#     tests/qemu/run.sh [ABI...]                      arm64-v8a, armeabi-v7a, x86_64
#     tests/qemu/run.sh --time N LIBRARY...           libraries of x86_64 side by side: milliseconds a picture, N times
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
work=$root/android/target/qemu
packages=(qemu-user libc6-dev-arm64-cross libc6-dev-armel-cross)
if [ -n "${REQUIRED:-}" ] && command -v apt-get >/dev/null && ! dpkg -s "${packages[@]}" >/dev/null 2>&1; then
    echo "qemu: installing ${packages[*]} with apt-get" >&2
    sudo=(); [ "$(id -u)" -eq 0 ] || sudo=(sudo)
    "${sudo[@]}" apt-get update -qq
    "${sudo[@]}" apt-get install -y -qq --no-install-recommends "${packages[@]}" >/dev/null
fi
skip() {
    printf '%s: %s was not run: %s\n' "$([ -z "${REQUIRED:-}" ] && echo SKIPPED || echo FAILED)" "$abi" "$*" >&2
    [ -z "${REQUIRED:-}" ] || exit 1
    return 1
}

# Sets target, sysroot, loader and emulator of an ABI, or says what is missing.
machine() {
    abi=$1
    case $abi in
        arm64-v8a) target=aarch64-linux-gnu emulator=qemu-aarch64 loader=/lib/ld-linux-aarch64.so.1 package=libc6-dev-arm64-cross ;;
        # The library passes numbers as software floating point does, so the C library has to be of that kind.
        armeabi-v7a) target=arm-linux-gnueabi emulator=qemu-arm loader=/lib/ld-linux.so.3 package=libc6-dev-armel-cross ;;
        x86_64) target=x86_64-linux-gnu emulator='' loader=/lib64/ld-linux-x86-64.so.2 package=libc6-dev ;;
        *) echo "no ABI: $abi" >&2; exit 2 ;;
    esac
    command -v clang-22 >/dev/null || { skip "no clang-22 (android/native/setup.sh)"; return; }
    if [ -z "$emulator" ]; then
        [ "$(uname -m)" = x86_64 ] || { skip "this machine is no x86_64"; return; }
        objects=/usr/lib/$target libraries=/lib/$target include=/usr/include
    else
        command -v "$emulator" >/dev/null || { skip "no $emulator (apt-get install qemu-user)"; return; }
        objects=/usr/$target/lib libraries=/usr/$target/lib include=/usr/$target/include
    fi
    [ -f "$objects/Scrt1.o" ] && [ -f "$libraries/libc.so.6" ] || { skip "no C library (apt-get install $package)"; return; }
}

# Builds the names that a library of phones asks for, with the C library of here behind them, and the program that calls it.
prepare() {
    local to=$1 flags=() name
    case $abi in armeabi-v7a) flags=(-march=armv7-a -mfpu=vfpv3-d16 -mfloat-abi=softfp) ;; x86_64) flags=(-isystem "$include/$target") ;; esac
    local link=(clang-22 --target="$target" "${flags[@]}" --ld-path=/usr/lib/llvm-22/bin/ld.lld -O1 -fPIC -isystem "$include" -L"$libraries" -nostdlib)
    rm -rf "$to" && mkdir -p "$to/lib"
    "${link[@]}" -shared -Wl,-soname,libc.so "$here/bionic_on_glibc.c" -o "$to/lib/libc.so" "$libraries/libc.so.6"
    for name in libm:libm.so.6 libdl:libdl.so.2 liblog:libc.so.6; do
        "${link[@]}" -shared "-Wl,-soname,${name%:*}.so" -x c /dev/null -x none -o "$to/lib/${name%:*}.so" -Wl,--no-as-needed "$libraries/${name#*:}"
    done
    "${link[@]}" -pie "$objects/Scrt1.o" "$objects/crti.o" "$here/verdicts.c" -o "$to/verdicts" "$libraries/libc.so.6" "$objects/crtn.o" "-Wl,-dynamic-linker,$loader"
}

# The program on a library (with the names in front of the C library's own, where both have one), copied without symbol versions: glibc has none called LIBC. Code and data stay as they are.
verdicts() {
    local to=$1 library=$2
    python3 "$here/without_versions.py" "$library" "$to/lib/liblachan.so"
    if [ -z "$emulator" ]; then
        LD_PRELOAD=$to/lib/libc.so LD_LIBRARY_PATH=$to/lib "$to/verdicts" "$to/lib/liblachan.so" "$root/models/built"
    else
        LD_LIBRARY_PATH='' "$emulator" -L "/usr/$target" -E "LD_LIBRARY_PATH=$to/lib" -E "LD_PRELOAD=$to/lib/libc.so" "$to/verdicts" "$to/lib/liblachan.so" "$root/models/built"
    fi
}

photographs=$(echo "$root"/.cache/python/lib/*/site-packages/skimage/data)

if [ "${1:-}" = --time ]; then
    times=$2; shift 2
    machine x86_64 || exit 0
    prepare "$work/time"
    for i in $(seq "$times"); do echo "picture $photographs/rocket.jpg"; done > "$work/time/many"
    head -n 1 "$work/time/many" > "$work/time/one"
    # Turn by turn, so that what else the machine does falls on all of them; the least of five counts.
    for round in 1 2 3 4 5; do
        for library in "$@"; do
            for list in one many; do
                { TIMEFORMAT=%U; time verdicts "$work/time" "$library" < "$work/time/$list" >/dev/null; } 2>> "$work/time/$(basename "$(dirname "$library")").$list"
            done
        done
    done
    for library in "$@"; do
        of=$work/time/$(basename "$(dirname "$library")")
        awk -v n="$times" -v one="$(sort -n "$of.one" | head -n 1)" -v many="$(sort -n "$of.many" | head -n 1)" -v of="$library" \
            'BEGIN { printf "%s: %.1f ms a picture, %.0f ms to open and look at the first\n", of, (many - one) / (n - 1) * 1000, one * 1000 }'
    done
    exit 0
fi

abis=("$@"); [ $# -gt 0 ] || abis=(arm64-v8a armeabi-v7a x86_64)
abi=${abis[*]}
[ -f "$root/target/debug/liblachan.so" ] || { skip "no library of this machine to compare with (cargo build)" || exit 0; }
mkdir -p "$work"
"$root/target/debug/lachan" marker nudity "$work/marker.png" >/dev/null
head -c 20000 "$photographs/rocket.jpg" > "$work/cut.jpg"
{
    for picture in coffee.png rocket.jpg chelsea.png retina.jpg; do echo "picture $photographs/$picture"; done
    echo "picture $work/marker.png"
    echo "picture $work/cut.jpg"
    cat "$here/chat.txt"
} > "$work/inputs"
cc -O1 "$here/verdicts.c" -o "$work/verdicts-host" -ldl
"$work/verdicts-host" "$root/target/debug/liblachan.so" "$root/models/built" < "$work/inputs" > "$work/host"
[ "$(wc -l < "$work/host")" -eq "$(wc -l < "$work/inputs")" ]
# Where every answer were the same, such as "not checked" for want of a model, equal ones would prove nothing. An answer
# begins with its kind, as UniFFI numbers them: 1 is "not checked", 2 clear, 3 a concern.
different=$(sort -u "$work/host" | wc -l) clear=$(grep -c '^00000002' "$work/host" || true) concerns=$(grep -c '^00000003' "$work/host" || true)
if [ "$different" -lt 9 ] || [ "$clear" -lt 1 ] || [ "$concerns" -lt 1 ]; then
    echo "FAILED: $different different answers of this machine's library, $clear clear and $concerns concerns: too little to compare with (make models)" >&2
    exit 1
fi

for abi in "${abis[@]}"; do
    library=$root/android/target/native/$abi/liblachan.so
    [ -f "$library" ] || { skip "no $library (make android-native)" || continue; }
    machine "$abi" || continue
    prepare "$work/$abi"
    time verdicts "$work/$abi" "$library" < "$work/inputs" > "$work/$abi/answers"
    diff "$work/host" "$work/$abi/answers" || { echo "the library for $abi answers otherwise" >&2; exit 1; }
    echo "$(wc -l < "$work/inputs") verdicts of the library for $abi are those of this machine's ($different different ones, $clear clear, $concerns concerns)"
done
