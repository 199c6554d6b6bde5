"""flask doctor: looks at the real path, from the settings to a frame on a socket, and says what to write where."""

from messenger.cli.doctor.command import command

__all__ = ["command"]
