"""The application; flask and gunicorn both find it here."""

import os
import sys

from messenger.application import create_app
from messenger.settings import SettingsWrong

try:
    app = create_app()
except SettingsWrong as wrong:
    sys.stderr.write(f"{wrong}\n")
    sys.exit(os.EX_CONFIG)
