#!/usr/bin/env bash
# Makes what is needed to build liblachan.so for Android where there is no NDK: a linker, headers, an unwinder and stubs
# of the system's libraries for each ABI, from Debian's packages and the Python registry. Does nothing the second time.
# What is built with it passes the same check (check.py) as what an NDK builds.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
out=$root/.cache/android-toolchain
api=24            # minSdk
zig=0.17.1        # headers of a C library and libunwind's sources; its compiler is not used
llvm=22

if [ -f "$out/ready" ] && [ "$(cat "$out/ready")" = "$api $zig $llvm $(cat "$here"/{setup.sh,bionic.txt,runtime.c,ident.S,bionic_differences.h,stubs.py} | sha256sum)" ]; then
    exit 0
fi

say() { printf 'android-toolchain: %s\n' "$*" >&2; }

packages=(rustc-web cargo-web rust-web-src "clang-$llvm" "lld-$llvm" "llvm-$llvm")
if ! dpkg -s "${packages[@]}" >/dev/null 2>&1; then
    say "installing ${packages[*]} with apt-get"
    sudo=(); [ "$(id -u)" -eq 0 ] || sudo=(sudo)
    "${sudo[@]}" apt-get update -qq
    "${sudo[@]}" apt-get install -y -qq --no-install-recommends "${packages[@]}" >/dev/null
fi

rm -rf "$out" && mkdir -p "$out/bin" "$out/wheel"
python3 -m pip download -q --disable-pip-version-check --no-deps -d "$out/wheel" "ziglang==$zig"
python3 - "$out" <<'PY'
import pathlib, sys, zipfile
out = pathlib.Path(sys.argv[1])
with zipfile.ZipFile(next((out / "wheel").glob("ziglang-*.whl"))) as wheel:
    wanted = ("ziglang/lib/libc/include/", "ziglang/lib/libunwind/")
    wheel.extractall(out, [name for name in wheel.namelist() if name.startswith(wanted)])
PY
rm -r "$out/wheel"
lib=$out/ziglang/lib
lld=/usr/lib/llvm-$llvm/bin/ld.lld

# one RUST_TARGET CLANG_TARGET KERNEL_HEADERS LIBC_HEADERS FLAGS...
one() {
    local rust=$1 target=$2$api kernel=$3 libc=$4; shift 4
    local flags=("$@") to=$out/$rust
    local include=(-nostdlibinc -isystem "$lib/libc/include/$libc" -isystem "$lib/libc/include/generic-musl"
        -isystem "$lib/libc/include/$kernel" -isystem "$lib/libc/include/any-linux-any")
    local unwind=(--target="$target" "${flags[@]}" "${include[@]}" -include "$here/bionic_differences.h"
        -I "$lib/libunwind/include" -fPIC -Os -fvisibility=hidden -ffunction-sections -fdata-sections -funwind-tables
        -fno-exceptions -DNDEBUG -D_LIBUNWIND_IS_NATIVE_ONLY -D_LIBUNWIND_HIDE_SYMBOLS '-D__GLIBC_PREREQ(a,b)=0')
    mkdir -p "$to/unwind"
    "clang-$llvm" --target="$target" "${flags[@]}" -fPIC -O2 -c "$here/runtime.c" -o "$to/runtime.o"
    "clang-$llvm" --target="$target" "${flags[@]}" "-DANDROID_API=$api" -c "$here/ident.S" -o "$to/ident.o"
    for source in libunwind.cpp Unwind-EHABI.cpp; do
        "clang++-$llvm" "${unwind[@]}" -std=c++17 -fno-rtti -nostdinc++ -c "$lib/libunwind/src/$source" -o "$to/unwind/$source.o"
    done
    for source in UnwindLevel1.c UnwindLevel1-gcc-ext.c; do
        "clang-$llvm" "${unwind[@]}" -std=c11 -c "$lib/libunwind/src/$source" -o "$to/unwind/$source.o"
    done
    for source in UnwindRegistersRestore.S UnwindRegistersSave.S; do
        "clang-$llvm" --target="$target" "${flags[@]}" "${include[@]}" -fPIC -c "$lib/libunwind/src/$source" -o "$to/unwind/$source.o"
    done
    "llvm-ar-$llvm" rcs "$to/libunwind.a" "$to"/unwind/*.o
    python3 "$here/stubs.py" "$to" "$target" "$lld" "clang-$llvm"
    # Identical functions are kept once: generic code makes many, and nothing here compares the addresses of functions.
    # 16 KB pages: phones with Android 15 and later may have them, and load nothing that is aligned to less.
    cat > "$out/bin/$rust-link" <<SH
#!/bin/sh
exec clang-$llvm --target=$target ${flags[*]} --ld-path=$lld -nostdlib -Wl,-z,max-page-size=16384 -Wl,-z,relro,-z,now \\
    -Wl,--no-undefined -Wl,--icf=all -Wl,--hash-style=both -Wl,--build-id=sha1 -L$to $to/runtime.o $to/ident.o "\$@" -Wl,--as-needed -lc -lm -ldl
SH
    # No debug information: it names this folder, and the build's id is made of it as well.
    # Outlined atomics call helpers that only a compiler runtime has.
    case $rust in aarch64*) flags+=(-mno-outline-atomics) ;; esac
    cat > "$out/bin/$rust-cc" <<SH
#!/bin/sh
exec clang-$llvm --target=$target -fPIC ${flags[*]} ${include[*]} -Wno-unused-command-line-argument "\$@" -g0
SH
    chmod +x "$out/bin/$rust-link" "$out/bin/$rust-cc"
}

say "building the unwinder and the stubs for three ABIs"
one aarch64-linux-android aarch64-linux-android aarch64-linux-any aarch64-linux-musl
one armv7-linux-androideabi armv7a-linux-androideabi arm-linux-any arm-linux-musl -mfloat-abi=softfp
one x86_64-linux-android x86_64-linux-android x86-linux-any x86_64-linux-musl
echo "$api $zig $llvm $(cat "$here"/{setup.sh,bionic.txt,runtime.c,ident.S,bionic_differences.h,stubs.py} | sha256sum)" > "$out/ready"
