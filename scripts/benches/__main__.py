"""`scripts/bench [NAME]`: runs benchmarks and prints one JSON object a line."""

import json
import sys

from scripts.benches import (
    alerts,
    answers,
    audit,
    fairness,
    load,
    quality,
    rotation,
    scale,
    screen,
    search,
    timing,
)

BENCHES = {
    "search": search.bench,
    "answers": answers.bench,
    "fairness": fairness.bench,
    "load": load.bench,
    "alerts": alerts.bench,
    "scale": scale.bench,
    "quality": quality.bench,
    "screen": screen.bench,
    "rotation": rotation.bench,
    "timing": timing.bench,
    "quality-nodes": quality.bench_nodes,
    "audit": audit.bench,
}
#: Take longer than anybody waits: for a figure that another bench gives, too, or half an hour.
ONLY_WHEN_NAMED = {"quality-nodes", "audit", "timing"}


def main(names: list[str]) -> int:
    """Run the benches of these names, when none is named all but the longest."""
    if unknown := set(names) - set(BENCHES):
        sys.stderr.write(f"no bench {', '.join(unknown)}; there are {', '.join(BENCHES)}\n")
        return 2
    for name in names or [name for name in BENCHES if name not in ONLY_WHEN_NAMED]:
        for figure in BENCHES[name]():
            sys.stdout.write(json.dumps({"name": name} | figure) + "\n")
            sys.stdout.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
