"""`python -m scripts.benches.quality COMMIT < LINES`: keeps a run's figures as those of before."""

import sys

from scripts.benches.quality import before

if __name__ == "__main__":
    before.keep(sys.stdin, sys.argv[1])
