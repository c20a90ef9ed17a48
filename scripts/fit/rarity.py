"""Counts how many persons and organisations of two public lists bear each part of a name.

`python -m scripts.fit.rarity UN.xml OFAC_FOLDER` writes node/search/tables/rarity.tsv: kind, stem,
how many bear it, of how many. Both lists are in the public domain. Parts that fewer than three
bear are left out, so that the table names nobody.
"""

import sys
from collections import Counter
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

from federation.messages import Entity
from node.intake import ofac, un
from node.intake.rows import Row
from node.kinds import Kind, kind_of, names_of
from node.search.names import names

LEAST = 3
TABLE = Path(__file__).parents[2] / "node" / "search" / "tables" / "rarity.tsv"


def main(un_file: Path, ofac_folder: Path) -> None:
    """Count both lists and write the table."""
    bearers: dict[Kind, Counter[str]] = {Kind.PERSON: Counter(), Kind.ORGANISATION: Counter()}
    counted: Counter[Kind] = Counter()
    for entity in _entities(chain(un.read(un_file, None), ofac.read(ofac_folder, None))):
        kind = kind_of(entity.schema)
        if kind in bearers:
            counted[kind] += 1
            bearers[kind].update(_stems(entity, kind))
    lines = [
        f"{kind}\t{stem}\t{count}\t{counted[kind]}\n"
        for kind, stems in bearers.items()
        for stem, count in sorted(stems.items())
        if count >= LEAST
    ]
    TABLE.write_text("".join(lines), "utf-8")


def _entities(rows: Iterator[Row]) -> Iterator[Entity]:
    for row in rows:
        if row.entity:
            yield row.entity


def _stems(entity: Entity, kind: Kind) -> set[str]:
    return {
        part.stem for _, text in names_of(entity) for name in names(text, kind) for part in name
    }


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
