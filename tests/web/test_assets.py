"""What a browser keeps for ever, and what the server keeps of it."""

from pathlib import Path

import brotli

from messenger.web.assets import TYPES


def test_what_is_large_stays_on_the_disk_and_comes_whole_all_the_same(app, client):
    by_name = app.extensions["assets"].by_name
    large = [asset for asset in by_name.values() if isinstance(asset.kept, Path)]
    assert [asset.name.rpartition("/")[2] for asset in large] == ["swagger-ui-bundle.js", "swagger-ui.css"]
    for asset in large:
        content = (Path(app.static_folder) / asset.name).read_bytes()
        assert client.get(asset.address).data == content
        squeezed = client.get(asset.address, headers={"Accept-Encoding": "br"})
        assert brotli.decompress(squeezed.data) == content
        assert squeezed.mimetype == TYPES[asset.name.rpartition(".")[2]]


def test_every_file_that_a_page_names_has_a_type(app):
    named = [name for name in app.extensions["assets"].by_name if not name.startswith("vendor/")]
    assert [name for name in named if name.rpartition(".")[2] not in TYPES] == []
