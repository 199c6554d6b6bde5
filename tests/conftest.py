"""What every test may ask for; the fixtures themselves stand in tests/fixtures, one file per noun."""

pytest_plugins = [
    "tests.fixtures.apps",
    "tests.fixtures.attacks",
    "tests.fixtures.buckets",
    "tests.fixtures.clusters",
    "tests.fixtures.databases",
    "tests.fixtures.post",
    "tests.fixtures.proxy",
    "tests.fixtures.server",
    "tests.fixtures.silence",
    "tests.fixtures.valkeys",
    "tests.fixtures.chromium",
    "tests.fixtures.closing",
]
