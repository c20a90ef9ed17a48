"""Deconfliction: planned activities, and which of two members meet, found without showing them."""
