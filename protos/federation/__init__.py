"""Node to node: package amber.federation."""
