"""What a program reads from a command: one answer on stdout, whatever is logged meanwhile."""

import json
import logging


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
