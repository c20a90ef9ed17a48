import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from tuf.api.metadata import Metadata, Targets

from federation import charter
from federation.charter import Charter, Group
from federation.errors import CharterError
from federation.limits import MEMBERS
from federation.messages import MemberId
from tests.federation.charter.own import LIFE, NOW, Own
from tests.federation.world import EE, LT, LV, card, cards, own_of, signed

Change = Callable[[dict[str, Any]], object]


def altered(document: bytes, change: Change) -> bytes:
    """The document after its signed part was edited by hand."""
    plain = json.loads(document)
    change(plain["signed"])
    return json.dumps(plain).encode()


def test_a_charter_counts_once_every_member_has_signed(own: Own) -> None:
    members = cards(own, EE, LV)
    document = signed(members, [own[EE], own[LV]])

    read = charter.read(document)

    assert read.version == 1
    assert list(read.members.values()) == [
        replace(members[0], number=1),
        replace(members[1], number=2),
    ]


def test_a_charter_with_a_signature_missing_does_not_count(own: Own) -> None:
    document = signed(cards(own, EE, LV), [own[EE]])

    with pytest.raises(CharterError, match="not signed by enough"):
        charter.read(document)


def test_a_proposal_says_who_has_signed_it(own: Own) -> None:
    document = signed(cards(own, EE, LV), [own[EE]])

    proposal = charter.proposal(document)

    assert proposal.signed_by == {EE}


def test_signing_twice_is_one_signature(own: Own) -> None:
    document = signed(cards(own, EE, LV), [own[EE], own[EE]])

    proposal = charter.proposal(document)

    assert proposal.signed_by == {EE}
    assert len(json.loads(document)["signatures"]) == 1


def test_nobody_signs_a_charter_that_does_not_name_it(own: Own) -> None:
    document = signed(cards(own, EE, LV), [])

    with pytest.raises(CharterError, match="does not name the member"):
        charter.sign(document, own[LT].signer)


@pytest.mark.parametrize(
    "change",
    [
        lambda root: root.update(version=2),
        lambda root: root.update(expires="2099-01-01T00:00:00Z"),
        lambda root: root["amber"]["members"][0].update(port=9999),
        lambda root: root["amber"]["members"][0].update(host="attacker.example"),
        lambda root: root["amber"]["groups"].update(baltic=["EE"]),
    ],
)
def test_an_edited_charter_does_not_count(own: Own, change: Change) -> None:
    document = signed(cards(own, EE, LV), own_of(own, EE, LV))

    with pytest.raises(CharterError, match="not signed by enough"):
        charter.read(altered(document, change))


@pytest.mark.parametrize(
    "change",
    [
        lambda root: root["roles"]["root"].update(threshold=1),
        lambda root: root["roles"]["root"]["keyids"].pop(),
        lambda root: root["keys"].popitem(),
    ],
)
def test_a_charter_whose_keys_or_threshold_are_not_those_of_its_members_does_not_count(
    own: Own, change: Change
) -> None:
    document = signed(cards(own, EE, LV), own_of(own, EE, LV))

    with pytest.raises(CharterError):
        charter.sign(altered(document, change), own[EE].signer)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda root: root.pop("amber"), "not a charter"),
        (lambda root: root["amber"].update(more=1), "not a charter"),
        (lambda root: root["amber"]["members"].clear(), "not a charter"),
        (lambda root: root["amber"]["members"][0].update(kind="empire"), "kind"),
        (lambda root: root["amber"]["members"][0].update(number=64), "number"),
        (lambda root: root["amber"]["members"][0].update(number=0), "no number"),
        (lambda root: root["amber"]["members"][0].update(number=2), "share one number"),
        (lambda root: root["amber"]["members"][0].update(id="LV"), "ca of LV"),
        (lambda root: root["amber"]["members"][0].update(ca="no"), "certificate"),
        (lambda root: root["amber"]["members"][0].update(port=70_000), "port"),
        (lambda root: root["amber"]["members"][0].update(host="unix:/x"), "host of EE"),
        (lambda root: root["amber"]["members"][0].update(name="E\x1b[2J"), "name of EE"),
        (lambda root: root["amber"]["members"][0].update(topics=["a\nGROUP x"]), "topics of EE"),
        (lambda root: root["amber"]["members"][0].update(host="fe80::1%x\nEE"), "host of EE"),
        (lambda root: root["amber"]["members"][0].update(host="fe80::1%0"), "host of EE"),
        (lambda root: root["amber"]["groups"].update(baltic=["PL"]), "no member PL"),
        (
            lambda root: root["amber"]["members"].append(root["amber"]["members"][0]),
            "twice",
        ),
    ],
)
def test_a_charter_that_makes_no_sense_is_refused_with_its_reason(
    own: Own, change: Change, says: str
) -> None:
    document = signed(cards(own, EE, LV), own_of(own, EE, LV))

    with pytest.raises(CharterError, match=says):
        charter.read(altered(document, change))


