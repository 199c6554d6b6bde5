"""What Slack exports, read into people, chats and messages."""

import pytest

from messenger.cli.imports import slack_text
from messenger.cli.imports.foreign import CLOSES, OPENS
from messenger.cli.imports.slack import Slack
from tests.cli.arrivals import SAMPLES, packed, read, texts


def test_slack_as_a_folder_and_as_a_zip(tmp_path):
    said, people = read(Slack, SAMPLES / "slack")
    zipped, _ = read(Slack, packed(SAMPLES, tmp_path / "slack"))
    assert {name: messages for name, (_, messages) in zipped.items()} == {n: m for n, (_, m) in said.items()}
    assert [(p.name, p.login, p.email, p.is_disabled) for p in people.values()] == [
        ("Ann Archer", "ann", "ann@example.org", False),
        ("Bob Builder", "bob.builder", "bob@example.org", False),
        ("Cid Gone", "cid", None, True),
        ("Weather", "Weather", None, False),
        ("USLACKBOT", "USLACKBOT", None, False),
    ]
    general, messages = said["general"]
    assert (general.about, general.is_public, general.members[0].role) == ("Boats & tides\nEverything", True, "owner")
    assert texts(messages) == [
        "has joined the channel",
        "Hello <U02BOB>, **tides** are in [the table](https://example.org/t?a=1&b=2). 2 < 3 👍",
        "I see @here #general ~~no~~ `a*b*c &`",
        "the plan",
        "Wind 5",
        "",
        "_waves_",
    ]
    joined, first, answer, plan, _, gone, _ = messages
    assert (joined.kind, joined.event) == ("system", {"what": "joined"})
    assert (first.created_at, first.edited_at) == (1704189600000200, 1704189700000000)
    assert first.pinned_at
    assert [(who, sign) for who, sign, _ in first.reactions][:2] == [("U02BOB", "👋"), ("U01ANN", "👍")]
    assert answer.reply_to == first.id
    assert (plan.files[0].name, plan.files[0].path, len(plan.files)) == ("plan.pdf", None, 1)
    assert plan.files[0].url.startswith("https://files.slack.com/")
    assert gone.deleted_at
    assert said["secret-plans"][0].archived_at
    assert texts(said["secret-plans"][1]) == ["```\nx < 1\n```"]
    assert (said["Ann Archer, Bob Builder, Cid Gone"][0].kind, said["D024BE91L"][0].kind) == ("group", "dialog")


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        ("*a* and*b* * c *", "**a** and*b* * c *"),
        ("*b* ~s~ _i_", "**b** ~~s~~ _i_"),
        ("<mailto:a@b.org|a@b.org> <http://x.org>", "a@b.org http://x.org"),
        ("<!subteam^S1|@crew> <!date^1^{date}|today> <@U1|ann>", "@crew today <U1>"),
        ("&lt;@U1&gt; is text", "<@U1> is text"),
        (f"{OPENS}U1{CLOSES}", "U1"),
        ("• one\n• two", "- one\n- two"),
        ("```a *b* &amp;```", "```\na *b* &\n```"),
    ],
)
def test_what_slack_writes_becomes_markdown(theirs, ours):
    assert slack_text.markdown(theirs).replace(OPENS, "<").replace(CLOSES, ">") == ours
