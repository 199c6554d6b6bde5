"""First and last names: told one by one, shown together."""

import pytest

from messenger.core import profiles
from messenger.core.facts import PersonChanged
from messenger.core.refusals import Blank, Invalid, Taken


def test_the_shown_name_follows_the_first_and_the_last(world, ann):
    assert profiles.introduce(ann, "Ann").name == "Ann"
    person = profiles.introduce(ann, last_name="Smith")
    assert (person.first_name, person.last_name, person.name) == ("Ann", "Smith", "Ann Smith")
    assert [fact.person.name for fact in world.heard(PersonChanged)] == ["Ann", "Ann Smith"]


def test_long_names_are_shown_as_far_as_a_name_goes(world, ann):
    assert profiles.introduce(ann, "A" * 80, "B" * 80).name == "A" * 80


def test_an_email_belongs_to_one_person_and_nothing_else_changes_then(world, ann, bob):
    mail = f"{bob.login}@mail.com"
    assert profiles.introduce(bob, email=mail).email == mail
    for taken in (mail, mail.upper()):
        with pytest.raises(Taken):
            profiles.introduce(ann, "Nobody", email=taken)
        with pytest.raises(Taken):
            profiles.change_email(ann, taken)
    assert profiles.introduce(ann).name == ann.person.name
    assert profiles.introduce(bob, email=mail.upper()).email == mail.upper()


@pytest.mark.parametrize(
    ("given", "refusal"),
    [({"first_name": " "}, Blank), ({"last_name": "a\0"}, Invalid), ({"email": "no mail"}, Invalid)],
)
def test_what_is_no_name_or_no_email_is_refused(world, ann, given, refusal):
    with pytest.raises(refusal):
        profiles.introduce(ann, **given)
