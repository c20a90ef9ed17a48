"""`amber audit`: the evidence."""

import click

from node.cli.connection import asked
from node.cli.faults import DONE, UNTRUSTED
from node.cli.output import printed


@click.group()
def audit() -> None:
    """What was asked, why, and that no log was touched."""


@audit.command("verify")
@click.option("--json", "is_json", is_flag=True, help="One JSON object a line.")
@click.pass_context
def verify(ctx: click.Context, is_json: bool) -> int:
    """Prove that no entry was edited, deleted, inserted or reordered, or name the first one."""
    proof = asked(ctx, "VerifyAudit", lambda desk: desk.verify_audit())
    if proof["whole"]:
        words = f"{proof['entries']} entries, whole."
    else:
        words = f"Broken at entry {proof['broken_at']}: {proof['broken']}."
    printed(proof, words, is_json)
    return DONE if proof["whole"] else UNTRUSTED
