#!/usr/bin/env python3
"""What goes into liblachan.so, from Cargo's own resolution: names, versions, licences.

    scripts/shipped.py table [--write]      docs/third-party.md: compares it with the lock file, or writes it
    scripts/shipped.py notices FILE         the licence texts that must travel with the library
    scripts/shipped.py sbom FILE            a CycloneDX 1.6 bill of materials of library and AAR

`table` fails where a licence is not on the list below, so that a new dependency is looked at before it ships.
"""
import argparse
import hashlib
import json
import pathlib
import re
import subprocess
import uuid

ROOT = pathlib.Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "third-party.md"
TARGETS = ["aarch64-linux-android", "armv7-linux-androideabi", "x86_64-linux-android"]

# Licences that may ship. MPL-2.0 (the UniFFI runtime) asks that changes to its files be published: none are made.
ALLOWED = {"MIT", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "ISC", "Zlib", "Unicode-3.0", "0BSD", "Unlicense",
           "BlueOak-1.0.0", "MPL-2.0", "Apache-2.0 WITH LLVM-exception"}

# What the AAR needs beside the library, as its POM says.
KOTLIN = [("org.jetbrains.kotlin", "kotlin-stdlib", "kotlin.stdlib", "Apache-2.0"),
          ("org.jetbrains.kotlinx", "kotlinx-coroutines-core", "coroutines", "Apache-2.0"),
          ("net.java.dev.jna", "jna", "jna", "Apache-2.0")]
# And that of families beside it.
GUARDIAN = [("com.google.zxing", "core", "zxing", "Apache-2.0")]
# What the toolchain that builds the library puts into it (android/native/setup.sh), of that toolchain's versions.
RUNTIME = [("Rust standard library, with compiler_builtins", "MIT OR Apache-2.0"),
           ("LLVM libunwind", "Apache-2.0 WITH LLVM-exception")]
# What was made of others' work and lies in this tree: the package and the licence text that travels with it.
DERIVED = [("visonorm 0.1.4, chat spellings", "MIT", ROOT / "rust-core/src/text/NOTICE")]

APACHE = ROOT / "LICENSE-APACHE"
LLVM_EXCEPTION = """---- LLVM Exceptions to the Apache 2.0 License ----

As an exception, if, as a result of your compiling your source code, portions of this Software are embedded into an
Object form of such source code, you may redistribute such embedded portions in such Object form without complying with
the conditions of Sections 4(a), 4(b) and 4(d) of the License."""

LICENCE_FILE = re.compile(r"^(licen[cs]e|copying|copyright|unlicense|notice)", re.IGNORECASE)


def crates():
    """Every package that is linked into the library for some phone, without build scripts and macros."""
    found = {}
    for target in TARGETS:
        out = subprocess.run(["cargo", "metadata", "--format-version", "1", "--locked", "--filter-platform", target],
                             cwd=ROOT, check=True, capture_output=True, text=True).stdout
        metadata = json.loads(out)
        packages = {package["id"]: package for package in metadata["packages"]}
        nodes = {node["id"]: node for node in metadata["resolve"]["nodes"]}
        waiting = [package["id"] for package in metadata["packages"] if package["name"] == "lachan-kotlin"]
        seen = set()
        while waiting:
            node = waiting.pop()
            if node in seen:
                continue
            seen.add(node)
            package = packages[node]
            if package["source"] is not None:
                found[package["name"], package["version"]] = package
            for dependency in nodes[node]["deps"]:
                linked = any(kind["kind"] is None for kind in dependency["dep_kinds"])
                macro = any("proc-macro" in part["kind"] for part in packages[dependency["pkg"]]["targets"])
                if linked and not macro:
                    waiting.append(dependency["pkg"])
    return [found[key] for key in sorted(found)]


def licence(package):
    """The SPDX expression, in today's spelling."""
    return (package["license"] or "").replace("/", " OR ")


def may_ship(expression):
    """Whether some way of reading the expression uses allowed licences alone."""
    parts = re.split(r"\s+AND\s+", re.sub(r"[()]", "", expression)) if " AND " in expression else [expression]
    return all(any(choice.strip() in ALLOWED for choice in part.split(" OR ")) for part in parts)


def table():
    lines = [f"| {p['name']} | {p['version']} | {licence(p)} |" for p in crates()]
    lines += [f"| {name} | the toolchain's | {spdx} |" for name, spdx in RUNTIME]
    lines += [f"| {name} | | {spdx} |" for name, spdx, _ in DERIVED]
    lines += [f"| {group}:{name} | {pom_version(key)} | {spdx} |" for group, name, key, spdx in KOTLIN + GUARDIAN]
    return "\n".join(lines)


def page():
    return f"""# What ships beside this project's own code
Everything that is linked into `liblachan.so` for phones, what was made of others' work, and what the AAR asks its app to
bring. Written by `scripts/shipped.py table --write`; `make test` compares it with the lock file and refuses a licence that
nobody has looked at. Weights of the models have their own licences, on their cards. The licence texts travel inside the AAR
(`scripts/shipped.py notices`), with a bill of materials of crates and Maven packages in CycloneDX (`scripts/shipped.py sbom`).

| package | version | licence |
|---|---|---|
{table()}
"""


