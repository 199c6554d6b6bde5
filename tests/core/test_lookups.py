"""Looking for what no database can hold finds nobody, on both databases, and breaks nothing."""

import pytest

from messenger.core import people, search
from messenger.core.refusals import Unknown

UNSTORABLE = ["\x00", "a\x00b", "\ud800", "from:\x00", "in:\x00 word\x00"]


@pytest.mark.parametrize("text", UNSTORABLE, ids=range(len(UNSTORABLE)))
def test_text_that_cannot_be_stored_is_not_found(world, ann, text):
    for find in (people.by_uid, people.by_login, people.by_login_or_uid):
        with pytest.raises(Unknown):
            find(text)
    assert people.matching(ann, text) == []
    assert search.messages(ann, text) == []
