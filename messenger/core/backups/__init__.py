"""Backups: all rows of one moment and the bytes they need, in one archive that either kind of database takes back.

An archive is a `.tar.gz`: `rows/<table>/<number>.jsonl`, `files/<key>`, and at its end `manifest.json`, which names
every part with its hash. What has no manifest is no backup.
"""
