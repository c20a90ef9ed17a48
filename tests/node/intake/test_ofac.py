"""The `ofac` reader: three files that belong together, in their true format, whole or refused."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from federation.errors import UnreadableError
from federation.messages import Entity
from node.intake import FORMATS, Row
from node.kinds import identifiers_of

DATA = Path(__file__).parents[2] / "data" / "ofac"
LISTS = Path(__file__).parents[4] / "shared" / "data" / "lists" / "ofac"

has_lists = pytest.mark.skipif(
    not LISTS.is_dir(), reason="the whole OFAC lists are not beside the repository"
)


def read(folder: Path) -> list[Row]:
    """Every row of a list."""
    return list(FORMATS["ofac"](folder, None))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A list of our own to damage."""
    return Path(shutil.copytree(DATA, tmp_path / "list"))


@pytest.fixture
def entities() -> dict[str, Entity]:
    """The entries of the extract by number."""
    return {row.entity.id: row.entity for row in read(DATA) if row.entity}


def test_every_entry_is_its_number_and_its_line() -> None:
    rows = read(DATA)

    assert [(row.line, row.entity and row.entity.id) for row in rows] == [
        (1, "36"), (2, "4632"), (3, "15047"), (4, "15053"), (5, "23510"),
        (6, "25514"), (7, "99001"),
    ]  # fmt: skip


def test_a_person_is_read_out_of_name_title_and_remarks(entities: dict[str, Entity]) -> None:
    person = entities["99001"]

    assert person.schema == "Person"
    assert person.all("name") == ("Tarvo Mihkel LIIVAMETS",)
    assert person.all("firstName") == ("Tarvo Mihkel",)
    assert person.all("lastName") == ("LIIVAMETS",)
    assert person.all("alias") == ("Tarvo LIVAMETS",)
    assert person.all("previousName") == ("Peteris SMILGA",)
    assert person.all("weakAlias") == ("LIIV",)
    assert person.all("birthDate") == ("1971-05-03", "1970", "1968", "1969")
    assert person.all("birthPlace") == ("Tartu, Estonia",)
    assert person.all("birthCountry") == ("ee",)
    assert person.all("nationality") == ("ee",)
    assert person.all("citizenship") == ("kp",)
    assert person.all("gender") == ("male",)
    assert person.all("position") == ("Minister of Planning", "Governor")
    assert person.all("program") == ("SDGT", "IRAQ2")
    assert person.all("address") == ("Pikk 1, Tallinn, Estonia",)
    assert person.all("phone") == ("+372 5551234",)
    assert person.all("email") == ("tarvo@example.com",)


def test_numbers_of_a_person_are_typed(entities: dict[str, Entity]) -> None:
    found = {(number.type, number.value) for number in identifiers_of(entities["99001"])}

    assert {
        ("passport", "KB0012345"),
        ("national_id", "37105030299"),
        ("tax_ru", "7712345678"),
        ("other", "1BoatSLRHtKNngkdXEeobR76b53LETtpyT"),
    } <= found


def test_no_word_of_the_remarks_is_lost(entities: dict[str, Entity]) -> None:
    notes = entities["99001"].all("notes")

    assert "Passport KB0012345 (Estonia) issued 12 Oct 2012 expires 11 Oct 2017" in notes
    assert "birthDate: circa 1970" in notes
    assert "Linked To: AEROCARIBBEAN AIRLINES" in notes
    assert "alias: seen once" in notes


def test_a_vessel_has_flag_sign_and_numbers(entities: dict[str, Entity]) -> None:
    vessel = entities["15053"]

    assert vessel.schema == "Vessel"
    assert vessel.all("flag") == ("pa",)
    assert vessel.all("pastFlags") == ("mt", "tz")
    assert vessel.all("callSign") == ("5IM600",)
    assert vessel.all("imoNumber") == ("9212917",)
    assert vessel.all("mmsi") == ("677050000",)
    assert vessel.all("previousName") == ("HARSIN", "VALOR", "MARINA")
    assert vessel.all("type") == ("Crude Oil Tanker",)


def test_none_identified_is_no_flag(entities: dict[str, Entity]) -> None:
    assert entities["15047"].all("flag") == ()


def test_an_aircraft_is_known_by_its_registration(entities: dict[str, Entity]) -> None:
    aircraft = entities["25514"]

    assert aircraft.schema == "Airplane"
    assert aircraft.all("registrationNumber") == ("EP-CFH",)
    assert aircraft.all("serialNumber") == ("11443",)
    assert aircraft.all("buildDate") == ("1993-02-24",)
    assert aircraft.all("model") == ("F28",)


