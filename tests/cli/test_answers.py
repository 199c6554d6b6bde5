"""What a program reads from a command: one answer on stdout, whatever is logged meanwhile."""

import json
import logging

import click

FLASK_S_OWN = {"db", "routes", "run", "shell"}


def test_logs_do_not_stand_in_the_answer(app, capfd):
    app.test_cli_runner().invoke(args=["user", "list", "--json"])
    logging.getLogger("messenger").warning("meanwhile")
    said = capfd.readouterr()
    assert "meanwhile" in said.err
    assert "meanwhile" not in said.out


def test_a_dry_run_and_a_question_do_not_spoil_the_answer_either(app):
    run = app.test_cli_runner().invoke
    run(args=["user", "create", "ann", "--password", "secret"])
    dry = run(args=["user", "delete", "ann", "--dry-run", "--json"])
    assert json.loads(dry.stdout)["would"].startswith("delete the account of ann")
    asked = run(args=["user", "delete", "ann", "--json"], input="y\n")
    assert json.loads(asked.stdout)["deleted"] == "ann"
    assert "Really" in asked.stderr


def every(command, context, name=""):
    """All commands below this one, with their whole names."""
    if not isinstance(command, click.Group):
        yield name, command
        return
    for one in command.list_commands(context):
        if one not in FLASK_S_OWN:
            yield from every(command.get_command(context, one), context, f"{name} {one}".strip())


def test_every_command_explains_itself_and_answers_programs_and_what_deletes_can_be_tried_dry(app):
    found = dict(every(app.cli, click.Context(app.cli)))
    assert len(found) > 35
    options = {name: {word for option in one.params for word in option.opts} for name, one in found.items()}
    assert [name for name, one in found.items() if not one.help or "--json" not in options[name]] == []
    deleting = ("delete", "remove", "close", "revoke", "prune", "sweep", "move", "restore", "backup")
    assert [name for name in found if name.endswith(deleting) and "--dry-run" not in options[name]] == []
