"""Ways out of the node: letters carried to an agency's own systems and people."""