def test_a_company_keeps_its_imo_number_and_addresses(entities: dict[str, Entity]) -> None:
    company = entities["23510"]

    assert [(n.type, n.value) for n in identifiers_of(company)] == [("imo_company", "5055293")]
    assert company.all("country") == ("kp", "th")


def test_a_name_or_address_of_nobody_is_rejected(folder: Path) -> None:
    alt = folder / "alt.csv"
    alt.write_bytes(alt.read_bytes().replace(b"36,12,", b"37,12,"))

    rows = read(folder)

    (rejected,) = [row for row in rows if row.fault]
    assert rejected.line == 1
    assert rejected.fault == "alt.csv: the row belongs to no entry of sdn.csv"


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        (b",vessel,", b",submarine,", "SDN_Type is none that this node knows"),
        (b",AEROCARIBBEAN AIRLINES,", b",-0- ,", "SDN_Name is missing"),
    ],
)
def test_an_entry_that_is_none_is_rejected(
    folder: Path, old: bytes, new: bytes, fault: str
) -> None:
    sdn = folder / "sdn.csv"
    sdn.write_bytes(sdn.read_bytes().replace(old, new, 1))

    (rejected,) = [row for row in read(folder) if row.fault]

    assert rejected.fault == fault
    assert rejected.id in ("36", "15047")


DAMAGE: list[tuple[str, Callable[[bytes], bytes], str]] = [
    (
        "sdn.csv",
        lambda body: body[:-1] + b"||||",
        "sdn.csv is damaged: line 8 has 1 columns in place of 12",
    ),
    ("alt.csv", lambda body: body[:-1] + b"||||", "alt.csv is damaged: line 11 has 1 columns"),
    (
        "add.csv",
        lambda body: body.replace(b"36,25,", b"36,"),
        "add.csv is damaged: line 1 has 5 columns",
    ),
    ("sdn.csv", lambda body: body[:-9], "sdn.csv is damaged: the quotes of line 7 do not close"),
    ("add.csv", lambda body: body[:-4], "add.csv ends in the middle of its last line"),
    (
        "sdn.csv",
        lambda body: body.replace(b'Devon"', b"").replace(b'"299,500"', b'"299,500'),
        "quotes",
    ),
    ("sdn.csv", lambda body: b"\0" + body, "line 1 holds NUL bytes"),
    (
        "sdn.csv",
        lambda body: body.replace(b"\r\n", b"\r\n\x1a\r\n", 1),
        "goes on at line 3, after its end",
    ),
    ("sdn.csv", lambda body: b"x" + body, "line 1 does not begin with an entry's number"),
    ("sdn.csv", lambda body: b"1," * (1 << 20) + body, "line 1 is longer than"),
]


@pytest.mark.parametrize(("name", "damage", "sentence"), DAMAGE)
def test_a_damaged_file_refuses_the_whole_list(
    folder: Path, name: str, damage: Callable[[bytes], bytes], sentence: str
) -> None:
    file = folder / name
    file.write_bytes(damage(file.read_bytes()))

    with pytest.raises(UnreadableError, match=sentence):
        read(folder)


@pytest.mark.parametrize("name", ["sdn.csv", "alt.csv", "add.csv"])
def test_a_folder_without_one_of_its_files_is_refused(folder: Path, name: str) -> None:
    (folder / name).unlink()

    with pytest.raises(UnreadableError, match=f"list is not whole: {name} is missing"):
        read(folder)


def test_a_file_in_place_of_the_folder_is_refused() -> None:
    with pytest.raises(UnreadableError, match=r"sdn\.csv is not a folder"):
        read(DATA / "sdn.csv")


@has_lists
def test_the_damaged_list_is_refused() -> None:
    with pytest.raises(UnreadableError, match=r"alt\.csv is damaged: line 9683"):
        read(LISTS / "invalid-files")


@has_lists
def test_the_whole_lists_load_but_for_the_one_address_of_nobody() -> None:
    first, second = read(LISTS / "2021-04"), read(LISTS / "2022-01")

    assert len(first) == 8890
    assert not [row for row in first if row.fault]
    assert [(row.line, row.fault) for row in second if row.fault] == [
        (13625, "add.csv: the row belongs to no entry of sdn.csv")
    ]
