"""The Flask extensions, made empty; create_app fills them for one app. Imports nothing of ours."""

from typing import Any

from flask import current_app
from flask_babel import Babel
from flask_compress import Compress
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_login import LoginManager
from flask_sqlalchemy import SQLAlchemy
from flask_wtf import CSRFProtect
from sqlalchemy import MetaData
from sqlalchemy.orm import DeclarativeBase
from werkzeug.local import LocalProxy

# Every constraint has a name, so that a migration can change it on both databases.
NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """What every table is made from."""

    metadata = MetaData(naming_convention=NAMES)


db = SQLAlchemy(model_class=Base)
login_manager = LoginManager()
csrf = CSRFProtect()
limiter = Limiter(key_func=get_remote_address)
babel = Babel()
compress = Compress()

# What belongs to one app and is made in create_app, found through the app at work. Nothing of it is shared by two apps.
settings: Any = LocalProxy(lambda: current_app.extensions["settings"])
switchboard: Any = LocalProxy(lambda: current_app.extensions["switchboard"])
writer: Any = LocalProxy(lambda: current_app.extensions["writer"])
storage: Any = LocalProxy(lambda: current_app.extensions["storage"])
throttle: Any = LocalProxy(lambda: current_app.extensions["throttle"])
blocked: Any = LocalProxy(lambda: current_app.extensions["blocked"])
presence: Any = LocalProxy(lambda: current_app.extensions["presence"])
receipts: Any = LocalProxy(lambda: current_app.extensions["receipts"])
replays: Any = LocalProxy(lambda: current_app.extensions["replays"])
replica: Any = LocalProxy(lambda: current_app.extensions["replica"])
