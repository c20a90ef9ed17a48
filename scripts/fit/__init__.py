"""What is counted or fitted on public data, and the scripts that do it."""
