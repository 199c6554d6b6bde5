"""What the environment may say: every variable typed, with its default; all mistakes reported at once."""

from messenger.settings.loading import SettingsWrong, load
from messenger.settings.whole import Settings

__all__ = ["Settings", "SettingsWrong", "load"]
