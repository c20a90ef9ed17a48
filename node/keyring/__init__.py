"""Our keys while the node runs: unlocked, changed, and warned of before they end."""
