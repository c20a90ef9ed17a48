"""Weighing of names: each rule with a pair that it mends and one that it must not join."""

import pytest
from hypothesis import given

from node.kinds import Kind
from node.search.names import names
from node.search.scoring import LEAST, STRONG
from node.search.weighing import weighed
from tests.node.search.hostile import NAMES


def score(one: str, other: str, kind: Kind = Kind.PERSON) -> float:
    found = [weighed(m, t).score for m in names(one, kind) for t in names(other, kind)]
    return max(found, default=0.0)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Владимир Сергеевич Петров", "Vladimir Sergejevitš Petrov"),
        ("Владимир Сергеевич Петров", "Vladimir Petrov"),  # a patronymic left out
        ("Vladimirs Petrovs", "Владимир Петров"),  # Latvian
        ("Jonas Jonaitis", "Йонас Йонайтис"),  # Lithuanian
        ("Jānis Bērziņš", "Янис Берзиньш"),
        ("Hans Müller", "Ханс Мюллер"),
        ("Aleksander Tšaikovski", "Александр Чайковский"),  # Estonian
        ("Alexander Tschaikowski", "Aleksandrs Čaikovskis"),  # German, Latvian
        ("Jan Jabłoński", "Ян Яблонский"),  # Polish
        ("Микола Петрович Шевченко", "Nikolai Petrovich Sevcenko"),  # Ukrainian, Russian
        ("Уладзімір Пятроў", "Vladimir Petrov"),  # Belarusian
        ("Dzmitry Paulichenka", "Дмитрий Павличенко"),
        ("Anna Kowalska", "Анна Ковальская"),
        ("Rasa Jonaitienė", "Rasa Jonaitis"),  # a wife
        ("Karim Husayni", "کریم حسینی"),
        ("Abd al-Khaliq Karimi", "عبدالخالق كريمي"),
        ("Ismail Magomedov", "ИСМАИЛ МАГОМЕДОВ"),
        ("СHERVENKO Oleg", "Червенко Олег"),  # a Cyrillic letter among Latin ones
        ("Oleg Kask / Олег Каск", "Олег Каск"),  # two names in one field
        ("KASK, Mari-Liis", "Mariliis Kask"),
        ("Wang Lihua", "王丽华"),
        ("Giorgi Beridze", "გიორგი ბერიძე"),
        ("Oleg Ivanovich Dorfalkin", "Олег Иванович Дорфлакин"),  # a slip before the ending
    ],
)
def test_two_ways_of_writing_one_name_are_strong(one: str, other: str) -> None:
    assert score(one, other) >= STRONG


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Vladimir Sergeevich Petrov", "Vladimir Sergeevich Sidorov"),  # another surname
        ("Vladimir Sergeevich Petrov", "Vladimir Andreevich Petrov"),  # another father
        ("Vladimir Petrov", "Vladimir Petrovsky"),
        ("Aleksandr Kask", "Aleksei Kask"),
        ("Hassan Karimi", "Hussein Karimi"),
        ("Jonas Jonaitis", "Jonas Joniškis"),
        ("Smith John", "Smirnov Ivan"),
        ("Anna Liiv", "Anna"),  # a given name alone
        ("Kim Yong Chol", "Kim Song Nam"),
        ("Oleg Ivanovich Dorin", "Oleg Ivanovich Doralin"),  # an ending that many surnames have
        ("Олег Иванович Дорухин", "Oleg Ivanovich Tolukhin"),
        ("Anders Dorlindberg", "Anders Dorlundberg"),  # a vowel that no spelling writes for it
        ("Toomas Kask", "Toomas Kosk"),
        ("Andrei Dotov", "Andrei Ditov"),
        ("Anders Dorhansson", "Anders Dorson"),  # an ending that many surnames have
        ("Valentin Zubov", "Valentina Zubova"),  # brother and sister
        ("Gintaras Zubas", "Gintarė Zubienė"),  # a couple
        ("Dainis Ozoliņš", "Daina Ozoliņa"),
        ("Iulii Ivanovich Zubov", "Iuliia Ivanovna Zubova"),
        ("Martin Dorfal", "Martina Dorfal"),  # in a language whose surnames stay as they are
    ],
)
def test_two_persons_are_not_strong(one: str, other: str) -> None:
    assert score(one, other) < STRONG


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Anna Liiv", "Peeter Kask"),
        ("Olga Smirnova", "Tatjana Orlova"),
    ],
)
def test_strangers_do_not_meet(one: str, other: str) -> None:
    assert score(one, other) < LEAST


def test_a_missing_patronymic_costs_less_than_a_missing_surname() -> None:
    without_patronymic = score("Oleg Ivanovich Kask", "Oleg Kask")
    without_surname = score("Oleg Ivanovich Kask", "Oleg Ivanovich")

    assert without_patronymic > without_surname


