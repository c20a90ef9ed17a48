"""Verbs for people, one file per group; each verb's module is read only when it is used."""

import importlib
from pathlib import Path

import click

#: Verb -> the module of this package that holds it.
VERBS = {
    "init": "house",
    "serve": "house",
    "status": "status",
    "load": "load",
    "remark": "remark",
    "reindex": "reindex",
    "search": "search",
    "show": "search",
    "screen": "screen",
    "watch": "watch",
    "alerts": "alerts",
    "mail": "mail",
    "activity": "activity",
    "charter": "charter",
    "people": "people",
    "keys": "keys",
    "metrics": "keys",
    "audit": "audit",
    "codes": "codes",
    "lab": "lab",
}


class _Verbs(click.Group):
    """A group that imports a verb when somebody calls it, so that `--help` stays quick."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's own signature
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in VERBS:
            return None
        module = importlib.import_module(f"node.cli.{VERBS[cmd_name]}")
        command: click.Command = getattr(module, cmd_name)
        return command


@click.group(cls=_Verbs, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="amber-node")
@click.option(
    "-n",
    "--node",
    "home",
    type=click.Path(file_okay=False, path_type=Path),
    envvar="AMBER_HOME",
    help="Home of the node.  [env: AMBER_HOME]",
)
@click.option(
    "--as",
    "person",
    envvar="AMBER_PERSON",
    help="Whose certificate to use, of those there.  [env: AMBER_PERSON]",
)
@click.option(
    "--credentials",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    envvar="AMBER_CREDENTIALS",
    help="Folder of your key and certificate, if not in the home.  [env: AMBER_CREDENTIALS]",
)
@click.pass_context
def amber(
    ctx: click.Context, home: Path | None, person: str | None, credentials: Path | None
) -> None:
    """A member's own node: keeps its records, answers peers by policy, asks them all."""
    ctx.obj = {"home": home, "person": person, "credentials": credentials}
