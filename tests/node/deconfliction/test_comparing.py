"""Comparing with a member that does not keep to the rules: it is refused, and learns nothing."""

import secrets
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import msgspec
import pytest

from federation import wire
from federation.errors import InvalidError, RefusedError
from federation.meetings import ContactPoint, Handle, Probe, ProbeAnswer, ProbeProof, Veiled
from federation.messages import Asker, Content, MemberId, Notice, NoticeId, PersonId, Sought
from federation.private import Use, secret
from node import app, config, store
from node.deconfliction.activities import Activity, ActivityId, Tokens
from node.deconfliction.comparing import Comparing
from node.deconfliction.veiling import doubled, tagged, veiled
from node.people import person
from node.store import Tx
from node.store.probes import ProbeState
from tests.world import Place, World, eventually, federation

EE, LV, PL = MemberId("EE"), MemberId("LV"), MemberId("PL")
BY = secret(bytes(range(64)))
NOTHING = Tokens(frozenset(), frozenset())
H = Handle("h-1")


def notice(content: Content) -> Notice:
    return Notice(NoticeId("n"), 1, content)


def comparing(place: Place) -> Comparing:
    return place.up.post.planning.comparing


def says(place: Place, member: MemberId, content: Content) -> None:
    """A member hands a notice to another one."""
    effects = place.up.post.outbox.effects
    with place.up.store.write() as tx:
        effects[type(content)](tx, member, notice(content))


def probe(handle: Handle = H) -> Probe:
    return Probe(handle, veiled(NOTHING, BY, (LV, EE), secrets.token_bytes))


def plans(place: Place, name: str = "Anna Nowak") -> ActivityId:
    """Plan something with a target."""
    now = place.world.clock()
    activity = Activity(
        ActivityId(app.new_id()),
        Asker(PersonId("first"), "analyst"),
        "CASE-1",
        "investigation",
        "arrest",
        ContactPoint("Duty desk", "+372 5550100"),
        now,
        now + timedelta(hours=3),
        target=Sought(name=name),
    )
    place.up.post.planning.add(activity, (), now=now)
    return activity.id


def sent_by(place: Place, to: MemberId, kind: type[Content]) -> list[Content]:
    """What a member has put in the mail for another one."""
    with place.up.store.view() as view:
        posted = store.mail.outgoing(view, to, after=0, most=-1)
    notices = (
        wire.notice_from(one.sealed.body, place.home.member, id="n", sequence=1) for one in posted
    )
    return [one.content for one in notices if isinstance(one.content, kind)]


def asked_by_a_stranger_to_the_rules(world: World) -> ProbeAnswer:
    """Latvia's node is down; somebody who has its keys asks Estonia, which has an activity."""
    world["lv"].stop()
    plans(world["ee"])
    says(world["ee"], LV, probe())
    eventually(lambda: sent_by(world["ee"], LV, ProbeAnswer))
    [answer] = sent_by(world["ee"], LV, ProbeAnswer)
    assert isinstance(answer, ProbeAnswer)
    return answer


def test_a_probe_of_a_name_that_came_before_is_refused(world: World) -> None:
    says(world["ee"], LV, probe())

    with pytest.raises(InvalidError, match="before"):
        says(world["ee"], LV, probe())


def test_an_organisation_finds_out_nothing() -> None:
    def as_observer(one: config.Config) -> config.Config:
        is_observer = one.member.id == "EUROPOL"
        member = msgspec.structs.replace(one.member, kind="organisation")
        return msgspec.structs.replace(one, member=member) if is_observer else one

    with federation("EE", "EUROPOL", settings=as_observer) as world:
        with pytest.raises(RefusedError, match="no rule permits it"):
            says(world["ee"], MemberId("EUROPOL"), probe())

        assert sent_by(world["ee"], MemberId("EUROPOL"), ProbeAnswer) == []


def test_a_probe_that_holds_no_points_is_put_aside_and_the_next_one_answered(
    world: World,
) -> None:
    world["lv"].stop()
    says(world["ee"], LV, replace(probe(), points=Veiled((b"x" * 32,) * 64, (b"x" * 32,) * 256)))
    says(world["ee"], LV, probe(Handle("h-2")))

    eventually(lambda: sent_by(world["ee"], LV, ProbeAnswer))

    [answer] = sent_by(world["ee"], LV, ProbeAnswer)
    assert isinstance(answer, ProbeAnswer)
    assert answer.probe == "h-2"
    assert "probe put aside" in [entry.event for entry in world["ee"].audit]


def test_an_answer_tells_nothing_of_whether_anything_is_planned(world: World) -> None:
    answer = asked_by_a_stranger_to_the_rules(world)
    says(world["pl"], LV, replace(probe(), points=probe().points))
    eventually(lambda: sent_by(world["pl"], LV, ProbeAnswer))
    [empty] = sent_by(world["pl"], LV, ProbeAnswer)

    assert isinstance(empty, ProbeAnswer)
    assert [(len(b.target), len(b.place)) for b in answer.blocks] == [
        (len(b.target), len(b.place)) for b in empty.blocks
    ]