def test_two_members_never_share_a_signing_key(own: Own) -> None:
    first, second = cards(own, EE, LV)

    with pytest.raises(CharterError, match="share one signing key"):
        signed([first, replace(second, signing_key=first.signing_key)], [])


@pytest.mark.parametrize(
    "change",
    [
        lambda root: root.update(more="x" * 400_000),
        lambda root: root.update(spec_version="1." + "0" * 400_000),
        lambda root: root.update(consistent_snapshot="x" * 400_000),
        lambda root: root["amber"]["groups"].update(baltic=["EE"] * 100_000),
        lambda root: root["amber"]["members"].reverse(),
    ],
)
def test_nothing_stands_in_a_charter_but_what_it_says(own: Own, change: Change) -> None:
    """Or a renewal, which is signed without a person, would carry anything to every member."""
    document = altered(signed(cards(own, EE, LV), []), change)

    for read in (charter.proposal, lambda one: charter.sign(one, own[EE].signer)):
        with pytest.raises(CharterError, match="more stands in it"):
            read(document)


def test_nothing_stands_beside_a_charter_but_its_signatures(own: Own) -> None:
    plain = json.loads(signed(cards(own, EE, LV), own_of(own, EE, LV)))

    with pytest.raises(CharterError, match="more stands in it"):
        charter.read(json.dumps(plain | {"more": "x"}).encode())


@pytest.mark.parametrize(
    "change",
    [
        lambda root: root.update(more=0.5),
        lambda root: root["amber"]["members"][0].update(name="\ud800"),
        lambda root: root["amber"]["members"][0].update(ca="\ud800"),
    ],
)
def test_what_has_no_canonical_form_is_no_charter(own: Own, change: Change) -> None:
    document = altered(signed(cards(own, EE, LV), []), change)

    for read in (charter.proposal, charter.identity, charter.document_fingerprint):
        with pytest.raises(CharterError, match="cannot be read"):
            read(document)


@pytest.mark.parametrize("document", [b"", b"{}", b'{"signed": {"_type": "root"}}'])
def test_what_is_no_charter_is_refused(document: bytes) -> None:
    with pytest.raises(CharterError, match="cannot be read"):
        charter.read(document)


def test_signed_metadata_of_another_kind_is_no_charter() -> None:
    document = Metadata(Targets(expires=NOW)).to_bytes()

    with pytest.raises(CharterError, match="another kind"):
        charter.read(document)


def test_a_charter_is_replaced_by_a_higher_one_that_both_have_signed(own: Own) -> None:
    held = signed(cards(own, EE, LV), own_of(own, EE, LV))
    wider = cards(own, LT, EE, LV)
    proposed = signed(wider, own_of(own, EE, LV, LT), after=charter.read(held))

    new = charter.replacement(held, proposed)

    assert new.version == 2
    assert [(member.id, member.number) for member in new.members.values()] == [
        (EE, 1),
        (LV, 2),
        (LT, 3),
    ]


def test_an_older_charter_never_replaces_a_newer_one(own: Own) -> None:
    first = signed(cards(own, EE, LV), own_of(own, EE, LV))
    second = signed(cards(own, EE, LV), own_of(own, EE, LV), after=charter.read(first))

    with pytest.raises(CharterError, match="charter 1 cannot replace charter 2"):
        charter.replacement(second, first)


def test_a_charter_that_throws_a_member_out_needs_the_rules_of_the_one_it_replaces(
    own: Own,
) -> None:
    held = signed(cards(own, EE, LV, LT), own_of(own, EE, LV, LT))
    proposed = signed(cards(own, EE), own_of(own, EE), after=charter.read(held))

    with pytest.raises(CharterError, match="charter 2 is not signed by enough"):
        charter.replacement(held, proposed)


@pytest.mark.parametrize(("signers", "counts"), [((EE, LV), True), ((EE,), False)])
def test_a_charter_counts_with_k_of_n_signatures(
    own: Own, signers: tuple[MemberId, ...], counts: bool
) -> None:
    held = signed(cards(own, EE, LV, LT), own.values(), threshold=2)
    proposed = signed(cards(own, EE, LV, LT), own_of(own, *signers), after=charter.read(held))

    proposal = charter.proposal(proposed, current=held)

    assert proposal.is_enough is counts
    assert proposal.signed_by == set(signers)
    if counts:
        assert charter.replacement(held, proposed).version == 2
    else:
        with pytest.raises(CharterError, match="not signed by enough"):
            charter.replacement(held, proposed)


def test_the_rule_of_the_charter_in_force_counts_though_the_next_asks_for_less(own: Own) -> None:
    held = signed(cards(own, EE, LV, LT), own.values(), threshold=3)
    proposed = signed(
        cards(own, EE, LV, LT), own_of(own, EE, LV), after=charter.read(held), threshold=2
    )

    proposal = charter.proposal(proposed, current=held)

    assert (proposal.is_enough, len(proposal.signed_by), proposal.needed) == (False, 2, 3)
    with pytest.raises(CharterError, match="not signed by enough"):
        charter.replacement(held, proposed)


