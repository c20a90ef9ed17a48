"""Verdicts: who may ask, and how much of a record a question may see; Cedar reads the rules."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Any

import cedarpy

from federation.charter import Member
from federation.messages import EVERYONE, GROUP_PREFIX, Marking, MemberId, Question, Share
from node.codes import Tell
from node.errors import ConfigError

#: Verdicts kept; there are few distinct markings and few kinds of question.
MOST_KEPT = 10_000

#: What may be seen of a record, most telling first.
_SIGHTS = ((Share.FULL, "seeFull"), (Share.CORE, "seeCore"), (Share.HIT, "seeHit"))
_NODE = {"type": "Node", "id": "own"}
_RECORD = {"type": "Record", "id": "one"}
_NOTHING_KNOWN = cedarpy.Entities.from_json_str("[]")


@dataclass(frozen=True, slots=True)
class Request:
    """Everything about a question that a rule may weigh; what it looks for is not among it."""

    member: MemberId
    kind: str
    role: str
    purpose: str
    topic: str
    has_case: bool
    is_urgent: bool
    is_own: bool
    groups: frozenset[str]
    is_granted: bool = False


def request_of(
    question: Question, member: Member, *, groups: frozenset[str], is_own: bool = False
) -> Request:
    """What policy weighs of a question: who asks, in which role, why."""
    return Request(
        member=member.id,
        kind=member.kind,
        role=question.asker.role,
        purpose=question.purpose,
        topic=question.topic,
        has_case=bool(question.case.strip()),
        is_urgent=question.is_urgent,
        is_own=is_own,
        groups=groups,
        is_granted=question.topic in member.topics,
    )


def audiences_of(request: Request) -> frozenset[str]:
    """Every word by which a marking may name the member of a request."""
    return _names(request) | {EVERYONE}


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether something is allowed, and the rules that said so; the ground is for our audit."""

    is_allowed: bool
    ground: str


@dataclass(frozen=True, slots=True)
class Release:
    """How much of a record is shown, and the rules that permit it or, if they do, forbid more."""

    share: Share
    ground: str


class Policy:
    """A set of Cedar rules, each with its `@id`, checked against a schema before any is used.

    What no rule permits is denied, and so is what a rule that cannot be worked out might have
    forbidden. May be shared between threads.

    Raises `ConfigError` naming the rule and what is wrong with it.
    """

    def __init__(self, policies: str, schema: str) -> None:
        self._rules = _checked(policies, schema)
        self._ids = _ids(self._rules)
        self._weighed = lru_cache(MOST_KEPT)(self._weigh)
        self._released = lru_cache(MOST_KEPT)(self._release)

    def weigh(self, request: Request) -> Verdict:
        """Whether this may be asked at all: by our own people, or of us by a member."""
        return self._weighed(request, "ask")

    def weigh_watch(self, request: Request) -> Verdict:
        """Whether a watch for this may stand: of our own people, or a member's here."""
        return self._weighed(request, "watch")

    def weigh_meeting(self, member: MemberId, kind: str) -> Verdict:
        """Whether a member of this kind may find out if its planned activities meet ours."""
        context = {"isOwn": False, "kind": _word("Kind", kind)}
        return self._decide(_of_member(member, "meet", context), _NOTHING_KNOWN)

    def weigh_inquiry(self, member: MemberId, kind: str, role: str, *, is_own: bool) -> Verdict:
        """Whether a person in this role may see books: ours a member's, a member's ours."""
        context = {"isOwn": is_own, "kind": _word("Kind", kind), "role": _word("Role", role)}
        return self._decide(_of_member(member, "reconcile", context), _NOTHING_KNOWN)

    def release(self, request: Request, marking: Marking) -> Release:
        """The most that this question may see of a record with this marking.

        No rule widens what the owner set: a member outside the audience sees nothing, and nobody
        but our own people more than the share.
        """
        return self._released(request, marking)

    def _weigh(self, request: Request, action: str) -> Verdict:
        return self._decide(_query(request, action, _NODE), _NOTHING_KNOWN)

    def _release(self, request: Request, marking: Marking) -> Release:
        most = Share.FULL if request.is_own else _shared(request, marking)
        is_named = not _names(request).isdisjoint(marking.audience)
        known = _known(marking)
        ground = "" if most else "not shared with this member"
        for share, action in _SIGHTS:
            if share <= most:
                query = _query(request, action, _RECORD, isNamed=is_named)
                verdict = self._decide(query, known)
                if verdict.is_allowed:
                    return Release(share, ground or verdict.ground)
                ground = ground or verdict.ground
        return Release(Share.HIDDEN, ground)

    def _decide(self, query: dict[str, Any], known: cedarpy.Entities) -> Verdict:
        result = cedarpy.is_authorized(query, self._rules, known)
        told = result.diagnostics
        if told.errors:
            return Verdict(
                is_allowed=False, ground=f"cannot be worked out: {'; '.join(told.errors)}"
            )
        rules = sorted(self._ids[reason] for reason in told.reasons)
        return Verdict(result.allowed, "; ".join(rules) or "no rule permits it")


