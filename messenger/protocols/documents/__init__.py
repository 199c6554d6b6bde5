"""The living documentation: what every protocol takes and says, drawn from the routes and the words beside the views.

/api/                 Swagger UI for the HTTP calls of all protocols
/api/openapi.json     what it reads
/api/sockets          the sockets, with examples to copy
/api/asyncapi.json    the same for machines
"""

from flask import Flask

from messenger.protocols.documents.pages import pages


def install(app: Flask) -> None:
    """Open its addresses."""
    app.register_blueprint(pages)
