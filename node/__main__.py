"""`amber`: the one command; `python -m node` is the same."""

import os
import sys

from node.cli import amber
from node.cli.faults import guarded

sys.setswitchinterval(0.05)


def main() -> None:
    """Run one verb and end with its exit code."""
    # gRPC writes to stderr on its own, line by line, whatever a member sends wrong.
    os.environ.setdefault("GRPC_VERBOSITY", "NONE")
    sys.exit(guarded(amber))


if __name__ == "__main__":
    main()
