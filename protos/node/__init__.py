"""An agency to its own node: package amber.node."""