def test_a_part_that_contradicts_costs_more_than_one_that_is_missing() -> None:
    assert score("Mari Liis Kask", "Mari Kask") > score("Mari Liis Kask", "Mari Ann Kask")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ООО Балтика Транс", "BALTIKA TRANS LLC"),
        ("Baltika Trans, UAB", "Baltikatrans"),
        ("JSC Severny Veter", "АО Северный Ветер"),
        ("Severny Veter", "Severniy Veter Trading Company"),
        ("Baltic Timber Shipyards of Tamsalu", "BTSOT"),
    ],
)
def test_one_organisation_is_found_in_another_form(one: str, other: str) -> None:
    assert score(one, other, Kind.ORGANISATION) >= 0.7


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Bank of Tamsalu", "Bank of Viljandi"),
        ("Tamsalu Trading Company", "Viljandi Trading Company"),
        ("OOO Veter", "OOO Severny"),
    ],
)
def test_common_words_alone_make_no_organisation(one: str, other: str) -> None:
    assert score(one, other, Kind.ORGANISATION) < 0.5


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("KHLTS", "Kalts"),  # first letters are no word without its vowels
        ("RLRK", "Rilrok"),
        ("OKB Ulvesmar", "Experimental Design Bureau"),  # nothing that names one of them
        ("Ulvesmar State University", "State University of Management"),
        ("Movement Ulvesmar", "Regional Branch of the Movement Ulvesmar in Tamsalu"),
        ("Regional State Bank of Iran", "Regional State Bank of Syria"),
    ],
)
def test_two_firms_are_not_strong(one: str, other: str) -> None:
    assert score(one, other, Kind.ORGANISATION) < STRONG


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("AO KHLTS", "KHLTS PAO"),
        ("OKB Ulvesmar", "Experimental Design Bureau Ulvesmar"),
        ("Ulvesmar State University", "State University Ulvesmar"),
        ("Branch of the Movement Ulvesmar", "Ulvesmar Movement, branch"),
        ("Movement Ulvesmar", "Movement Ulvesmar in Tamsalu"),
        ("Regional State Bank of Iran", "Iranian Regional State Bank"),
    ],
)
def test_one_firm_is_strong_by_what_names_it(one: str, other: str) -> None:
    assert score(one, other, Kind.ORGANISATION) >= STRONG


def test_a_letter_stands_for_a_word_and_is_no_part_of_another_one() -> None:
    assert score("Karim Dosart", "K D Osart") < STRONG
    assert score("Karim Dosart", "K. Dosart") >= LEAST


def test_a_number_in_a_vessel_s_name_tells() -> None:
    same = score("Balu 6", "BALU-6", Kind.VESSEL)
    sister = score("Balu 6", "Balu 7", Kind.VESSEL)

    assert same == 1.0
    assert sister < 0.6


@pytest.mark.parametrize("asked", ["M/V Balu", "MT BALU", "M.V. 'Balu'", "т/х Балу", "ms Balu"])
def test_what_stands_before_a_ship_s_name_is_no_part_of_it(asked: str) -> None:
    assert score(asked, "Balu", Kind.VESSEL) == score("Balu", "Balu", Kind.VESSEL)
    assert score(asked, "Dorfalis", Kind.VESSEL) == 0


def test_a_roman_numeral_is_a_number() -> None:
    assert score("Balu II", "Balu 2", Kind.VESSEL) == 1.0
    assert score("Balu II", "Balu 3", Kind.VESSEL) < 0.6