def _checked(policies: str, schema: str) -> cedarpy.PolicySet:
    checked = cedarpy.validate_policies(policies, schema)
    if not checked:
        ids = checked.id_annotations_by_policy_id
        faults = (
            f"{ids.get(fault.policy_id, fault.policy_id)} {fault.error}" for fault in checked.errors
        )
        raise ConfigError(f"policy: {'; '.join(faults)}")
    return cedarpy.PolicySet.from_str(policies)


def _ids(rules: cedarpy.PolicySet) -> Mapping[str, str]:
    """Cedar's own number of each rule -> its `@id`, by which our audit names it."""
    read = rules.to_pst().static_policies
    ids = {number: rule.annotations.get("id") or "" for number, rule in read.items()}
    if unnamed := [number for number, id in ids.items() if not id]:
        raise ConfigError(f"policy: {', '.join(unnamed)} (counted from 0) has no @id")
    return MappingProxyType(ids)


def _names(request: Request) -> frozenset[str]:
    """What an audience may call this member, but for ALL."""
    return frozenset({request.member, *(f"{GROUP_PREFIX}{group}" for group in request.groups)})


def _shared(request: Request, marking: Marking) -> Share:
    """The most that the owner lets this member see: nothing, while its people are told first."""
    if marking.tell == Tell.FIRST:
        return Share.HIDDEN
    is_reached = EVERYONE in marking.audience or not _names(request).isdisjoint(marking.audience)
    return marking.share if is_reached else Share.HIDDEN


def _query(request: Request, action: str, resource: dict[str, str], **more: bool) -> dict[str, Any]:
    context = {
        "isOwn": request.is_own,
        "kind": _word("Kind", request.kind),
        "role": _word("Role", request.role),
        "purpose": _word("Purpose", request.purpose),
        "hasCase": request.has_case,
        "isUrgent": request.is_urgent,
        "isGranted": request.is_granted,
        **more,
    }
    if request.topic:
        context["topic"] = _word("Topic", request.topic)
    return {
        "principal": {"type": "Member", "id": request.member},
        "action": {"type": "Action", "id": action},
        "resource": resource,
        "context": context,
    }


def _of_member(member: MemberId, action: str, context: dict[str, Any]) -> dict[str, Any]:
    return {
        "principal": {"type": "Member", "id": member},
        "action": {"type": "Action", "id": action},
        "resource": _NODE,
        "context": context,
    }


def _known(marking: Marking) -> cedarpy.Entities:
    attributes = {
        "topic": _word("Topic", marking.topic),
        "category": _word("Category", marking.category),
        "handling": [_word("Handling", code) for code in sorted(marking.handling)],
    }
    record = {"uid": _RECORD, "attrs": attributes, "parents": []}
    return cedarpy.Entities.from_json_str(json.dumps([record]))


def _word(list_name: str, word: str) -> dict[str, dict[str, str]]:
    """One word of a code list. A word that is in no list equals none that a rule can name."""
    return {"__entity": {"type": list_name, "id": word}}