@pytest.mark.parametrize(
    "claimed",
    [
        lambda answer: (answer.tags,) * len(answer.blocks),
        lambda answer: tuple(tagged(block, Use.PROOF) for block in answer.blocks),
        lambda answer: tuple(tagged(doubled(b, BY), Use.FOUND) for b in answer.blocks),
    ],
    ids=["the tags themselves", "the blocks alone", "tags of the other use"],
)
def test_a_meeting_that_is_claimed_without_the_token_is_none(
    world: World, claimed: Callable[[ProbeAnswer], tuple[Veiled, ...]]
) -> None:
    answer = asked_by_a_stranger_to_the_rules(world)

    says(world["ee"], LV, ProbeProof(H, 0, claimed(answer)))

    assert "activities meet" not in [entry.event for entry in world["ee"].audit]


def test_a_proof_is_taken_once_and_of_all_blocks(world: World) -> None:
    answer = asked_by_a_stranger_to_the_rules(world)
    proof = ProbeProof(H, 0, tuple(tagged(doubled(b, BY), Use.PROOF) for b in answer.blocks))

    with pytest.raises(InvalidError, match="other blocks"):
        says(world["ee"], LV, replace(proof, blocks=proof.blocks[1:]))
    with pytest.raises(InvalidError, match="nobody waits"):
        says(world["ee"], PL, proof)
    says(world["ee"], LV, proof)
    with pytest.raises(InvalidError, match="nobody waits"):
        says(world["ee"], LV, proof)


def test_an_answer_counts_from_the_member_that_was_asked_and_part_by_part(world: World) -> None:
    world["lv"].stop()
    activity = plans(world["ee"])
    eventually(lambda: sent_by(world["ee"], LV, Probe))
    with world["ee"].up.store.view() as view:
        probes = {one.member: one for one in store.probes.of_activity(view, activity)}
    points = probe().points
    tags = Veiled((b"t" * 16,) * 64, (b"t" * 16,) * 256)
    answer = ProbeAnswer(probes[LV].handle, 0, is_last=False, tags=tags, blocks=(points,))

    with pytest.raises(InvalidError, match="no probe of ours"):
        says(world["ee"], PL, answer)
    with pytest.raises(InvalidError, match="next part"):
        says(world["ee"], LV, replace(answer, part=1))
    says(world["ee"], LV, answer)
    with pytest.raises(InvalidError, match="next part"):
        says(world["ee"], LV, answer)
    eventually(lambda: sent_by(world["ee"], LV, ProbeProof))
    assert _probe_state(world["ee"], probes[LV].handle) == (ProbeState.ASKED, True)

    says(world["ee"], LV, replace(answer, part=1, is_last=True))

    eventually(lambda: _probe_state(world["ee"], probes[LV].handle) == (ProbeState.COMPARED, False))
    with pytest.raises(InvalidError, match="next part"):
        says(world["ee"], LV, replace(answer, part=2))


def _probe_state(place: Place, handle: Handle) -> tuple[ProbeState, bool]:
    """How far a probe is, and whether its secret is still here."""
    with place.up.store.view() as view:
        held = store.probes.find(view, handle)
    assert held is not None
    return held.state, held.secret is not None


def test_an_answer_to_what_is_over_changes_nothing(world: World) -> None:
    world["lv"].stop()
    activity = plans(world["ee"])
    eventually(lambda: sent_by(world["ee"], LV, Probe))
    [asked] = sent_by(world["ee"], LV, Probe)
    assert isinstance(asked, Probe)
    analyst = person(PersonId("first"), ["analyst"])
    world["ee"].up.post.planning.remove(activity, analyst)

    tags = Veiled((b"t" * 16,) * 64, (b"t" * 16,) * 256)
    says(
        world["ee"],
        LV,
        ProbeAnswer(asked.handle, 0, is_last=True, tags=tags, blocks=(probe().points,)),
    )

    with world["ee"].up.store.view() as view:
        assert store.probes.next_comparison(view) is None


def test_a_member_beyond_its_quota_is_refused_until_an_hour_has_passed(world: World) -> None:
    strict = replace(comparing(world["ee"]), quota_per_hour=1)

    def probed(handle: str) -> None:
        def ask(tx: Tx) -> None:
            strict.probed(tx, LV, notice(probe(Handle(handle))))

        with world["ee"].up.store.write() as tx:
            ask(tx)

    probed("h-1")
    with pytest.raises(RefusedError, match="1 probes"):
        probed("h-2")
    world.clock.turn(hours=1.1)
    probed("h-3")


def test_what_is_kept_of_a_probe_is_forgotten(world: World) -> None:
    answer = asked_by_a_stranger_to_the_rules(world)
    assert msgspec.json.encode(answer)

    with world["ee"].up.store.write() as tx:
        assert store.probes.forget(tx, tx.now) == 0
    world.clock.turn(hours=1)
    with world["ee"].up.store.write() as tx:
        assert store.probes.forget(tx, tx.now) == 1
        assert store.probes.answered(tx, LV, H, 0) is None
