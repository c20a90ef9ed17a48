"""The wire contract: messages and services, additive within v1."""