def test_another_charter_of_the_same_version_is_called_a_fork(own: Own) -> None:
    held = signed(cards(own, EE, LV), own_of(own, EE, LV))
    other = signed(
        [replace(one, host="10.0.0.9") for one in cards(own, EE, LV)], own_of(own, EE, LV)
    )

    with pytest.raises(CharterError, match="forked"):
        charter.replacement(held, other)


def test_without_a_word_the_majority_decides_and_a_charter_lasts_thirty_days(own: Own) -> None:
    three = charter.read(signed(cards(own, EE, LV, LT), own.values()))
    two = charter.read(signed(cards(own, EE, LV), own_of(own, EE, LV), after=three))

    assert (three.threshold, two.threshold, three.life) == (2, 2, LIFE)


def test_a_charter_of_before_thresholds_needs_everybody(own: Own) -> None:
    plain = json.loads(signed(cards(own, EE, LV, LT), [], threshold=3))
    del plain["signed"]["amber"]["threshold"]
    document = json.dumps(plain).encode()
    for keys_ in own.values():
        document = charter.sign(document, keys_.signer)

    assert charter.read(document).threshold == 3


@pytest.mark.parametrize("threshold", [4, -1])
def test_no_charter_asks_for_more_signatures_than_members_vote(own: Own, threshold: int) -> None:
    with pytest.raises(CharterError, match="signatures are asked for"):
        signed(cards(own, EE, LV, LT), [], threshold=threshold)


def test_a_free_number_is_given_again_and_a_held_one_stays(own: Own) -> None:
    held = Charter(3, {LT: replace(*cards(own, LT), number=2)}, {}, NOW, 1, LIFE)

    read = charter.proposal(charter.draft(cards(own, EE, LT), expires_at=NOW, after=held)).charter

    assert {member.id: member.number for member in read.members.values()} == {EE: 1, LT: 2}


def test_groups_stay_less_the_members_that_left(own: Own) -> None:
    both = cards(own, EE, LV)
    alone = charter.read(signed(both, own_of(own, EE, LV)))
    held = replace(alone, groups={"baltic": Group(frozenset({EE, LV}), lead=LV)})

    read = charter.proposal(charter.draft(both[:1], expires_at=NOW, after=held)).charter

    assert read.groups == {"baltic": Group(frozenset({EE}))}
    assert read.groups_of(EE) == {"baltic"}
    assert held.groups_of(LT) == frozenset()


def test_a_charter_holds_no_more_members_than_there_are_doors(own: Own) -> None:
    one = card(own[EE], port=7400)
    many = [replace(one, id=MemberId(f"M{number}")) for number in range(MEMBERS + 1)]

    with pytest.raises(CharterError, match="at most 63"):
        charter.draft(many, expires_at=NOW)


def test_a_charter_of_one_gives_way_to_what_its_member_signed(own: Own) -> None:
    alone = signed(cards(own, EE), own_of(own, EE))
    place = charter.Place("ab" * 32, 5)
    wide = charter.read(signed(cards(own, EE, LV), own_of(own, EE, LV)))
    joined = charter.written(charter.renewed(wide, place, NOW))
    for id in (EE, LV):
        joined = charter.sign(joined, own[id].signer)

    new = charter.replacement(alone, joined)

    assert (new.version, new.follows) == (5, place.follows)


def test_signatures_are_joined_and_what_does_not_hold_is_left_out(own: Own) -> None:
    held = signed(cards(own, EE, LV, LT), own.values())
    draft = charter.draft(cards(own, EE, LV, LT), expires_at=NOW, after=charter.read(held))
    by_one, by_other = (charter.sign(draft, own[id].signer) for id in (EE, LV))
    junk = json.loads(by_other)
    junk["signatures"][0]["sig"] = "00" * 64
    other = signed(cards(own, EE, LV), own_of(own, LV), after=charter.read(held))

    joined = charter.joined(by_one, by_other, current=held)
    nothing = charter.joined(by_one, json.dumps(junk).encode(), current=held)

    assert charter.proposal(joined, current=held).signed_by == {EE, LV}
    assert charter.joined(by_other, by_one, current=held) == joined
    assert charter.proposal(nothing, current=held).signed_by == {EE}
    assert charter.identity(joined) == charter.identity(by_one)
    with pytest.raises(CharterError, match="do not say the same"):
        charter.joined(by_one, other, current=held)


def test_a_charter_is_read_aloud_by_what_it_says_not_by_who_signed_it(own: Own) -> None:
    by_one = charter.sign(charter.draft(cards(own, EE, LV), expires_at=NOW), own[EE].signer)
    by_both = charter.sign(by_one, own[LV].signer)

    read = charter.document_fingerprint(by_both)

    assert read == charter.document_fingerprint(by_one)
    assert len(read.split()) == 8
    assert charter.is_read_as(read.lower().replace(" ", ""), read)
    assert not charter.is_read_as(read[:-1], read)
    assert not charter.is_read_as("", read)
