"""`amber status` and `search`: what was refused, and whose clock is off."""

from dataclasses import replace
from datetime import timedelta

from federation.errors import Code
from federation.witness import TreeHead
from node import store
from node.cli.output import clock_words, moment
from tests.shell import Shell
from tests.world import World, eventually


def test_a_status_says_what_was_refused_by_member_and_reason(shell: Shell, world: World) -> None:
    refusals, home = world["ee"].up.step.refusals, world["ee"].home
    lv, pl = (world[name].home.member for name in ("lv", "pl"))
    for member, reason in ((pl, Code.BUSY), (pl, Code.BUSY), (pl, Code.REPLAYED), (lv, Code.CLOCK)):
        refusals.count(member, reason)

    said = shell("-n", home.path, "status")
    [row] = shell.json("-n", home.path, "status")

    assert "\nrefused LV: 1 clock\nrefused PL: 2 busy, 1 replayed" in said
    assert row["refused"] == [
        {"member": "LV", "reason": "clock", "calls": 1},
        {"member": "PL", "reason": "busy", "calls": 2},
        {"member": "PL", "reason": "replayed", "calls": 1},
    ]


def test_nothing_refused_and_clocks_that_agree_are_not_worth_a_line(
    shell: Shell, world: World
) -> None:
    said = shell("-n", world["ee"].home.path, "status")

    assert "refused" not in said
    assert "clock" not in said


def test_a_clock_that_is_off_is_named_in_the_status_and_beside_an_answer(
    shell: Shell, world: World
) -> None:
    ee, lv = world["ee"], world["lv"]
    true = world.clock
    lv.stop()
    lv.home = replace(lv.home, clock=lambda: true() + timedelta(seconds=45))
    lv.start()
    why = ("--case", "C-1", "--purpose", "investigation")

    shell("-n", ee.home.path, "search", "Anna Nowak", "--to", "LV", *why)
    err = shell.err
    said = shell("-n", ee.home.path, "status")
    doors = {door["member"]: door for door in shell.json("-n", ee.home.path, "status")[0]["doors"]}

    assert f"LV: its clock is {clock_words(45)} ours" in err
    assert f"the clock of LV is {clock_words(45)} ours: check both" in said
    assert {member: door["clock_off_s"] for member, door in doors.items()} == {"LV": 45, "PL": 0}


def test_a_status_says_how_the_mail_to_each_member_stands(shell: Shell, world: World) -> None:
    ee, lv = world["ee"], world["lv"]
    eventually(lambda: shell("-n", ee.home.path, "status").count(", heard ") == 2)
    lv.stop()
    since = moment(round(world.clock().timestamp() * 1e6))
    world.clock.turn(hours=2)
    ee.watches("Viktor Lesnikov", to=["lv"])
    world.clock.turn(hours=1)
    ee.watches("Olga Lesnikova", to=["lv"])
    queued = moment(round((world.clock() - timedelta(hours=1)).timestamp() * 1e6))

    line = f"mail LV: 2 waiting since {queued}, last try unreachable, heard {since}"
    eventually(lambda: line in shell("-n", ee.home.path, "status").splitlines())
    assert "mail PL: 0 waiting, " in shell("-n", ee.home.path, "status")


def test_a_status_says_what_is_withheld_and_whose_log_is_doubted(
    shell: Shell, world: World
) -> None:
    ee, lv = world["ee"], world["lv"].home.member
    for name in ("lv", "pl"):
        world[name].stop()
    with ee.up.store.write() as tx:
        withheld = replace(store.mail.lane(tx, lv), withheld_since=world.clock())
        store.mail.hear(tx, lv, withheld)
        for member, what in ((lv, "forked"), (ee.home.member, "LV: rolled-back")):
            store.witness.doubt(tx, what, TreeHead(member, 3, bytes(32), world.clock()))

    said = shell("-n", ee.home.path, "status").splitlines()

    assert "THE LOG OF LV IS DOUBTED: forked (amber audit accept)" in said
    lane = next(line for line in said if line.startswith("mail LV: "))
    at = moment(round(world.clock().timestamp() * 1e6))
    assert lane.endswith(f", WITHHELD since {at}: says it sent what is not here")
    assert "OUR LOG IS DOUBTED by LV: rolled-back (amber audit verify)" in said
    assert shell.json("-n", ee.home.path, "status")[0]["doubt"] == "LV: rolled-back"


def test_which_way_a_clock_is_off_is_said() -> None:
    assert clock_words(45) == "45 s ahead of"
    assert clock_words(-45) == "45 s behind"
