"""Stories of keys: changed while everything runs, stolen and taken back, with members away."""

import functools
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import grpc
import msgspec
import pytest
from structlog.testing import capture_logs

from federation import charter, trust, wire
from federation.charter import Amendment
from federation.errors import (
    BrokenSealError,
    FederationError,
    InvalidError,
    StrangerError,
    UnreachableError,
)
from federation.faults import fault_of
from federation.keys import Keys, Ring, What
from federation.messages import MemberId, PersonId
from federation.peer import Self
from node import app, config, store
from node import home as homes
from node.chartering.proposing import Proposing
from node.people import Role, person
from node.store.mail import LaneState
from tests.federation.world import question
from tests.world import Found, Place, World, eventually, federation

EE, LV, PL = MemberId("EE"), MemberId("LV"), MemberId("PL")
ADMIN = person(PersonId("first"), [Role.ADMINISTRATOR])
AUDITOR = person(PersonId("first"), [Role.AUDITOR])
EVERY = list(What)


@contextmanager
def quick() -> Iterator[World]:
    """Estonia, Latvia and Poland, whose hearts beat five times a second."""
    often = config.Mail(beat_s=0.2)
    with federation(
        "EE", "LV", "PL", settings=lambda one: msgspec.structs.replace(one, mail=often)
    ) as running:
        yield running


@pytest.fixture
def world() -> Iterator[World]:
    """The three of most stories."""
    with quick() as running:
        yield running


@contextmanager
def asking(place: Place) -> Iterator[list[Found]]:
    """Questions without end, two at once, until this ends; what each of them found."""
    found: list[Found] = []
    is_over = threading.Event()

    def ask() -> None:
        while not is_over.is_set():
            found.append(place.search("Anna Nowak", timeout_s=20))

    threads = [threading.Thread(target=ask) for _ in range(2)]
    for thread in threads:
        thread.start()
    yield found
    is_over.set()
    for thread in threads:
        thread.join()


def go_on(found: list[Found]) -> None:
    """Wait until questions are answered that began after this."""
    enough = len(found) + 3
    eventually(lambda: len(found) > enough, timeout_s=30)


def settled(place: Place) -> None:
    """Wait until the keys of a member are changed and every other one knows them."""
    eventually(lambda: not place.desk.rotating.is_changing, timeout_s=30)


def rotated(place: Place, *what: What) -> None:
    place.desk.rotating.rotate(what or EVERY, by=ADMIN)
    settled(place)


def revoked(place: Place, what: What) -> None:
    place.desk.rotating.revoke(what, "a laptop was lost", by=ADMIN)
    settled(place)


def own(place: Place) -> Keys:
    return place.up.ring.present


def lane(place: Place, to: MemberId) -> LaneState:
    with place.up.store.view() as view:
        return store.mail.lane(view, to)


def is_known(place: Place, of: Place) -> bool:
    """Whether a member's charter names the keys that another one has."""
    line = place.up.in_force().members[of.home.member]
    return (line.signing_key, line.ca) == (own(of).signing_key, own(of).ca)


def is_whole(place: Place) -> bool:
    """Whether everybody answers."""
    return place.search("Anna Nowak").is_complete


def events(place: Place) -> list[str]:
    return [entry.event for entry in place.audit]


def test_keys_change_each_by_itself_under_questions_and_not_one_of_them_fails(
    world: World,
) -> None:
    world["lv"].holds("Anna Nowak")

    with asking(world["ee"]) as ours, asking(world["lv"]) as theirs:
        for what in ([What.TLS], [What.CA], [What.SIGNING], EVERY):
            before = own(world["lv"])
            rotated(world["lv"], *what)
            go_on(ours)
            go_on(theirs)

            now = own(world["lv"])
            is_new = now.tls_chain != before.tls_chain, now.ca != before.ca
            assert is_new == (What.TLS in what or What.CA in what, What.CA in what)
            assert (now.signing_key != before.signing_key) is (What.SIGNING in what)
            assert all(is_known(place, world["lv"]) for place in world.places.values())

    assert [one.gathered.outcomes for one in (*ours, *theirs) if not one.is_complete] == []
    assert all(found.hits_from("lv") for found in (*ours, *theirs))


def test_logs_stay_whole_and_signed_by_the_others_through_a_change_of_keys(world: World) -> None:
    def shown() -> None:
        world.clock.turn(seconds=1)
        with world["ee"].up.store.view() as view:
            head = store.audit.head(view)
        assert head is not None
        wanted = head.seq

        def is_signed() -> bool:
            with world["ee"].up.store.view() as view:
                last = store.witness.last_cosigned(view, LV)
            return last is not None and last.head.size >= wanted

        eventually(is_signed)

    shown()
    rotated(world["ee"], What.SIGNING)
    shown()
    revoked(world["ee"], What.SIGNING)
    shown()

    for place in world.places.values():
        assert place.desk.administration.verify(by=AUDITOR)[1] is None
        with place.up.store.view() as view:
            doubts = [store.witness.doubts(view, member) for member in (EE, LV, PL)]
        assert doubts == [[], [], []]
    with world["ee"].up.store.view() as view:
        sizes = {one.head.size for one in store.witness.cosigned(view)}
    assert len(sizes) >= 3  # heads that were signed with all three keys count still


