"""`scripts/bench [NAME]`: runs benchmarks and prints one JSON object a line."""

import json
import sys

from scripts.benches import load, search

BENCHES = {"search": search.bench, "load": load.bench}


def main(names: list[str]) -> int:
    """Run the benches of these names, all when none is named."""
    if unknown := set(names) - set(BENCHES):
        sys.stderr.write(f"no bench {', '.join(unknown)}; there are {', '.join(BENCHES)}\n")
        return 2
    for name in names or BENCHES:
        for figure in BENCHES[name]():
            sys.stdout.write(json.dumps({"name": name} | figure) + "\n")
            sys.stdout.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
