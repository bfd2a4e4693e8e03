#!/usr/bin/env bash
# Builds liblachan.so for phones into android/target/native/ABI: `build.sh [ABI...]`, all three by default.
# With an NDK (ANDROID_NDK_HOME, and `cargo install cargo-ndk`) by that; else by the toolchain that setup.sh makes.
# With LACHAN_RELEASE=1 the library does not know the development key; check.py then looks for its seed.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
cd "$root"
declare -A targets=([arm64-v8a]=aarch64-linux-android [armeabi-v7a]=armv7-linux-androideabi [x86_64]=x86_64-linux-android)
abis=("$@"); [ $# -gt 0 ] || abis=(arm64-v8a armeabi-v7a x86_64)
out=android/target/native

# Where something lay on the build machine is not in the library: the same bytes come out of any folder (reproduce.sh).
remapped() {
    local sources cargo_home=${CARGO_HOME:-$HOME/.cargo} flags pair
    sources=$1/lib/rustlib/src/rust
    printf -v flags -- '--remap-path-prefix=%s\x1f' "$root=/lachan" "$cargo_home/registry/src=/crates" "$sources=/rust" "$(realpath -m "$sources")=/rust"
    printf '%s' "${flags%?}"
}

for abi in "${abis[@]}"; do
    target=${targets[$abi]:?an ABI is one of ${!targets[*]}}
    mkdir -p "$out/$abi"
    if [ -n "${ANDROID_NDK_HOME:-}" ] && cargo ndk --version >/dev/null 2>&1; then
        CARGO_ENCODED_RUSTFLAGS="$(remapped "$(rustc --print sysroot)")" \
            cargo ndk --target "$abi" --platform 24 build --profile ship -p lachan-kotlin ${LACHAN_RELEASE:+--features release}
        built=target/$target/ship/liblachan.so
        strip=$(echo "$ANDROID_NDK_HOME"/toolchains/llvm/prebuilt/*/bin/llvm-strip)
    else
        "$here/setup.sh"
        chain=$root/.cache/android-toolchain/bin
        name=${target//-/_}
        # Debian's compiler, which has the sources of its standard library beside it. A target directory of its own: it
        # is another version than the one that everything else is built with.
        env RUSTC=/usr/bin/rustc RUSTC_BOOTSTRAP=1 CARGO_TARGET_DIR=target/android \
            CARGO_ENCODED_RUSTFLAGS="$(remapped "$(/usr/bin/rustc --print sysroot)")" \
            "CC_$name=$chain/$target-cc" "AR_$name=llvm-ar-22" "CARGO_TARGET_${name^^}_LINKER=$chain/$target-link" \
            /usr/bin/cargo build --profile ship -p lachan-kotlin ${LACHAN_RELEASE:+--features release} --target "$target" -Zbuild-std=std,panic_unwind -Zbuild-std-features=panic-unwind,default
        built=target/android/$target/ship/liblachan.so
        strip=llvm-strip-22
    fi
    # Beside the library: what names the functions in the report of a crash. It does not ship.
    cp "$built" "$out/$abi/liblachan.so.symbols"
    "$strip" -o "$out/$abi/liblachan.so" "$built"
    python3 "$here/check.py" --tell-sizes ${LACHAN_RELEASE:+--release} "$abi" "$out/$abi/liblachan.so"
done
