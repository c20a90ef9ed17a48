"""How well Amber finds the right one: pairs of names, scenarios, slices, calibration."""

from scripts.benches.quality.bench import bench
from scripts.benches.quality.nodes import bench as bench_nodes

__all__ = ["bench", "bench_nodes"]
