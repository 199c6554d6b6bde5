"""Where the parts meet, in order. An app is made from settings alone; two apps share nothing."""

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix
from whitenoise import WhiteNoise

from messenger import cli, doors, engine, logs, protocols, schema, sentry, web
from messenger.core import database
from messenger.extensions import babel, compress, csrf, db, limiter, login_manager
from messenger.protocols import documents
from messenger.reception import addresses, device, forgery, identity, jar
from messenger.settings import Settings, load
from messenger.settings.flask_config import flask_config
from messenger.settings.whole import HOME
from messenger.web import errors, headers, parting, patience, request_log


def create_app(settings: Settings | None = None) -> Flask:
    """The application; without settings it reads the environment and refuses with SettingsWrong."""
    settings = settings or load()
    logs.configure(settings)
    sentry.install(settings)
    app = Flask(
        "messenger",
        root_path=str(HOME),
        instance_path=settings.instance_dir,
        template_folder="templates",
        static_folder="static",
    )
    app.url_rule_class = addresses.Address
    app.config.from_mapping(flask_config(settings))
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = database.options(settings.database_url, settings.reading_connections)
    app.extensions["settings"] = settings
    app.extensions["create_app"] = create_app  # for commands that need a second, fresh one
    _fill_extensions(app)
    engine.install(app, settings)
    app.session_interface = jar.Pocket()
    forgery.install(app)
    device.install(app)
    errors.install(app)
    web.install(app)
    protocols.install(app)
    documents.install(app)
    doors.install(app)
    cli.install(app)
    _wrap(app, settings)
    return app


def _fill_extensions(app: Flask) -> None:
    db.init_app(app)
    schema.install(app)
    babel.init_app(app, locale_selector=web.choose_language)
    for extension in (login_manager, csrf, limiter, compress):
        extension.init_app(app)
    login_manager.request_loader(identity.visitor)


def _wrap(app: Flask, settings: Settings) -> None:
    """Around Flask, from the inside out: files, headers, the log, and what the proxies in front say."""
    wsgi = WhiteNoise(
        app.wsgi_app, root=HOME / "static", prefix="static/", allow_all_origins=False, max_age=3600, index_file=False
    )
    hops = settings.trusted_proxies
    inside = parting.parted(request_log.logged(headers.dressed(patience.patient(wsgi, settings.body_seconds))))
    app.wsgi_app = ProxyFix(inside, hops, hops, hops, hops) if hops else inside  # type: ignore[assignment,method-assign]
