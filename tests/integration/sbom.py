#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The listing of what the programs are made of is well-formed SPDX and leaves out no library that a
program loads; the packaging's lists of what is needed agree with one another."""

import hashlib
import json
import os
import pathlib
import re
import shutil
import subprocess

import lib

PROGRAMS = [str(lib.BIN / name) for name in ("onwardd", "onward", "onward-inbox")]
IDENT = re.compile(r"SPDXRef-[A-Za-z0-9.-]+")
LICENCE = re.compile(r"NOASSERTION|[A-Za-z0-9.+-]+( AND [A-Za-z0-9.+-]+)*")


def run(*command, **more):
    return subprocess.run(
        [str(word) for word in command], check=True, capture_output=True, text=True, **more
    ).stdout


def structure(sbom):
    assert sbom["spdxVersion"] == "SPDX-2.3" and sbom["dataLicense"] == "CC0-1.0"
    assert sbom["SPDXID"] == "SPDXRef-DOCUMENT" and sbom["documentNamespace"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", sbom["creationInfo"]["created"])
    elements = sbom["packages"] + sbom["files"]
    idents = [row["SPDXID"] for row in elements]
    assert len(idents) == len(set(idents)), "an id stands twice"
    assert all(IDENT.fullmatch(ident) for ident in idents)
    known = set(idents) | {sbom["SPDXID"]}
    assert set(sbom["documentDescribes"]) <= known
    for row in sbom["relationships"]:
        assert {row["spdxElementId"], row["relatedSpdxElement"]} <= known, row
        assert row["relationshipType"] in ("CONTAINS", "DYNAMIC_LINK", "DEPENDS_ON"), row
    defined = {row["licenseId"] for row in sbom["hasExtractedLicensingInfos"]}
    for row in sbom["packages"]:
        assert row["name"] and row["versionInfo"] and row["downloadLocation"] == "NOASSERTION"
        assert LICENCE.fullmatch(row["licenseDeclared"]), row["licenseDeclared"]
        used = set(re.findall(r"LicenseRef-\S+", row["licenseDeclared"]))
        assert used <= defined, f"{row['name']}: {used - defined} is said nowhere"
        if row["name"] != "onward":
            purl = row["externalRefs"][0]["referenceLocator"]
            assert re.fullmatch(r"pkg:deb/debian/[a-z0-9.%B-]+@\S+", purl), purl


def nothing_left_out(sbom):
    sums = {
        (row["fileName"], checksum["checksumValue"])
        for row in sbom["files"] for checksum in row["checksums"]
        if checksum["algorithm"] == "SHA256"
    }  # fmt: skip
    files = list(PROGRAMS)
    for program in PROGRAMS:
        files += re.findall(r"=> (/\S+)", run("ldd", program))
    assert len(files) > 10
    for name in files:
        path = pathlib.Path(name).resolve()
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        assert (path.name, digest) in sums, f"{name} is not listed"
    linked = {
        row["relatedSpdxElement"] for row in sbom["relationships"]
        if row["relationshipType"] == "DYNAMIC_LINK"
    }  # fmt: skip
    assert {f"SPDXRef-debian-{name}" for name in ("libzmq5", "liblmdb0", "libuv1")} <= linked


def lists_agree():
    """The libraries of the Makefile, the packages of deps, the package's Build-Depends, and the
    table of licences."""
    deps = (lib.SOURCE / "tests/check/deps").read_text(encoding="utf-8")
    programs = set(re.search(r"^programs=\(([^)]*)\)", deps, re.M).group(1).split())
    essential = {"gcc", "g++", "libc6-dev", "make"}  # of every package's build
    control = (lib.SOURCE / "docker/debian/control").read_text(encoding="utf-8")
    depends = re.search(r"^Build-Depends:((?:.*,\n)*.*)$", control, re.M).group(1)
    named = {re.sub(r"[ :(].*", "", word.strip()) for word in depends.split(",")}
    named -= {"debhelper-compat", "dh-sequence-installsysusers"}
    assert named == programs - essential, f"Build-Depends: {named ^ (programs - essential)}"
    makefile = (lib.SOURCE / "Makefile").read_text(encoding="utf-8")
    version = re.search(r"^VERSION := (\S+)", makefile, re.M).group(1)
    changes = (lib.SOURCE / "docker/debian/changelog").read_text(encoding="utf-8")
    assert changes.startswith(f"onward ({version}) "), "the package has another version"
    table = (lib.SOURCE / "docker/README.md").read_text(encoding="utf-8")
    for name in re.search(r"^PKGS := (.*)", makefile, re.M).group(1).split():
        assert f"| {name} |" in table, f"docker/README.md does not say {name}'s licence"


def main():
    lists_agree()
    if shutil.which("dpkg-query") is None or shutil.which("readelf") is None:
        lib.skip("not Debian, or no readelf: the listing is made from its packages")
    env = dict(os.environ, SOURCE_DATE_EPOCH="1560372000")
    printed = run(lib.SOURCE / "docker/sbom.py", "0.1.0", *PROGRAMS, env=env)
    sbom = json.loads(printed)
    assert sbom["creationInfo"]["created"] == "2019-06-12T20:40:00Z"
    structure(sbom)
    nothing_left_out(sbom)
    again = run(lib.SOURCE / "docker/sbom.py", "0.1.0", *PROGRAMS, env=env)
    assert again == printed, "the same programs give another listing"


if __name__ == "__main__":
    main()
