"""Keys that change in real processes, one of which is killed in the midst of it."""

import os
import random
import signal
import subprocess
import threading
from pathlib import Path

import pytest

from tests.flows.lab import AMBER, Lab
from tests.world import eventually, free_base


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_a_node_that_is_killed_at_any_moment_of_a_change_comes_to_its_end(
    tmp_path: Path,
) -> None:
    lab, chance = Lab(tmp_path / "lab"), random.Random(7)
    folder, base = str(lab.folder), free_base(nodes=3)
    lab.amber("lab", "create", folder, "--members", "EE,LV,PL", "--port", str(base))
    lab.amber("lab", "start", folder, "--detach")
    try:
        for number in range(5):
            before = fingerprints(lab)
            command = ("revoke", "signing", "--reason", "r") if number % 3 == 2 else ("rotate",)
            rotate = [*AMBER, "-n", lab.home("EE"), "keys", *command, "--wait", "0"]
            begun = subprocess.Popen(rotate, stderr=subprocess.PIPE)
            threading.Event().wait(1.0 + 2.5 * chance.random())
            os.kill(lab.pid("EE"), signal.SIGKILL)
            begun.communicate()
            lab.amber("lab", "start", folder, "--detach")

            eventually(lambda: not status(lab)["keys_changing"], timeout_s=60)
            after = fingerprints(lab)
            # It was killed before the change was written down, or it came through whole.
            changed = {what for what in after if after[what] != before[what]}
            assert changed in (set(), {"ca", "tls", "signing"}, {"signing"})
            assert lab.is_whole_again()
        for member in ("EE", "LV", "PL"):
            [proof] = lab.amber("-n", lab.home(member), "audit", "verify", "--json")
            assert proof["whole"]
    finally:
        lab.amber("lab", "stop", folder)


def fingerprints(lab: Lab) -> dict[str, str]:
    listed = lab.amber("-n", lab.home("EE"), "keys", "show", "--json")
    return {one["what"]: one["fingerprint"] for one in listed if one["what"] in WHAT}


def status(lab: Lab) -> dict[str, object]:
    [said] = lab.amber("-n", lab.home("EE"), "status", "--json")
    return said


WHAT = ("ca", "tls", "signing")
