"""Which release this is; pyproject.toml and CHANGELOG.md say the same."""

VERSION = "0.1.0"