@pytest.mark.parametrize(
    ("one", "other", "unlike"),
    [
        ("Xasan Dorfal", "Hasan Dorfal", "Husein Dorfal"),  # Somali x
        ("Цзоу Цзялим", "Zou Jialim", "Zou Fenglim"),  # Palladius's tsz
        ("Amer Foz", "Amer Fawz", "Amer Fil"),  # few consonants, other vowels
        ("Cho Yon Jun", "Jo Yon Chun", "Ri Yon Sam"),  # Korean ch and j
        ("Dorfal Hussein Pour Nagsh Band", "Dorfal Hussein Pournagshband", "Dorfal Hussein Kazemi"),
        ("Mohammad-Reza Dorfali", "محمدرضا درفلی", "محمدرضا کریمی"),  # joined, without vowels
        ("Karim Tavakoli", "کریم توکلی", "کریم تقوی"),  # a waw that is a consonant
        ("Mohammad Seifeddine", "محمد سيف الدين", "محمد نور الدين"),
        ("Karim Alamin", "Karim El Amine", "Karim El Amari"),
        ("Shams ur-Rahman Dorfal", "Shamsurrahman Dorfal", "Shamsuddin Dorfal"),
        ("ﻋﻠﻲ كريمي", "Ali Karimi", "Ali Kazemi"),  # letters in their printed forms
        ("Osteris Usamah", "Usama Osteris", "Usman Osteris"),  # an h that is not spoken
        ("Rachid Dorfal", "Rashid Dorfal", "Rafid Dorfal"),  # French ch
        ("ذوالفقار درفلی", "Zulfiqar Dorfali", "Zahir Dorfali"),  # an owner and the article
        ("ابوالفضل درفلی", "Abolfazl Dorfali", "Abolhassan Dorfali"),  # a father and the article
        ("سپهر درفلی", "Sepehr Dorfali", "Saeed Dorfali"),  # an h behind a p is no f
        ("محمدحسین درفلی", "Mohammad-Hossein Dorfali", "Mohammad-Hassan Kazemi"),
        ("Dorfal Abdel Karim", "ABDULKARIM Dorfal", "Dorfal Abdul Kadir"),
        ("ДОРФIЛЬ Олег", "Дорфиль Олег", "Дорниль Олег"),  # drawn alike, in either alphabet
        ("Pavel Dorfalouski", "Paweł Dorfalowski", "Paweł Dorfalecki"),  # Belarusian ў before a k
        ("Ihar Tsimafalau", "Igor Timofalov", "Igor Simofalov"),  # its soft ts and dz, and u
        ("Valiantsin Dziamidau", "Valentin Demidov", "Valentin Semidov"),
        ("Rashad Hajiyev", "Rəşad Hacıyev", "Rəşad Hasiyev"),  # an Azeri c
        ("Elnur Hadžijev", "Elnur Hadzijev", "Elnur Hamijev"),  # that lost its mark
        ("Cemil Dorfal", "Djemil Dorfal", "Emil Dorfal"),  # a Turkish c
        ("Marek Dorzalak", "Марек Дожаляк", "Марек Доваляк"),  # a Polish rz
        ("Sergei Dorizhov", "Serguei Dorijov", "Serguei Dorimov"),  # a French j
        ("Artak Sahakyan", "Артак Саакян", "Артак Манукян"),  # an Armenian h
        ("Jurijus Cvetfalkovas", "Yuri Tsvetfalkov", "Yuri Kvetfalkov"),  # a c before a v
        ("Xadiija Cismaan", "Khadija Osman", "Khadija Usama"),  # Somali
        ("Džordžs Dorfals", "George Dorfal", "Jorge Dorfal"),  # English, spelt in Latvian
    ],
)
def test_a_way_of_writing_joins_one_person_and_not_two(one: str, other: str, unlike: str) -> None:
    assert score(one, other) >= STRONG
    assert score(one, unlike) < score(one, other) - 0.1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Agnieszka Dorfalska", "Agnieszka Dorfalski"),  # one woman under both forms
        ("Ilze Kalniņa", "Ilze Kalniņš"),
        ("Anders Dornyberg", "Андерс Дорнюберг"),  # an y may be any vowel
        ("Hosein Dorfali", "Hossain Dorfali"),
        ("Khodr Dorfal", "Khudr Dorfal"),  # Arabic has one letter for both
        ("Karim Salimi", "Karim Salami"),  # and no ending that would tell
        ("Josef Dorfal", "Józef Dorfal"),
        ("Jēkabs Dorfals", "Jakub Dorfal"),
        ("Uždaroji akcinė bendrovė Dorfal", "Dorfal UAB"),
    ],
)
def test_what_tells_two_apart_leaves_one_together(one: str, other: str) -> None:
    kind = Kind.ORGANISATION if "UAB" in other else Kind.PERSON
    assert score(one, other, kind) >= STRONG


def test_two_words_that_languages_translate_are_not_alike_by_their_letters() -> None:
    food = score("Baltic Food Dorfal", "Baltic Food Dorfal", Kind.ORGANISATION)
    wood = score("Baltic Food Dorfal", "Baltic Wood Dorfal", Kind.ORGANISATION)

    assert wood < food - 0.15


def test_another_surname_is_another_person_whatever_else_agrees() -> None:
    assert score("Vladimir Sergeevich Petrov", "Vladimir Sergeevich Sidorov") < 0.35
    assert score("Олег Иванович Дорфал", "DORFAL Oleg Ivanovich") > STRONG


def test_another_father_is_another_person() -> None:
    same = score("Vladimir Sergeevich Petrov", "Vladimir Petrov")
    other = score("Vladimir Sergeevich Petrov", "Vladimir Andreevich Petrov")

    assert same > STRONG > other


