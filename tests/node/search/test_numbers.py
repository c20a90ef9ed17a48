"""Numbers: what an agreeing one is worth, and when another one counts against."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from federation.messages import Identifier
from node.codes import IdentifierType
from node.identifiers import Number, number
from node.search.keying import guesses_of_number, keys_of_number
from node.search.numbers import agreeing, compared, contradicting
from node.search.scoring import LEAST, STRONG

#: (type, asked, held, words): pairs of one thing, the country of the held one behind an @.
DECIDES = [
    ("imo", "IMO 9074729", "9074729", "IMO number agrees"),
    ("mmsi", "2732 7906 0", "MMSI 273279060", "MMSI agrees"),
    ("container", "CSQU 305438", "CSQU3054383", "agrees, the check digit left out"),
    ("imei", "49-015420-323751", "490154203237518", "IMEI agrees"),
    ("passport", "4510 № 123456", "45 10 123456", "passport number agrees"),
    ("passport", "АВ 123456", "AB123456", "passport number agrees"),
    ("plate", "А 123 ВС 77", "A123BC77", "number plate agrees"),
    ("email", "Anna@Bücher.example", "anna@xn--bcher-kva.example", "e-mail address agrees"),
    ("phone", "8-612-34567", "+37061234567", "agrees but for its country code"),
    ("phone", "512 3456", "+372 512 3456", "agrees but for its country code"),
    ("phone", "0612 34567", "8 612 34567@xx", "agrees but for its country code"),
    ("plate", "EST 123 ABC", "123ABC", "but for the country or region"),
    ("plate", "A123BC", "A 123 BC 777 RUS", "but for the country or region"),
    ("tax", "LT100001919017", "100001919017", "but for the letters written before it"),
    ("tax", "SE556188840401", "556188-8404", "but for the letters written before it"),
    ("national_id", "PNOEE-37605030299", "37605030299", "but for the letters"),
    ("registration", "00123456", "123456", "but for leading zeros"),
    ("passport", "001234567", "1234567", "but for leading zeros"),
]
LEADS = [
    ("plate", "O0B-123", "00B 123", "taking signs that look alike"),
    ("plate", "ABS 128", "A8S 12B", "taking signs that look alike"),
    ("plate", "123AB", "123ABC", "agrees in part"),
    ("plate", "3ABC", "123ABC", "agrees in part"),
    ("plate", "3A8C", "123ABC", "agrees in part, taking signs"),
    ("plate", "124ABC", "123ABC", "differs by one slip"),
    ("plate", "132ABC", "123ABC", "two neighbours that are swapped"),
    ("callsign", "TJM22G", "7JM22G", "taking signs that look alike"),
    ("vin", "XP042788", "1M8GDM9A1XP042788", "in its last 8 signs"),
    ("vin", "1M8GDM9AXKPO427B8", "1M8GDM9AXKP042788", "signs that look alike"),
    ("vin", "WVWZZZ1JZ3W386752", "WVWZZZ1JZ3W386753", "differs by one slip"),
    ("passport", "1234567", "AB1234567", "its series is not known"),
    ("passport", "AB1234567", "AB1234568", "differs by one slip"),
    ("passport", "AB1324567", "AB1234567", "two neighbours that are swapped"),
    ("imo", "9074728", "9074729", "one of the two fails its check digit"),
    ("imo", "9047729", "9074729", "one of the two fails its check digit"),
    ("container", "CSQV3054383", "CSQU3054383", "one of the two fails its check digit"),
    ("iban", "EE382200221020145686", "EE382200221020145685", "one of the two fails"),
    ("national_id", "37605030298", "37605030299", "one of the two fails its check digit"),
    ("national_id", "376O5030299", "37605030299", "one of the two fails its check digit"),
    ("tax_ru", "77202775093Q", "772027750939", "one of the two fails its check digit"),
    ("national_id", "131052A308U", "131052-308T", "one of the two fails its check digit"),
    ("national_id", "19811218-9875", "811218-9876", "one of the two fails its check digit"),
    ("account", "20145685", "221020145685", "in its last 8 signs"),
]
STRANGERS = [
    ("imo", "9074729", "9074741"),
    ("imo", "9074728", "9074738"),  # both fail
    ("imo", "9074728", "9074741"),  # two slips
    ("phone", "+370 612 34567", "+371 612 34567"),
    ("phone", "612 34567", "612 34568"),
    ("plate", "A123BC77", "A123BC199"),
    ("plate", "EST 123 ABC", "FIN ABC 123"),
    ("plate", "ABC 123", "XYZ 123"),
    ("plate", "ABC", "ABC 123"),
    ("plate", "D-AB 1234", "AB 5634"),
    ("tax", "LT100001919017", "EE100001919017"),
    ("registration", "HRA 123456", "HRB 123456"),
    ("vin", "WVWZZZ1JZ3W386752", "WAUZZZ8P43W386752"),
    ("passport", "AB1234567", "CD1234567"),
    ("passport", "AB1234567", "AB1234589"),
    ("iban", "EE382200221020145685", "LT121000220020145685"),
    ("container", "CSQU3054383", "CSQU3054402"),
    ("callsign", "TJM22G", "TJM22H"),
    ("email", "anna.liiv@example.ee", "annaliiv@example.ee"),
    ("mmsi", "273279060", "273279061"),
    ("national_id", "37605030299", "37605030301"),
]


def ready(type_: str, value: str, country: str = "") -> Number:
    text, _, home = value.partition("@") if type_ == "phone" else (value, "", "")
    return number(Identifier(type_, text), (country or home,) if country or home else ())


def meet(mine: Number, theirs: Number) -> bool:
    """Whether each of the two is found, held, by a question for the other."""
    return _finds(mine, theirs) and _finds(theirs, mine)


def _finds(asked: Number, held: Number) -> bool:
    keys = {*keys_of_number(asked), *guesses_of_number(asked)}
    return not keys.isdisjoint(keys_of_number(held))


@pytest.mark.parametrize(("type_", "asked", "held", "words"), DECIDES)
def test_a_number_written_otherwise_is_found_and_decides(
    type_: str, asked: str, held: str, words: str
) -> None:
    mine, theirs = ready(type_, asked), ready(type_, held)

    worth, said = compared(mine, theirs)

    assert worth >= STRONG
    assert words in said
    assert meet(mine, theirs)


@pytest.mark.parametrize(("type_", "asked", "held", "words"), LEADS)
def test_a_number_known_in_part_or_with_a_slip_is_found_as_a_lead(
    type_: str, asked: str, held: str, words: str
) -> None:
    mine, theirs = ready(type_, asked), ready(type_, held)

    worth, said = compared(mine, theirs)

    assert LEAST <= worth < STRONG
    assert words in said
    assert meet(mine, theirs)


@pytest.mark.parametrize(("type_", "asked", "held"), STRANGERS)
def test_another_number_does_not_agree(type_: str, asked: str, held: str) -> None:
    assert compared(ready(type_, asked), ready(type_, held)) == (0.0, "")


@pytest.mark.parametrize(
    ("asked", "held", "least", "words"),
    [
        (("account", "221020145685"), ("iban", "EE382200221020145685"), STRONG, "inside an IBAN"),
        (("account", "71219812874"), ("iban", "PL61109010140000071219812874"), STRONG, "inside"),
        (
            ("account", "EE382200221020145685"),
            ("iban", "EE382200221020145685"),
            0.9,
            "another type",
        ),
        (("tax", "12345678"), ("registration", "12345678"), 0.9, "another type"),
        (("tax", "EE12345678"), ("registration", "12345678"), STRONG, "letters written before"),
        (("passport", "9074729"), ("imo", "9074729"), LEAST, "another type"),
        (("other", "QQ778899"), ("other", "pasport:QQ778899"), 1.0, "number agrees"),
        (("eori", "QQ778899"), ("other", "EORI:QQ 778899"), 1.0, "number agrees"),
        (("eori", "QQ778899"), ("other", "QQ778899"), 1.0, "number agrees"),
        (("vat", "EE12345678"), ("tax", "EE12345678"), 0.9, "another type"),
        (("passport", "QQ778899"), ("pasport", "QQ778899"), LEAST, "another type"),
        (("other", "eori778899"), ("eori", "778899"), STRONG, "letters written before"),
    ],
)
def test_a_type_that_is_taken_for_another_agrees_in_the_words_of_the_one_asked_for(
    asked: tuple[str, str], held: tuple[str, str], least: float, words: str
) -> None:
    mine, theirs = ready(*asked), ready(*held)

    worth, said = compared(mine, theirs)

    assert worth >= least
    assert words in said
    assert meet(mine, theirs)


def test_a_type_that_nobody_confuses_does_not_decide() -> None:
    assert compared(ready("passport", "9074729"), ready("imo", "9074729"))[0] < STRONG


def test_two_numbers_that_bear_two_names_are_a_lead_and_no_more() -> None:
    assert LEAST <= compared(ready("eori", "778899"), ready("lei", "778899"))[0] < STRONG
    assert compared(ready("eori", "PL778899"), ready("lei", "778899")) == (0.0, "")


def test_a_failed_check_digit_lowers_a_little_and_hides_nothing() -> None:
    worth, words = compared(ready("imo", "9074728"), ready("imo", "9074728"))

    assert 0.9 < worth < 1.0
    assert words == "IMO number agrees, though its check digit fails"


def test_the_best_number_of_all_counts() -> None:
    asked = [ready("passport", "XX999999"), ready("imo", "9074728"), ready("imo", "9074729")]

    assert agreeing(asked, [ready("imo", "9074729")]) == (1.0, "IMO number agrees")


@pytest.mark.parametrize(
    ("type_", "asked", "held", "words"),
    [
        ("national_id", "44051401359", "37605030299", "national identity number differs"),
        ("imo", "9074729", "8814275", "IMO number differs"),
        ("vin", "WVWZZZ1JZ3W386752", "WAUZZZ8P43W386752", "VIN differs"),
        ("container", "CSQU3054383", "CSQU3054402", "container number differs"),
    ],
)
def test_a_number_kept_for_life_counts_against_when_it_is_another(
    type_: str, asked: str, held: str, words: str
) -> None:
    assert contradicting([ready(type_, asked)], [ready(type_, held)]) == words


@pytest.mark.parametrize(
    ("type_", "asked", "held"),
    [
        ("passport", "KA123456", "KA999999"),
        ("phone", "+37061234567", "+37069999999"),
        ("plate", "ABC 123", "XYZ 789"),
        ("national_id", "37605030299", "120174-3399"),  # of another country
        ("national_id", "37605030299", ""),
    ],
)
def test_a_number_that_is_renewed_or_of_another_country_does_not_count_against(
    type_: str, asked: str, held: str
) -> None:
    assert contradicting([ready(type_, asked)], [ready(type_, held)]) == ""


def test_a_number_whose_check_digit_fails_does_not_count_against() -> None:
    asked, held = ready("imo", "9074720", ""), ready("imo", "8814275")

    assert contradicting([asked], [held]) == ""


def test_a_record_without_such_a_number_contradicts_nothing() -> None:
    assert contradicting([ready("national_id", "44051401359")], []) == ""


ANY_NUMBER = st.builds(
    number,
    st.builds(
        Identifier,
        st.sampled_from(
            ["plate", "passport", "phone", "imo", "vin", "account", "iban", "tax", "eori"]
        ),
        st.one_of(st.text(max_size=30), st.text(alphabet="0123AB8O", min_size=4, max_size=9)),
    ),
    st.sampled_from([(), ("ee",), ("lt",)]),
)


@given(ANY_NUMBER, ANY_NUMBER)
def test_swapping_the_sides_changes_nothing(mine: Number, theirs: Number) -> None:
    worth, words = compared(mine, theirs)

    assert compared(theirs, mine)[0] == worth
    assert bool(worth) == bool(words)
    if mine.type == theirs.type:
        assert compared(theirs, mine)[1] == words


@given(ANY_NUMBER, ANY_NUMBER)
def test_whatever_agrees_is_found_by_a_key(mine: Number, theirs: Number) -> None:
    if compared(mine, theirs)[0]:
        assert meet(mine, theirs)


@given(st.sampled_from(["plate", "passport", "imo", "container"]), st.data())
def test_a_number_with_one_slip_is_never_strong(type_: str, data: st.DataObject) -> None:
    text = data.draw(st.text(alphabet="0123456789ABCU", min_size=6, max_size=11))
    at = data.draw(st.integers(0, len(text) - 1))
    other = text[:at] + data.draw(st.sampled_from("34689CEFHJKMN")) + text[at + 1 :]
    mine, theirs = ready(type_, text), ready(type_, other)

    worth, _ = compared(mine, theirs)

    assert worth < STRONG or mine.normal == theirs.normal


def test_every_type_has_words_that_name_it() -> None:
    said = {type_: compared(*[ready(type_, "12345678")] * 2)[1] for type_ in IdentifierType}

    assert [type_ for type_, words in said.items() if "agrees" not in words] == []
    assert len(set(said.values())) == len(said)
