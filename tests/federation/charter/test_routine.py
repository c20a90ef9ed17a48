"""What a node may sign by itself, and how little that is."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding

from federation import charter
from federation.certificates import authority
from federation.charter import Charter, Drafted, FormerCa, Member, Place, Routine, Standing
from federation.messages import MemberId
from federation.seal import SigningKey
from tests.federation.charter.own import LIFE, NOW, Own
from tests.federation.world import EE, LT, LV, cards, own_of, signed

NEW_KEY = bytes(range(32))


@dataclass(frozen=True)
class Case:
    """A charter in force and what is judged of proposals to replace it."""

    own: Own
    held: bytes

    @property
    def charter(self) -> Charter:
        return charter.read(self.held)

    def judged(
        self,
        proposed: Charter,
        *,
        by: MemberId = EE,
        is_endorsed: bool = True,
        signers: tuple[MemberId, ...] = (EE,),
    ) -> Routine | None:
        document = charter.written(proposed)
        for id in signers:
            document = charter.sign(document, self.own[id].signer, current=self.held)
        return charter.routine(
            self.charter,
            charter.identity(self.held),
            charter.proposal(document, current=self.held),
            Drafted(by, is_endorsed),
            NOW,
        )

    def renewed(self) -> Charter:
        return charter.renewed(self.charter, Place(charter.identity(self.held), 2), NOW)

    def with_line(self, id: MemberId = EE, **changes: Any) -> Charter:
        line = replace(self.charter.members[id], **changes)
        return replace(self.renewed(), members={**self.charter.members, id: line})


@pytest.fixture
def case(own: Own) -> Case:
    return Case(own, signed(cards(own, EE, LV, LT), own_of(own, EE, LV, LT)))


def former(case: Case, **other: Any) -> SigningKey:
    """The signing key of EE as a former one."""
    return replace(SigningKey(case.own[EE].signing_key, NOW + LIFE), **other)


def test_a_renewal_is_routine_whoever_drafts_it(case: Case) -> None:
    assert case.judged(case.renewed(), by=LV, is_endorsed=False, signers=()) is Routine.RENEWAL


@pytest.mark.parametrize(
    "change",
    [
        lambda new: replace(new, expires_at=NOW + LIFE + timedelta(hours=1)),
        lambda new: replace(new, expires_at=NOW - timedelta(days=1)),
        lambda new: replace(new, version=2_000),
        lambda new: replace(new, follows=""),
        lambda new: replace(new, follows="ab" * 32),
        lambda new: replace(new, threshold=1),
        lambda new: replace(new, life=timedelta(days=60)),
        lambda new: replace(new, groups={"all": charter.Group(frozenset({EE}))}),
        lambda new: replace(
            new,
            members={**new.members, LV: replace(new.members[LV], standing=Standing.SUSPENDED)},
        ),
        lambda new: replace(new, members={EE: new.members[EE], LV: new.members[LV]}, threshold=2),
    ],
)
def test_a_renewal_that_says_anything_else_waits_for_people(
    case: Case, change: Callable[[Charter], Charter]
) -> None:
    assert case.judged(change(case.renewed())) is None


def test_a_member_moves_with_its_key_and_its_ca_together(case: Case) -> None:
    moved = case.with_line(host="10.0.0.9", port=9000, name="Another name")

    assert case.judged(moved) is Routine.OWN_LINE
    assert case.judged(moved, is_endorsed=False) is None
    assert case.judged(moved, signers=(LV,)) is None
    assert case.judged(moved, by=LV, signers=(EE, LV)) is None


def test_a_signing_key_is_replaced_and_kept(case: Case) -> None:
    kept = case.with_line(signing_key=NEW_KEY, former_keys=(former(case),))
    revoked = case.with_line(
        signing_key=NEW_KEY, former_keys=(former(case, until=NOW, is_revoked=True),)
    )

    assert case.judged(kept) is Routine.OWN_LINE
    assert case.judged(revoked) is Routine.OWN_LINE


@pytest.mark.parametrize(
    "change",
    [
        lambda _: {"signing_key": NEW_KEY},
        lambda case: {
            "signing_key": NEW_KEY,
            "former_keys": (former(case, until=NOW + 2 * LIFE),),
        },
        lambda case: {
            "signing_key": NEW_KEY,
            "former_keys": (former(case), SigningKey(bytes(32), NOW)),
        },
        lambda _: {"former_keys": (SigningKey(NEW_KEY, NOW),)},
        lambda case: {"former_keys": (former(case),)},
        lambda _: {"standing": Standing.WITHDRAWN},
        lambda _: {"topics": frozenset({"drugs"})},
        lambda _: {"number": 9},
        lambda _: {"kind": charter.Kind.ORGANISATION},
    ],
)
def test_a_line_that_loses_or_invents_anything_waits_for_people(
    case: Case, change: Callable[[Case], dict[str, Any]]
) -> None:
    line = replace(case.charter.members[EE], **change(case))
    new = replace(case.renewed(), members={**case.charter.members, EE: line}, threshold=2)
    said = charter.Proposal(new, frozenset({EE}), frozenset({EE}), 2)
    drafted = Drafted(EE, is_endorsed=True)

    judged = charter.routine(case.charter, charter.identity(case.held), said, drafted, NOW)

    assert judged is None


def test_a_former_key_may_end_sooner_and_never_later(case: Case) -> None:
    once = case.with_line(signing_key=NEW_KEY, former_keys=(former(case),))
    follows = Place("cd" * 32, 3)

    def judged(**other: Any) -> Routine | None:
        line = replace(once.members[EE], port=9_000, former_keys=(former(case, **other),))
        new = charter.renewed(once, follows, NOW)
        new = replace(new, members={**new.members, EE: line})
        said = charter.Proposal(new, frozenset({EE}), frozenset({EE}), 2)
        return charter.routine(once, follows.follows, said, Drafted(EE, is_endorsed=True), NOW)

    assert judged(until=NOW) is Routine.OWN_LINE
    assert judged(is_revoked=True) is Routine.OWN_LINE
    assert judged(until=NOW + LIFE + timedelta(seconds=1)) is None
    assert judged(until=NOW + LIFE + timedelta(seconds=1), is_revoked=True) is None


def test_a_ca_is_replaced_with_an_overlap_and_none_is_made_up(case: Case) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    new = authority(EE, key, NOW).public_bytes(Encoding.PEM)
    old = case.own[EE].ca

    def judged(**line: Any) -> Routine | None:
        return case.judged(case.with_line(ca=new, **line))

    assert judged(former_cas=(FormerCa(old, NOW + LIFE),)) is Routine.OWN_LINE
    assert judged() is Routine.OWN_LINE
    assert judged(former_cas=(FormerCa(old, NOW + 2 * LIFE),)) is None
    assert case.judged(case.with_line(former_cas=(FormerCa(new, NOW),))) is None


def test_only_the_present_ca_endorses_and_only_this_document(own: Own, case: Case) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    ca = authority(EE, key, NOW).public_bytes(Encoding.PEM)
    document, other = charter.written(case.renewed()), charter.written(case.with_line(port=9_000))
    endorsement = charter.endorsed(document, key)

    assert charter.is_endorsed(document, endorsement, ca)
    assert charter.is_endorsed(charter.sign(document, own[EE].signer), endorsement, ca)
    assert not charter.is_endorsed(other, endorsement, ca)
    assert not charter.is_endorsed(document, endorsement, own[EE].ca)
    assert not charter.is_endorsed(document, b"", ca)


def test_a_member_that_is_not_active_moves_nothing(case: Case) -> None:
    gone: dict[MemberId, Member] = {
        **case.charter.members,
        EE: replace(case.charter.members[EE], standing=Standing.SUSPENDED),
    }
    held = replace(case.charter, members=gone)
    new = charter.renewed(held, Place("cd" * 32, 2), NOW)
    new = replace(new, members={**gone, EE: replace(gone[EE], port=9_000)})
    said = charter.Proposal(new, frozenset({EE}), frozenset({EE}), 2)

    assert charter.routine(held, "cd" * 32, said, Drafted(EE, is_endorsed=True), NOW) is None
