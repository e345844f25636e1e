#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The directory out and in again by the command line, and against the standards' own schemas where
they are at hand beside the project, with Debian's python3-jsonschema."""

import json
import pathlib
import subprocess
import sys
import tempfile

import lib

SCHEMAS = lib.SOURCE.parent / "shared" / "conformance" / "open-referral"
PROFILES = ("hsds-3.0", "uk-3.0")
DATA = str(lib.SOURCE / "directory" / "data")


def onward(*words):
    return subprocess.run(
        [str(lib.BIN / "onward"), "directory", *words], capture_output=True, text=True, check=False
    )


def export(folder, profile, out):
    answer = onward("export", folder, "--profile", profile, "-o", str(out), "--at", "2019-06-12")
    assert answer.returncode == 0, answer.stderr
    return out.read_bytes()


def there_and_back(work, profile):
    first = export(DATA, profile, work / f"{profile}.json")
    drafts = work / profile
    answer = onward("import", str(work / f"{profile}.json"), "--profile", profile, "-o", str(drafts))
    assert answer.returncode == 0, answer.stdout + answer.stderr
    assert (drafts / "import-report.txt").is_file()
    assert export(str(drafts), profile, work / "again.json") == first, profile
    answer = onward("import", str(work / "again.json"), "--profile", profile, "-o", str(drafts))
    assert answer.returncode != 0, "a folder that is not empty was written into"
    return json.loads(first)


def bad_inputs(work):
    (work / "cut.json").write_text('{"contents":[{"id":"1","name":"A","status"', encoding="utf-8")
    answer = onward("import", str(work / "cut.json"), "--profile", "uk-3.0", "-o", str(work / "c"))
    assert answer.returncode not in (0, 139) and "in the middle" in answer.stderr, answer.stderr
    answer = onward("export", DATA, "--profile", "fhir")
    assert answer.returncode == 64, answer.stderr


def against_schemas(pages):
    try:
        import jsonschema
    except ImportError:
        return "python3-jsonschema is not installed"
    if not SCHEMAS.is_dir():
        return "the schemas are not at hand"
    for profile, page in pages.items():
        schema = json.loads((SCHEMAS / profile / "service.schema.json").read_text("utf-8"))
        check = jsonschema.Draft7Validator(schema, format_checker=jsonschema.FormatChecker())
        for service in page["contents"]:
            for error in check.iter_errors(service):
                raise AssertionError(f"{profile}: {list(error.absolute_path)}: {error.message}")
    return None


def main():
    with tempfile.TemporaryDirectory() as folder:
        work = pathlib.Path(folder)
        pages = {profile: there_and_back(work, profile) for profile in PROFILES}
        bad_inputs(work)
    skipped = against_schemas(pages)
    print(f"the schemas: skipped, {skipped}" if skipped else "valid against the schemas")
    return 0


if __name__ == "__main__":
    sys.exit(main())
