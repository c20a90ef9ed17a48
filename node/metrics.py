"""How the node stands as numbers for a monitoring system, in Prometheus' text format 0.0.4.

Nothing personal: kinds of things, member ids and counts.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType

from federation.errors import Code
from federation.messages import MemberId
from node.administration import Standing
from node.keyring.expiries import Held


@dataclass(frozen=True, slots=True)
class Sample:
    """One number, and what it is the number of."""

    value: float
    labels: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class Family:
    """Numbers of one name: `kind` is gauge or counter."""

    name: str
    kind: str
    help: str
    samples: Sequence[Sample]


def text(families: Iterable[Family]) -> str:
    """Families as a monitoring system reads them; one without a number is left out."""
    return "".join(map(_lines, (one for one in families if one.samples)))


def of_keys(every: Sequence[Held], now: datetime, *, is_encrypted: bool) -> list[Family]:
    """How long each kind of key and certificate lasts still: of several the first to end."""
    left: dict[str, float] = {}
    for one in every:
        if one.until:
            seconds = (one.until - now).total_seconds()
            left[one.what] = min(seconds, left.get(one.what, seconds))
    ends = [Sample(round(seconds), {"what": what}) for what, seconds in sorted(left.items())]
    counted = sum(one.warned_at(now) is not None for one in every)
    return [
        Family("amber_ends_seconds", "gauge", "Seconds until the first of a kind ends.", ends),
        Family("amber_ends_soon", "gauge", "Things that end soon.", [Sample(counted)]),
        Family(
            "amber_keys_encrypted", "gauge", "1 when keys are encrypted.", [Sample(is_encrypted)]
        ),
    ]


def of_standing(standing: Standing) -> list[Family]:
    """What waits for each member, which charter holds, and how much there is."""
    waiting = [Sample(lane.waiting, {"member": lane.member}) for lane in standing.lanes]
    failing = [Sample(bool(lane.fault), {"member": lane.member}) for lane in standing.lanes]
    version, records = [Sample(standing.charter.version)], [Sample(standing.records)]
    entries = [Sample(standing.audit_entries)]
    return [
        Family("amber_mail_waiting", "gauge", "Notices that a member does not have yet.", waiting),
        Family("amber_mail_failing", "gauge", "1 when the last delivery failed.", failing),
        Family("amber_charter_version", "gauge", "Version of the charter in force.", version),
        Family("amber_records", "gauge", "Records held.", records),
        Family("amber_audit_entries", "gauge", "Entries of the audit log.", entries),
    ]


def of_refusals(counts: Mapping[tuple[MemberId, Code], int]) -> list[Family]:
    """How many calls of each member were refused for each reason since the node began."""
    calls = [
        Sample(count, {"member": member, "reason": reason})
        for (member, reason), count in counts.items()
    ]
    return [Family("amber_refused_calls_total", "counter", "Calls that were refused.", calls)]


def _lines(family: Family) -> str:
    lines = [f"# HELP {family.name} {family.help}", f"# TYPE {family.name} {family.kind}"]
    lines += [f"{family.name}{_labels(one.labels)} {one.value:.12g}" for one in family.samples]
    return "\n".join(lines) + "\n"


def _labels(labels: Mapping[str, str]) -> str:
    if not labels:
        return ""
    return "{" + ",".join(f'{name}="{_quoted(value)}"' for name, value in labels.items()) + "}"


def _quoted(value: str) -> str:
    return value.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")
