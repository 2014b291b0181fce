#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""Prints what a shipped gateway is built from, as a CycloneDX 1.5 bill of materials.

    deploy/sbom.py > sluis.cdx.json

Taken from the lock file and from what cargo says of each crate; only what is in the shipped binary, so without the demo,
without what builds it and without what tests it. The same sources give the same text.
"""

import json
import pathlib
import subprocess
import tomllib

ROOT = pathlib.Path(__file__).resolve().parent.parent


def cargo(*arguments):
    return subprocess.run(["cargo", *arguments], cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True).stdout


def shipped():
    """Name and version of every crate in the binary."""
    tree = cargo(
        "tree", "--locked", "--package", "sluis", "--no-default-features", "--edges", "normal", "--prefix", "none",
        "--format", "{p}",
    )
    return {tuple(line.split()[:2]) for line in tree.splitlines() if line.strip()}


def component(package, checksums):
    identity = (package["name"], package["version"])
    said = {
        "type": "library",
        "bom-ref": f"pkg:cargo/{package['name']}@{package['version']}",
        "name": package["name"],
        "version": package["version"],
        "purl": f"pkg:cargo/{package['name']}@{package['version']}",
        "licenses": [{"expression": package["license"].replace("/", " OR ")}],
    }
    if identity in checksums:
        said["hashes"] = [{"alg": "SHA-256", "content": checksums[identity]}]
    return said


def main():
    lock = tomllib.loads((ROOT / "Cargo.lock").read_text())
    checksums = {(one["name"], one["version"]): one["checksum"] for one in lock["package"] if "checksum" in one}
    known = {(one["name"], "v" + one["version"]): one for one in json.loads(cargo("metadata", "--locked", "--format-version", "1"))["packages"]}
    packages = sorted((known[identity] for identity in shipped()), key=lambda one: (one["name"], one["version"]))
    gateway = component(next(one for one in packages if one["name"] == "sluis"), checksums)
    document = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": {"component": gateway | {"type": "application"}},
        "components": [component(one, checksums) for one in packages if one["name"] != "sluis"],
    }
    print(json.dumps(document, indent=2))


main()