def test_a_member_that_was_away_finds_the_new_keys(world: World) -> None:
    world["pl"].stop()
    world["ee"].desk.rotating.rotate(EVERY, by=ADMIN)
    eventually(lambda: is_known(world["lv"], world["ee"]))
    rotating = world["ee"].desk.rotating
    eventually(lambda: rotating.unheard() == (PL,))
    assert rotating.is_changing

    world["pl"].start()
    settled(world["ee"])

    assert world["pl"].search("Anna Nowak", to=["ee"]).is_complete
    assert world["ee"].search("Anna Nowak", to=["pl"]).is_complete


def test_nobody_is_spared_the_new_keys_for_longer_than_half_of_the_overlap(world: World) -> None:
    world["pl"].stop()
    world["ee"].desk.rotating.rotate([What.SIGNING], by=ADMIN)
    rotating = world["ee"].desk.rotating
    eventually(lambda: rotating.turn is None and rotating.unheard() == (PL,))
    assert world["ee"].up.ring.former is not None

    world.clock.turn(hours=12, seconds=1)

    settled(world["ee"])
    eventually(lambda: "former keys let go" in events(world["ee"]))


def test_a_node_that_ended_in_a_change_goes_on_with_it(world: World) -> None:
    before = own(world["ee"])
    world["lv"].stop()
    world["pl"].stop()
    world["ee"].desk.rotating.rotate(EVERY, by=ADMIN)
    assert world["ee"].desk.rotating.turn is not None
    world["ee"].stop()

    world["ee"].start()
    assert own(world["ee"]).signing_key == before.signing_key
    world["lv"].start()
    world["pl"].start()

    settled(world["ee"])
    assert own(world["ee"]).signing_key != before.signing_key
    assert is_known(world["pl"], world["ee"])


def test_whoever_stole_a_signing_key_is_believed_by_nobody_once_it_is_revoked(
    world: World,
) -> None:
    stolen = own(world["ee"])
    assert knock(world, stolen, own(world["ee"])) is None

    revoked(world["ee"], What.SIGNING)

    assert knock(world, stolen, own(world["ee"])) is BrokenSealError
    assert knock(world, own(world["ee"]), own(world["ee"])) is None
    assert world["ee"].search("Anna Nowak").is_complete
    refused = [entry for entry in world["lv"].audit if entry.operation == "refusal"]
    assert {entry.ground for entry in refused} == {"broken_seal"}


def test_whoever_stole_a_tls_key_or_a_ca_is_let_in_by_nobody_once_it_is_revoked(
    world: World,
) -> None:
    for what, fault in ((What.TLS, StrangerError), (What.CA, UnreachableError)):
        stolen = own(world["ee"])
        assert knock(world, stolen, stolen) is None

        revoked(world["ee"], what)

        # The revoked one is refused on the call, one of another CA in the handshake.
        assert knock(world, own(world["ee"]), stolen) is fault
        assert knock(world, own(world["ee"]), own(world["ee"])) is None
        for place in world.places.values():
            eventually(functools.partial(is_whole, place))


def test_everything_is_taken_back_one_after_the_other_while_the_others_are_away(
    world: World,
) -> None:
    """A laptop was stolen on a Sunday: three commands, one of them twice, and nobody to agree."""
    stolen = own(world["ee"])
    world["lv"].stop()
    world["pl"].stop()

    for what in (What.SIGNING, What.TLS, What.CA, What.SIGNING):
        world["ee"].desk.rotating.revoke(what, "a laptop was lost", by=ADMIN)
    taken_up = own(world["ee"])
    assert taken_up.signing_key != stolen.signing_key
    world["ee"].stop()
    world["ee"].start()
    world["lv"].start()
    world["pl"].start()

    settled(world["ee"])
    for place in world.places.values():
        eventually(functools.partial(is_whole, place), timeout_s=20)
        assert is_known(place, world["ee"])
    line = world["lv"].up.in_force().members[EE]
    taken_back = {one.public for one in line.former_keys if one.is_revoked}
    assert taken_back == {stolen.signing_key, taken_up.signing_key}
    assert (line.former_cas, len(line.revoked)) == ((), 1)
    assert knock(world, stolen, own(world["ee"])) is BrokenSealError
    assert knock(world, taken_up, own(world["ee"])) is BrokenSealError
    assert knock(world, own(world["ee"]), stolen) is UnreachableError


