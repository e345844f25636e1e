#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Builds the image where no engine and no registry is to be had, on a Debian made by debootstrap,
then runs the demo inside it and what compose.yaml says: homes, broker, source and provider, in a
network of their own.  Root only; everything it makes lies in build/ship."""

import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import time

import yaml

ROOT = pathlib.Path(__file__).resolve().parents[1]
WORK = ROOT / "build" / "ship"
BUILDAH = ["buildah", "--root", str(WORK / "storage"), "--runroot", str(WORK / "storage-run"),
           "--storage-driver", os.environ.get("STORAGE_DRIVER", "overlay")]  # fmt: skip
CHROOT = ["--isolation", "chroot"]
IN_A_NETWORK = "ONWARD_CHECK_NETWORK"
REFERRAL = ROOT / "tests/samples/met-custody-brixton.json"


def say(what, text):
    print(f"{what:<10} {text}", flush=True)


def buildah(*arguments, log=None, check=True, input=None):
    command = [*BUILDAH, *map(str, arguments)]
    done = subprocess.run(
        command, check=False, text=True, stdout=subprocess.PIPE, input=input,
        stderr=subprocess.STDOUT if log else subprocess.PIPE,
    )  # fmt: skip
    if log:
        (WORK / log).write_text(done.stdout)
    if check and done.returncode != 0:
        tail = "\n".join((done.stdout + (done.stderr or "")).splitlines()[-30:])
        sys.exit(f"docker/check.py: {' '.join(command)}: exit code {done.returncode}\n{tail}")
    return done.stdout.strip() if check else done


def base():
    """The base image, from docker/base."""
    subprocess.run([ROOT / "docker/base"], check=True)
    if buildah("images", "--quiet", "onward-base", check=False).returncode == 0:
        return
    container = buildah("from", "scratch")
    buildah("add", container, WORK / "base.tar", "/")
    buildah("config", "--cmd", "/bin/bash", container)
    buildah("commit", "--rm", container, "onward-base")


def image(name, *arguments):
    begin = time.monotonic()
    buildah(
        "bud", *CHROOT, "--format", "docker", "--layers", "--tag", name,
        "--build-arg", "BASE=localhost/onward-base", "--file", ROOT / "docker/Dockerfile",
        "--ignorefile", ROOT / "docker/Dockerfile.dockerignore", *arguments, ROOT,
        log=f"{name}.log",
    )  # fmt: skip
    say("image", f"{name}, built in {time.monotonic() - begin:.0f} s")


def tree_bytes(container):
    folder = buildah("mount", container)
    used = subprocess.run(["du", "-sbx", folder], check=True, capture_output=True, text=True)
    buildah("umount", container)
    return int(used.stdout.split()[0])


def sizes():
    small, bare = buildah("from", "onward"), buildah("from", "onward-base")
    whole, below = tree_bytes(small), tree_bytes(bare)
    config = json.loads(buildah("inspect", "--type", "image", "onward"))["Docker"]["config"]
    assert config["User"] == "10001:10001" and config["Healthcheck"]["Test"][1] == "onward", config
    say("size", f"{whole / 1e6:.0f} MB, of which the base {below / 1e6:.0f} MB")
    buildah("rm", small, bare)


def demo():
    image("onward-demo", "--target", "demo")
    container = buildah("from", "onward-demo")
    printed = buildah("run", *CHROOT, container, "--", "tests/demo/run.sh", log="demo.log")
    buildah("rm", container)
    last = printed.splitlines()[-1]
    assert last.endswith("lost 0"), f"the demo ended with: {last}"
    say("demo", last)


class Service:
    """A service of compose.yaml in a container of its own."""

    def __init__(self, name, row, volumes):
        self.row = row
        self.container = buildah("from", "--add-host", "broker:127.0.0.1", "onward")
        self.options = ["--user", str(row.get("user", "10001:10001"))]
        for volume in row["volumes"]:
            source, target, *mode = volume.split(":")
            place = ROOT / "docker" / source if source.startswith(".") else volumes / source
            self.options += ["--volume", ":".join([str(place), target, *mode])]
        self.log = WORK / f"compose-{name}.log"

    def command(self, words):
        return [*BUILDAH, "run", *CHROOT, *self.options, self.container, "--",
                *self.row.get("entrypoint", []), *words]  # fmt: skip

    def run(self, *words, input=None, entrypoint=True):
        row = self.row if entrypoint else {**self.row, "entrypoint": []}
        self.row, kept = row, self.row
        done = subprocess.run(
            self.command(words or self.row["command"]), input=input, text=True, check=False,
            capture_output=True,
        )  # fmt: skip
        self.row = kept
        return done

    def start(self):
        with open(self.log, "wb") as log:
            return subprocess.Popen(
                self.command(self.row["command"]), stdout=log, stderr=log, stdin=subprocess.DEVNULL
            )


def stop(process):
    """TERM for the program in the container, as an engine gives it; `buildah run` would kill it."""
    at = [process.pid]
    while at:
        parent = at.pop()
        found = []
        for children in pathlib.Path(f"/proc/{parent}/task").glob("*/children"):
            found += [int(word) for word in children.read_text().split()]
        if not found and parent != process.pid:
            os.kill(parent, signal.SIGTERM)
        at += found
    process.wait(60)


def wait(condition, what):
    for _ in range(100):
        found = condition()
        if found:
            return found
        time.sleep(0.2)
    sys.exit(f"docker/check.py: waited in vain for {what}")


def compose():
    """What compose.yaml would do, service by service."""
    rows = yaml.safe_load((ROOT / "docker/compose.yaml").read_text())["services"]
    volumes = WORK / "volumes"
    shutil.rmtree(volumes, ignore_errors=True)
    for name in ("broker", "source", "provider"):
        (volumes / name).mkdir(parents=True)
    services = {name: Service(name, row, volumes) for name, row in rows.items()}
    running = []
    try:
        made = services["homes"].run()
        assert made.returncode == 0, made.stdout + made.stderr
        again = services["homes"].run()
        assert again.returncode == 0 and "home now" not in again.stdout, again.stdout
        say("compose", f"homes: {made.stdout.splitlines()[0]}")
        running.append(services["broker"].start())
        health = ["onward", "status", "--timeout", "5"]
        wait(lambda: services["broker"].run(*health).returncode == 0, "the broker's health")
        running += [services["provider"].start(), services["source"].start()]
        done = services["source"].run("refer", "-", input=REFERRAL.read_text())
        assert done.returncode == 0, done.stdout + done.stderr
        say("compose", f"source: {done.stdout.splitlines()[0]}")
        followed = services["source"].log
        wait(lambda: "accepted" in followed.read_text(), "the provider's answer at the source")
        answers = [line for line in followed.read_text().splitlines() if "accepted" in line]
        say("compose", f"follow: {answers[-1]}")
        told = json.loads(REFERRAL.read_text())[0]["person"]["given_name"]
        assert told not in services["provider"].log.read_text(), "what she told is in a log"
    finally:
        for process in reversed(running):
            stop(process)
    log = services["broker"].log.read_text()
    assert "stopped" in log, f"the broker was not stopped in order: {log}"
    say("compose", "broker: stopped in order")
    for service in services.values():
        buildah("rm", service.container)


def main():
    if os.environ.get(IN_A_NETWORK):
        subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
        compose()
        return
    WORK.mkdir(parents=True, exist_ok=True)
    base()
    image("onward")
    sizes()
    demo()
    # The ports of compose.yaml are not to meet those of this machine.
    env = dict(os.environ, **{IN_A_NETWORK: "1"})
    done = subprocess.run(["unshare", "--net", sys.executable, __file__], check=False, env=env)
    sys.exit(done.returncode)


if __name__ == "__main__":
    main()
