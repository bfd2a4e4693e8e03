"""Writes libraries with the names of bionic.txt and nothing behind them: enough for a linker, as in the NDK.

    python3 stubs.py OUT CLANG_TARGET LLD CLANG
"""

import pathlib
import subprocess
import sys

DATA = {"__sF", "environ", "__stack_chk_guard"}
ONLY_ARM = {"dl_unwind_find_exidx"}


def names() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    library = ""
    for line in (pathlib.Path(__file__).parent / "bionic.txt").read_text().splitlines():
        if line.startswith("["):
            library = line.strip("[]")
        elif not line.startswith("#"):
            found.setdefault(library, []).extend(line.split())
    return found


def main() -> None:
    out, target, lld, clang = pathlib.Path(sys.argv[1]), *sys.argv[2:]
    for library, symbols in names().items():
        lines = [".data"]
        for symbol in symbols:
            if symbol in ONLY_ARM and not target.startswith("arm"):
                continue
            kind = "object" if symbol in DATA else "function"
            lines += [f".globl {symbol}", f".type {symbol},%{kind}", f"{symbol}:", ".long 0", f".size {symbol},4"]
        source = out / f"{library}.s"
        source.write_text("\n".join(lines) + "\n")
        command = [clang, f"--target={target}", f"--ld-path={lld}", "-nostdlib", "-shared", f"-Wl,-soname,{library}"]
        if library != "liblog.so":
            # Bionic's symbols carry this version.
            versions = out / f"{library}.map"
            versions.write_text("LIBC { global: *; };\n")
            command.append(f"-Wl,--version-script={versions}")
        subprocess.run([*command, str(source), "-o", str(out / library)], check=True)


if __name__ == "__main__":
    main()
