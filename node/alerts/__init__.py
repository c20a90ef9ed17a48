"""Alerts: questions that stand, here and at members, and what they find when it comes."""