def pom_version(key):
    return re.search(rf"<{key}.version>([^<]+)", (ROOT / "android/pom.xml").read_text(encoding="utf-8")).group(1)


def standard_text(package):
    """The text for a package that brings none: of the licence that is chosen where there is a choice."""
    choices = licence(package).split(" OR ")
    if "Apache-2.0" in choices:
        return APACHE.read_text(encoding="utf-8").strip()
    if "MIT" in choices:
        body = (ROOT / "LICENSE-MIT").read_text(encoding="utf-8").split("\n\n", 2)[2].strip()
        return f"MIT License\n\nCopyright (c) {', '.join(package['authors']) or 'its authors'}\n\n{body}"
    if choices == ["MPL-2.0"]:
        return (f"Mozilla Public License 2.0, https://mozilla.org/MPL/2.0/. Used unchanged; the source code form of\n"
                f"version {package['version']} is at {package['repository']}")
    raise SystemExit(f"shipped: {package['name']} brings no licence text, and none is known for {licence(package)}")


def notices():
    """One text for each different licence file, under the packages that bring it."""
    texts = {}
    for package in crates():
        folder = pathlib.Path(package["manifest_path"]).parent
        files = sorted(path for path in folder.iterdir() if path.is_file() and LICENCE_FILE.match(path.name))
        name = f"{package['name']} {package['version']} ({licence(package)})"
        for text in [path.read_text(encoding="utf-8", errors="replace").strip() for path in files] or [standard_text(package)]:
            texts.setdefault(text, []).append(name)
    apache = APACHE.read_text(encoding="utf-8").strip()
    for name, spdx in RUNTIME:
        text = f"{apache}\n\n{LLVM_EXCEPTION}" if "LLVM" in spdx else apache
        texts.setdefault(text, []).append(f"{name} ({spdx})")
    for name, spdx, path in DERIVED:
        texts.setdefault(path.read_text(encoding="utf-8").strip(), []).append(f"{name} ({spdx})")
    lines = ["Third-party software in liblachan.so", ""]
    for text, names in sorted(texts.items(), key=lambda pair: pair[1]):
        lines += ["=" * 100, *names, "", text, ""]
    return "\n".join(lines)


def sbom():
    from cyclonedx.model.bom import Bom
    from cyclonedx.model.component import Component, ComponentType
    from cyclonedx.output import make_outputter
    from cyclonedx.schema import OutputFormat, SchemaVersion
    from cyclonedx.validation.json import JsonStrictValidator
    from cyclonedx.contrib.license.factories import LicenseFactory
    from packageurl import PackageURL

    spdx = LicenseFactory()
    version = re.search(r'^version = "([^"]+)"', (ROOT / "Cargo.toml").read_text(), re.MULTILINE).group(1)
    own = Component(name="lachan", version=version, group="vn.lachan", type=ComponentType.LIBRARY, bom_ref="lachan",
                    licenses=[spdx.make_from_string("MIT OR Apache-2.0")],
                    purl=PackageURL("maven", "vn.lachan", "lachan", version))
    bom = Bom()
    bom.metadata.component = own
    parts = [(p["name"], p["version"], licence(p), PackageURL("cargo", None, p["name"], p["version"]))
             for p in crates()]
    parts += [(name, pom_version(key), spdx_id, PackageURL("maven", group, name, pom_version(key)))
              for group, name, key, spdx_id in KOTLIN]
    components = [Component(name=name, version=v, type=ComponentType.LIBRARY, bom_ref=str(purl), purl=purl,
                            licenses=[spdx.make_from_string(text)]) for name, v, text, purl in parts]
    bom.components.update(components)
    bom.register_dependency(own, components)
    # The same parts give the same file: no time of making, and a serial number that their digest decides.
    digest = hashlib.sha256("\n".join(str(part[3]) for part in parts).encode()).digest()
    bom.serial_number = uuid.UUID(bytes=digest[:16], version=5)
    text = json.loads(make_outputter(bom, OutputFormat.JSON, SchemaVersion.V1_6).output_as_string())
    text["metadata"].pop("timestamp", None)
    text = json.dumps(text, indent=1, sort_keys=True) + "\n"
    if (fault := JsonStrictValidator(SchemaVersion.V1_6).validate_str(text)) is not None:
        raise SystemExit(f"shipped: the bill of materials does not follow its schema: {fault}")
    return text


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("table").add_argument("--write", action="store_true")
    for name in ["notices", "sbom"]:
        commands.add_parser(name).add_argument("file", type=pathlib.Path)
    arguments = parser.parse_args()
    if arguments.command == "notices":
        arguments.file.write_text(notices(), encoding="utf-8")
    elif arguments.command == "sbom":
        arguments.file.write_text(sbom(), encoding="utf-8")
    else:
        strangers = [f"{p['name']} {p['version']}: {licence(p)}" for p in crates() if not may_ship(licence(p))]
        if strangers:
            raise SystemExit("shipped: licences that nobody has looked at: " + ", ".join(strangers))
        if arguments.write:
            PAGE.write_text(page(), encoding="utf-8")
        elif PAGE.read_text(encoding="utf-8") != page():
            raise SystemExit("shipped: docs/third-party.md is not what the lock file says; "
                             "run scripts/shipped.py table --write")


if __name__ == "__main__":
    main()
