"""Notices on the way out, in the transaction of their cause, and on the way in."""