@pytest.mark.parametrize(
    ("one", "other", "unlike"),
    [
        ("Ulves Continente", "www.ulvescontinente.com", "www.dorfalis.com"),
        ("T.M.Z. Ulvesmar", "TMZ Ulvesmar", "TMK Dorfalis"),
        ("NII Ulvesmar", "Ulvesmar Scientific Research Institute", "Dorfalis Research Institute"),
        ("Ulvesmar Industries", "Ulvesmar Industries · صنایع اولوسمار", "Dorfalis · Ulves"),
        ("Bu Ali Group", "Buali Group", "Dorfalis Group"),
        ("OOO Transdorfis", "Transdorfice LLC", "Transulves LLC"),  # an s that is no ending
        ("ULVESMARCO", "Ulvesmar Company", "Dorfalis Company"),
        ("Tamsaluskiy Zavod", "Tamsalusk Plant", "Viljandsk Plant"),  # an adjective of a place
        ("Jund al-Din", "Jund Eddine", "Jund al-Sham"),  # an article that took on the letter
        ("IR.Ulvesmar", "IR Ulvesmar", "IR Dorfalis"),  # a space left out behind a full stop
        ("Latvijas Banka", "Bank of Latvia", "Bank of Estonia"),
        ("Алімпійскі камітэт Беларусі", "Belarusian Olympic Committee", "Latvian Olympic Bank"),
        ("JSC GosNIIP", "State Scientific Research Institute of Instruments", "Institute Dorfalis"),
        ("TUDO Ulvesmar", "Tower for Ulves and Dorfal Osteris Ulvesmar", "Dorfalis"),
        ("2nd Academy Ulvesmar", "Second Academy Ulvesmar", "Third Academy Dorfalis"),
        ("ODK-Ulvesmar", "UEC-Ulvesmar", "UEC-Dorfalis"),
        ("Klaipėdos uostas Ulvesmar", "Ulvesmar Port of Klaipeda", "Port of Dorfalis"),
        ("UAB Ulvesmaro Mediena", "Ulvesmaro Timber", "Dorfalio Timber"),
        ("Ulvesmaru Geležinkeliai", "Ulvesmaru Railways", "Dorfalu Railways"),
        ("SIA Ulvesmara Pārtika", "Ulvesmara Food", "Dorfalis Party"),
        ("Mažoji bendrija Ulvesmar", "Ulvesmar, MB", "Dorfalis, MB"),
        ("Ulvesmar spółka jawna", "Ulvesmar sp.j.", "Dorfalis sp.j."),
    ],
)
def test_a_way_of_writing_joins_one_firm_and_not_two(one: str, other: str, unlike: str) -> None:
    assert score(one, other, Kind.ORGANISATION) >= 0.6
    assert score(one, unlike, Kind.ORGANISATION) < 0.45


@given(NAMES, NAMES)
def test_swapping_two_names_changes_nothing(one: str, other: str) -> None:
    for kind in (Kind.PERSON, Kind.ORGANISATION):
        assert score(one, other, kind) == pytest.approx(score(other, one, kind))


def test_three_first_letters_are_a_lead_and_no_more() -> None:
    assert LEAST < score("Baltic Timber Shipyards", "BTS", Kind.ORGANISATION) < STRONG


def test_a_name_that_many_bear_says_less_than_a_rare_one() -> None:
    assert score("Abdul Karim", "Abdul Karim") < score("Žemril Osteris", "Žemril Osteris") == 1.0


def test_a_rare_word_names_a_firm_whatever_common_words_stand_beside_it() -> None:
    other_words = score("Ulvesmar Shipping Company", "Ulvesmar Trading", Kind.ORGANISATION)
    other_firm = score("Ulvesmar Shipping Company", "Dorfalis Shipping Company", Kind.ORGANISATION)

    assert other_words > 0.6 > LEAST > other_firm


@given(NAMES, NAMES)
def test_a_name_agrees_wholly_with_itself_and_with_no_other_better(name: str, other: str) -> None:
    mine = names(name, Kind.PERSON)[0]

    assert weighed(mine, mine).incomplete == pytest.approx(1.0)
    assert score(name, other) <= score(name, name) + 1e-9 or score(other, other) >= score(
        name, other
    )


@given(NAMES, NAMES)
def test_each_step_only_lowers(one: str, other: str) -> None:
    mine, theirs = names(one, Kind.PERSON)[0], names(other, Kind.PERSON)[0]

    found = weighed(mine, theirs)

    steps = [found.agreeing, found.contradicted, found.incomplete, found.namesake, found.score]
    assert steps == sorted(steps, reverse=True)
    assert 1.000001 > steps[0] >= steps[-1] >= 0
