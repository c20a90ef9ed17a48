"""The desk port: our own people and systems, each call by a person whom we gave a certificate."""
