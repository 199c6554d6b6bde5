"""One world per module and database; its people are fresh in every test, and what it says is heard from there on."""

import pytest

from tests.core.stage import Stage
from tests.core.world import World
from tests.fixtures.databases import blank


@pytest.fixture(scope="module")
def shared_world(request, tmp_path_factory, kind):
    """The world of this module on this kind of database."""
    folder = tmp_path_factory.mktemp("world")
    for url in blank(request, folder, kind):
        with World(url, folder) as made:
            yield made


@pytest.fixture
def world(shared_world):
    """The same, quiet, and without anything read before."""
    shared_world.look()
    shared_world.heard()
    yield shared_world
    shared_world.look()


@pytest.fixture
def empty_world(tmp_path, blank_url):
    """A world of one's own in which nobody lives yet."""
    with World(blank_url, tmp_path) as made:
        yield made


@pytest.fixture
def stage(tmp_path, blank_url, kind):
    """A database with one chat of two people, and the orders for hands that write in it."""
    with World(blank_url, tmp_path) as world:
        ann, bob = world.person(), world.person()
        chat = world.say(ann, world.dialog(ann, bob), "first").chat
        yield Stage(world, chat, ann, bob, blank_url, tmp_path)


def _someone(role, who):
    """A fixture that is a person of this role."""

    @pytest.fixture(name=role)
    def someone(world):
        person = world.person(role)
        world.heard()
        return person

    someone.__doc__ = who
    return someone


ann = _someone("ann", "Ann, fresh.")
bob = _someone("bob", "Bob, to whom ann talks.")
cid = _someone("cid", "Cid, the outsider.")
