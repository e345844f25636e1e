# SPDX-License-Identifier: Apache-2.0
"""What the tests over the wire share: clients of a home, changes to a home's files, and a runner
that names each check as it runs.
"""

import collections
import contextlib
import re
import subprocess
import sys
import time
import traceback

import lib

sys.path.insert(0, str(lib.SOURCE / "tests" / "clients"))

from onward_client import Client, NoAnswer, Refused  # noqa: E402  the path is set above

LONDON = ["london-2018"]
ALLIANCE = "south-london-alliance"  # of women-in-prison; takes police referrals in Lambeth


def run(*checks, home=None):
    """Each check, with the home when one is given; its name is what would be broken.  All run,
    also behind one that fails."""
    failed = 0
    for check in checks:
        begin = time.monotonic()
        print(check.__name__.replace("_", " "), end=" ... ", flush=True)
        try:
            check(home) if home else check()
        except (AssertionError, LookupError, NoAnswer, Refused, subprocess.SubprocessError):
            failed += 1
            print("FAILED", flush=True)
            traceback.print_exc()
            continue
        print(f"{time.monotonic() - begin:.1f} s", flush=True)
    assert not failed, f"{failed} of {len(checks)} failed"


@contextlib.contextmanager
def home_running(areas=LONDON, config=None, prepare=None, **start):
    """A rehearsal home with its broker; `config` changes numbers of onward.yaml, `prepare` is
    called with the home before the broker starts."""
    with lib.Home(areas=areas) as home:
        configure(home, **(config or {}))
        if prepare:
            prepare(home)
        home.start(**start)
        yield home


def configure(home, **numbers):
    path = home.path / "onward.yaml"
    text = path.read_text()
    for name, number in numbers.items():
        text, found = re.subn(rf"^{name}: .*$", f"{name}: {number}", text, flags=re.M)
        assert found == 1, f"onward.yaml has no {name}"
    path.write_text(text)


def service_path(home, service):
    return next((home.path / "directory").glob(f"*/services/{service}.yaml"))


def edit_service(home, service, old, new):
    path = service_path(home, service)
    text = path.read_text()
    assert old in text, f"{service} has no {old!r}"
    path.write_text(text.replace(old, new, 1))


def add_service(home, service, party, like=ALLIANCE, **changes):
    """A second service like another one, delivered to `party`; `changes` replace whole lines by
    their key."""
    source = service_path(home, like)
    text = source.read_text()
    lines = {"id": service, "organisation": party, "  party": party, **changes}
    for key, value in lines.items():
        text, found = re.subn(rf"^{key}: .*$", f"{key}: {value}", text, count=1, flags=re.M)
        assert found == 1, f"{like} has no {key}"
    (source.parent / f"{service}.yaml").write_text(text)


@contextlib.contextmanager
def source(home, party="met-custody", **options):
    with Client.at_home(home.path, party, "sources", **options) as client:
        client.hello(timeout=lib.patience(10))
        yield client


@contextlib.contextmanager
def provider(home, party="women-in-prison", credit=16, routes=None, **options):
    with Client.at_home(home.path, party, "providers") as client:
        routes = [party] if routes is None else routes
        client.hello(routes=routes, credit=credit, timeout=lib.patience(10), **options)
        yield client


def take(client, timeout_s=10):
    return client.next_delivery(timeout=lib.patience(timeout_s))


def take_for(client, reference):
    """The delivery about this referral; others that wait are stored on the way."""
    while True:
        delivery = take(client)
        if delivery["reference"] == reference:
            return delivery
        client.receipt(delivery["delivery"])


def nothing_comes(client, seconds=0.5):
    try:
        delivery = client.next_delivery(timeout=seconds)
    except NoAnswer:
        return
    raise AssertionError(f"a delivery came that must not: {shown(delivery)}")


def shown(delivery):
    return {k: v for k, v in delivery.items() if k != "referral"}


def expect_refused(code, call, *arguments, field=None, **options):
    try:
        answer = call(*arguments, **options)
    except Refused as refused:
        assert refused.code == code, f"refused with {refused}, not {code}"
        assert field is None or refused.field == field, f"{refused}: the field is not {field}"
        return refused
    raise AssertionError(f"not refused ({code}) but answered: {answer}")


def status(home):
    return home.json("status", as_="operator")[0]


def refusals(home):
    return collections.Counter(status(home)["refusals"])


def leg_states(home, reference, as_="met-custody"):
    shown_now = home.json("show", reference, as_=as_)[0]
    return {leg["service"]: leg["state"] for leg in shown_now["legs"]}