def test_people_have_new_certificates_when_the_ca_changes(world: World) -> None:
    def certificate() -> bytes:
        return world["ee"].home.person_credentials(PersonId("first"))[1]

    before, old = certificate(), own(world["ee"]).ca

    rotated(world["ee"], What.CA)

    assert certificate() != before
    assert world["ee"].desk.rotating.cas() == (
        own(world["ee"]).ca,
        old,
    )  # the one before counts, too
    world.clock.turn(days=14, seconds=1)
    assert world["ee"].desk.rotating.cas() == (own(world["ee"]).ca,)


def test_who_has_no_vote_changes_its_node_certificate_alone() -> None:
    def settings(one: config.Config) -> config.Config:
        kind = "observer" if one.member.id == "LV" else "state"
        return msgspec.structs.replace(one, member=msgspec.structs.replace(one.member, kind=kind))

    with federation("EE", "LV", settings=settings) as two:
        observer = two["lv"].desk.rotating
        before = own(two["lv"])

        rotated(two["lv"], What.TLS)

        assert own(two["lv"]).tls_chain != before.tls_chain
        for what in (What.CA, What.SIGNING):
            with pytest.raises(InvalidError, match="charter propose --replace"):
                observer.rotate([what], by=ADMIN)
        assert not observer.is_changing


def test_each_change_of_keys_is_written_down_with_who_and_why(world: World) -> None:
    rotated(world["ee"], What.SIGNING)
    revoked(world["ee"], What.TLS)

    [begun] = [entry for entry in world["ee"].audit if entry.event == "keys rotated"]
    [stolen] = [entry for entry in world["ee"].audit if entry.event == "key revoked"]
    assert (begun.person, begun.role, begun.counts) == ("first", "administrator", {"signing": 1})
    assert (stolen.person, stolen.reason) == ("first", "a laptop was lost")
    assert stolen.counts == {"tls": 1}


def knock(world: World, seals: Keys, shows: Keys) -> type[FederationError] | None:
    """The fault by which Latvia's door meets a question of Estonia's with these keys, or None."""
    place = world["ee"]
    us = Self(Ring(seals), place.up.in_force, world.clock)
    sealed = us.ask(LV, f"q-{len(world['lv'].audit)}", wire.question_to(question()))
    held = place.up.in_force()
    way = trust.way(shows, held.member(EE), held.member(LV), world.clock())

    async def called() -> type[FederationError] | None:
        async with trust.peer_channel(way) as channel:
            call: grpc.aio.UnaryUnaryMultiCallable[bytes, bytes] = channel.unary_unary(wire.ASK)
            try:
                await call(wire.request_to(sealed), timeout=5)
            except grpc.aio.AioRpcError as error:
                return type(fault_of(error))
        return None

    return world.run(called())


def test_a_member_whose_keys_were_lost_is_taken_in_again_and_a_thief_is_not(
    world: World,
) -> None:
    stolen, settings = own(world["ee"]), world["ee"].home.config
    world["ee"].stop()
    new = homes.make(world.folder / "again", settings, world.clock)
    card = charter.read_card(new.card())

    amendment = Amendment(replaced=(card,))
    listed = proposing(world["lv"]).propose(amendment, reason="a theft", by=ADMIN)
    eventually(lambda: proposing(world["pl"]).every())
    proposing(world["pl"]).sign(listed.id, by=ADMIN)
    others = [world["lv"], world["pl"]]
    eventually(lambda: {one.up.in_force().members[EE].ca for one in others} == {card.ca})
    document = world["lv"].home.document()
    world.places["ee"] = Place(world, new)
    world["ee"].start()
    heard = charter.document_fingerprint(document)
    proposing(world["ee"]).adopt_file(document, fingerprint=heard, by=ADMIN)

    for place in world.places.values():
        eventually(functools.partial(is_whole, place), timeout_s=20)
    assert knock(world, stolen, own(world["ee"])) is BrokenSealError
    assert knock(world, own(world["ee"]), stolen) is UnreachableError
    assert knock(world, own(world["ee"]), own(world["ee"])) is None


def test_a_node_says_in_its_log_what_ends_soon(world: World) -> None:
    app.log_to_stderr("warning")
    world["ee"].stop()
    world.clock.turn(days=340)

    with capture_logs() as logs:
        world["ee"].start()
        said = eventually(lambda: [one for one in logs if one["event"] == "ends soon"])

    assert {one["what"] for one in said} == {"tls", "person"}
    assert "first" not in repr(said)


def proposing(place: Place) -> Proposing:
    return place.up.post.renewing.proposing
