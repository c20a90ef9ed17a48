"""Our books of the traffic with a member, compared with its own, and what it is shown of ours."""
