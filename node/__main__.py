"""`amber`: the one command; `python -m node` is the same."""

import sys

from node.cli import amber
from node.cli.faults import guarded

sys.setswitchinterval(0.05)


def main() -> None:
    """Run one verb and end with its exit code."""
    sys.exit(guarded(amber))


if __name__ == "__main__":
    main()
