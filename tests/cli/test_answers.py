"""What a program reads from a command: one answer on stdout, whatever is logged meanwhile."""

import logging


def test_logs_do_not_stand_in_the_answer(app, capfd):
    app.test_cli_runner().invoke(args=["user", "list", "--json"])
    logging.getLogger("messenger").warning("meanwhile")
    said = capfd.readouterr()
    assert "meanwhile" in said.err
    assert "meanwhile" not in said.out
