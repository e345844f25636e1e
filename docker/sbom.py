#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What the programs are made of, as SPDX 2.3 in JSON: the project, and every package of Debian's
whose libraries the programs load, with version, licence and the hash of each file that is loaded.

    sbom.py VERSION PROGRAM…            SPDX on standard output
    sbom.py --licences VERSION PROGRAM… a table for people: package, version, how, licence

A licence is what the package's own copyright file names; where that file is not in the form that
machines read, NOASSERTION, and the file has to be read.
"""

import hashlib
import json
import os
import pathlib
import re
import subprocess
import sys
import time

# Short names of Debian's copyright format that SPDX writes otherwise.
SPDX = {
    "apache-2.0": "Apache-2.0", "bsd-2-clause": "BSD-2-Clause", "bsd-3-clause": "BSD-3-Clause",
    "bsd-4-clause": "BSD-4-Clause", "bsl-1.0": "BSL-1.0", "boost-1.0": "BSL-1.0", "isc": "ISC",
    "expat": "MIT", "mit": "MIT", "zlib": "Zlib", "cc0": "CC0-1.0", "cc0-1.0": "CC0-1.0",
    "gpl-2": "GPL-2.0-only", "gpl-2+": "GPL-2.0-or-later", "gpl-3": "GPL-3.0-only",
    "gpl-3+": "GPL-3.0-or-later", "lgpl-2": "LGPL-2.0-only", "lgpl-2+": "LGPL-2.0-or-later",
    "lgpl-2.1": "LGPL-2.1-only", "lgpl-2.1+": "LGPL-2.1-or-later", "lgpl-3": "LGPL-3.0-only",
    "lgpl-3.0": "LGPL-3.0-only",
    "lgpl-3+": "LGPL-3.0-or-later", "openldap-2.8": "OLDAP-2.8", "psf-2": "PSF-2.0",
    "public-domain": "LicenseRef-public-domain", "unicode": "Unicode-DFS-2016",
}  # fmt: skip


def run(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def libraries(program):
    """The files a program loads, and those of them that it names itself."""
    loaded = {}
    for line in run("ldd", program).splitlines():
        words = line.split()
        if "=>" in words and words[words.index("=>") + 1].startswith("/"):
            loaded[words[0]] = pathlib.Path(words[words.index("=>") + 1])
    dynamic = run("readelf", "--dynamic", "--wide", program)
    named = set(re.findall(r"\(NEEDED\).*\[(.+)\]", dynamic))
    return {path.resolve(): soname in named for soname, path in loaded.items()}


def packages_of(paths):
    """Debian's package of each file; a merged /usr lets it be known by another of its names."""
    names = {}
    for path in paths:
        text = str(path)
        for name in (text, text.removeprefix("/usr"), "/usr" + text):
            names[name] = path
    found = subprocess.run(
        ["dpkg-query", "-S", *names], capture_output=True, text=True, check=False
    )
    owners = {}
    for line in found.stdout.splitlines():
        package, _, name = line.rpartition(": ")
        owners[names[name]] = package.split(":")[0]
    nobody = set(paths) - set(owners)
    if nobody:
        raise SystemExit(f"sbom: of no package: {', '.join(map(str, sorted(nobody)))}")
    return owners


def licence_of(package):
    """The licences of the package's own files, joined by AND: those that its copyright file names
    for sources, without those of its build files and its packaging."""
    path = pathlib.Path("/usr/share/doc") / package / "copyright"
    text = path.read_text(encoding="utf-8", errors="replace") if path.exists() else ""
    if not re.match(r"Format(-Specification)?:.*(copyright-format|dep5)", text, re.I):
        return "NOASSERTION"
    names = []
    for paragraph in re.split(r"\n\s*\n", text):
        files = re.search(r"^Files:\s*(.*(?:\n[ \t].*)*)", paragraph, re.M)
        licence = re.search(r"^License:[ \t]*(.+)", paragraph, re.M)
        if files is None or licence is None:
            continue
        patterns = files.group(1).split()
        if all(p.startswith(("debian/", "m4/", "cmake/", "config/", "test")) for p in patterns):
            continue
        names.append(licence.group(1))
    found = []
    for name in names:
        for part in re.split(r"\s+(?:and/or|and|or)\s+|,\s*|\s*\|\s*", name.strip()):
            part = re.split(r"\s+with\s+|~", part.strip(), maxsplit=1)[0]
            if part:
                # In a name of its own making only letters, digits, dots and hyphens may stand.
                own = "LicenseRef-" + re.sub(r"[^A-Za-z0-9.-]+", "-", part).strip("-")
                spdx = SPDX.get(part.lower(), own)
                if spdx not in found:
                    found.append(spdx)
    return " AND ".join(found) or "NOASSERTION"


def digest(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def created():
    """The time of what is described, when that is said, so that the same input gives the same."""
    seconds = int(os.environ.get("SOURCE_DATE_EPOCH") or time.time())
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))


