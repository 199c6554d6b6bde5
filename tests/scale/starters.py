"""Processes that start at the same moment: each brings the database up to date if need be."""

import multiprocessing

from messenger import schema
from messenger.settings import Settings

TOGETHER = multiprocessing.get_context("forkserver")
TOGETHER.set_forkserver_preload(["tests.scale.starters"])


def starts(url, folder, count):
    """So many at once; what each of them tells."""
    with TOGETHER.Manager() as manager:
        gate = manager.Barrier(count)
        with TOGETHER.Pool(count) as pool:
            return pool.starmap(start, [(url, str(folder), gate)] * count, chunksize=1)


def start(url, folder, gate):
    """One of them: whether it was he who changed the schema. Refused is whoever finds it unfit in the end."""
    settings = Settings.for_tests(database_url=url, instance_dir=folder)
    moved, upgrade = [], schema.upgrade

    def watched(*given, **more):
        moved.append(schema.current(app) != schema.newest(app))
        upgrade(*given, **more)

    app, schema.upgrade = schema.bare(settings), watched
    gate.wait(60)
    schema.bring_up_to_date(app)
    schema.check(app)
    return any(moved)
