"""The database: whether it answers, and has the shape this version needs."""

from collections.abc import Iterator

from messenger import schema
from messenger.cli.doctor import cures
from messenger.cli.doctor.fault import Fault
from messenger.cli.doctor.patient import Patient
from messenger.schema import SchemaUnfit

UPGRADE = ["flask db upgrade"]


def check(patient: Patient) -> Iterator[Fault]:
    """The schema, which says also whether anybody is there."""
    path = patient.settings.sqlite_path
    if path is not None and not path.exists():
        yield Fault("schema-missing", f"There is no database at {path} yet.", cures.here("bin/run"))
        return
    try:
        found, needed = schema.current(patient.app), schema.newest(patient.app)
    except SchemaUnfit as unfit:
        yield Fault("database-silent", str(unfit).replace("\n", " "), cures.setting("DATABASE_URL", "postgres://…"))
        return
    if found is None:
        yield Fault("schema-missing", "The database is empty.", cures.here(*UPGRADE))
    elif not schema.is_known(patient.app, found):
        says = f"The database was made by a newer version: its schema is {found}, this version knows up to {needed}."
        yield Fault("schema-newer", says, cures.here("install that version again", "or: flask restore ARCHIVE --force"))
    elif found != needed:
        says = f"The database is at schema {found}, this version needs {needed}."
        yield Fault("schema-old", says, cures.here("flask backup", *UPGRADE))