def collect(programs):
    """{package: {"files": {path}, "direct": bool}}"""
    direct = {}
    for program in programs:
        for path, named in libraries(program).items():
            direct[path] = direct.get(path, False) or named
    packages = {}
    for path, package in packages_of(direct).items():
        row = packages.setdefault(package, {"files": set(), "direct": False})
        row["files"].add(path)
        row["direct"] = row["direct"] or direct[path]
    shown = run("dpkg-query", "-W", "-f=${Package}\t${Version}\t${source:Package}\t${Maintainer}\n",
                *packages)  # fmt: skip
    for line in shown.splitlines():
        package, version, source, maintainer = line.split("\t")
        packages[package].update(
            version=version, source=source, maintainer=maintainer, licence=licence_of(package)
        )
    return packages


def extracted(packages):
    """What the names of licences mean that are not SPDX's own: where to read them."""
    names = {}
    for package, row in packages.items():
        for name in row["licence"].split(" AND "):
            if name.startswith("LicenseRef-"):
                names.setdefault(name, []).append(f"/usr/share/doc/{package}/copyright")
    return [
        {"licenseId": name, "extractedText": "See " + ", ".join(sorted(places)), "name": name}
        for name, places in sorted(names.items())
    ]


def document(version, programs, packages):
    files, relations = [], []
    rows = [{
        "SPDXID": "SPDXRef-onward", "name": "onward", "versionInfo": version,
        "downloadLocation": "NOASSERTION", "filesAnalyzed": False, "licenseConcluded": "Apache-2.0",
        "licenseDeclared": "Apache-2.0", "copyrightText": "2026 Onward contributors",
        "primaryPackagePurpose": "APPLICATION",
    }]  # fmt: skip
    own = ("SPDXRef-onward", "Apache-2.0")
    for i, program in enumerate(programs):
        files.append((f"SPDXRef-program-{i}", pathlib.Path(program), *own))
    for package, row in sorted(packages.items()):
        ident = "SPDXRef-debian-" + re.sub(r"[^A-Za-z0-9.-]", "-", package)
        named = f"{package}@{row['version']}".replace("+", "%2B")
        rows.append({
            "SPDXID": ident, "name": package, "versionInfo": row["version"],
            "supplier": "Organization: Debian", "originator": f"Organization: {row['maintainer']}",
            "downloadLocation": "NOASSERTION", "filesAnalyzed": False,
            "licenseConcluded": "NOASSERTION", "licenseDeclared": row["licence"],
            "copyrightText": "NOASSERTION", "sourceInfo": f"Debian source package {row['source']}",
            "externalRefs": [{
                "referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl",
                "referenceLocator": f"pkg:deb/debian/{named}",
            }],
        })  # fmt: skip
        relations.append({
            "spdxElementId": "SPDXRef-onward", "relatedSpdxElement": ident,
            "relationshipType": "DYNAMIC_LINK" if row["direct"] else "DEPENDS_ON",
        })  # fmt: skip
        for n, path in enumerate(sorted(row["files"])):
            files.append((f"{ident}-{n}", path, ident, "NOASSERTION"))
    for ident, path, owner, _ in files:
        relations.append({
            "spdxElementId": owner, "relatedSpdxElement": ident, "relationshipType": "CONTAINS",
        })  # fmt: skip
    name = f"onward-{version}"
    space = f"urn:onward:sbom:{name}:{digest(pathlib.Path(programs[0]))}"
    return {
        "spdxVersion": "SPDX-2.3", "dataLicense": "CC0-1.0", "SPDXID": "SPDXRef-DOCUMENT",
        "name": name, "documentNamespace": space,
        "creationInfo": {"created": created(), "creators": ["Tool: onward-sbom"]},
        "documentDescribes": ["SPDXRef-onward"], "packages": rows,
        "files": [{
            "SPDXID": ident, "fileName": path.name, "licenseConcluded": licence,
            "copyrightText": "NOASSERTION",
            "checksums": [{"algorithm": "SHA256", "checksumValue": digest(path)},
                          {"algorithm": "SHA1", "checksumValue":
                           hashlib.sha1(path.read_bytes()).hexdigest()}],
        } for ident, path, _, licence in files],
        "hasExtractedLicensingInfos": extracted(packages), "relationships": relations,
    }  # fmt: skip


def main():
    arguments = sys.argv[1:]
    as_table = arguments[0] == "--licences"
    version, *programs = arguments[as_table:]
    packages = collect(programs)
    if not as_table:
        json.dump(document(version, programs, packages), sys.stdout, indent=1, ensure_ascii=False)
        print()
        return
    for package, row in sorted(packages.items(), key=lambda item: (not item[1]["direct"], item[0])):
        print(f"{package:<18} {row['version']:<26} {'linked' if row['direct'] else 'through':<8}"
              f" {row['licence']}")  # fmt: skip


if __name__ == "__main__":
    main()
