"""A crowd of made-up people, the same for every run: syllables, no list of real names."""

import random
from collections.abc import Iterator

from federation.messages import Entity, Identifier
from node.kinds import Kind, property_for

_HEADS = "Bal Dor Ek Fal Gri Hal Jur Kel Lom Mar Nor Ost Pel Rad Sil Tam Ul Ves Zor Žem".split()
_TAILS = "anov eris oja ienė ūnas kova mäe berg son iņš ska enko ulis ström vik ević akis".split()
_GIVEN = "Ada Bruno Cilla Darius Elsa Fjodor Greta Hanno Ilze Jurgis Kaja Linas Mirja Olev".split()


def crowd(count: int, seed: int = 1) -> Iterator[Entity]:
    """So many persons, each with a name, mostly a birth date, sometimes a passport."""
    chance = random.Random(seed)  # noqa: S311 - to be repeated, not to be secret
    for number in range(count):
        surname = "".join(chance.choices(_HEADS, k=2)).title() + chance.choice(_TAILS)
        properties = {"name": (f"{chance.choice(_GIVEN)} {surname}",)}
        if chance.random() < 0.8:  # noqa: PLR2004 - four of five
            year, month, day = (
                chance.randint(1940, 2005),
                chance.randint(1, 12),
                chance.randint(1, 28),
            )
            properties["birthDate"] = (f"{year}-{month:02}-{day:02}",)
        if chance.random() < 0.3:  # noqa: PLR2004
            word, value = property_for(
                Identifier("passport", f"P{chance.randint(10**6, 10**7)}"), Kind.PERSON
            )
            properties[word] = (value,)
        yield Entity(f"{seed}-{number}", "Person", properties)
