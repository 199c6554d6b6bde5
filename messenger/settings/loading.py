"""Turns the environment and the `.env` file into Settings, or says everything that is wrong with them at once."""

import os
from collections.abc import Callable, Mapping
from dataclasses import Field, fields
from typing import Any

from environs import Env, EnvValidationError, ValidationError

from messenger.settings import checks, dotenv
from messenger.settings.table import Table
from messenger.settings.whole import HOME, Settings

# How a platform can be told, and what people call it.
PLATFORMS = {
    "DYNO": "Heroku",
    "RENDER": "Render",
    "FLY_APP_NAME": "Fly",
    "RAILWAY_ENVIRONMENT": "Railway",
    "RAILWAY_ENVIRONMENT_NAME": "Railway",
    "K_SERVICE": "Cloud Run",
    "DOKKU_APP_NAME": "Dokku",
}


class SettingsWrong(Exception):
    """The environment cannot be served with; `mistakes` holds one sentence each. Exit code: os.EX_CONFIG (78)."""

    def __init__(self, mistakes: list[str]) -> None:
        super().__init__("\n".join(["The settings do not fit:", *(f"  - {mistake}" for mistake in mistakes)]))
        self.mistakes = mistakes


class _Environment(Env):
    """environs, reading from a mapping of ours instead of the process's environment."""

    def __init__(self, said: Mapping[str, str]) -> None:
        super().__init__(eager=False)
        self._said = said

    def _get_value(self, env_key: str, default: Any) -> Any:
        return self._said.get(env_key, default)


def load(environ: Mapping[str, str] | None = None) -> Settings:
    """The settings of this process. Refuses with SettingsWrong."""
    environ = os.environ if environ is None else environ
    said = dotenv.merged(HOME / environ.get("ENV_FILE", ".env"), environ)
    platform = next((name for sign, name in PLATFORMS.items() if said.get(sign)), "")
    values, mistakes = _read(said)
    if not mistakes:
        draft = Settings(platform=platform, **_placed(values, said))
        mistakes = checks.mistakes(draft)
    if mistakes:
        raise SettingsWrong(mistakes)
    try:
        return draft.made_whole()
    except OSError as error:
        raise SettingsWrong([f"INSTANCE_DIR: {error.filename} cannot be used: {error.strerror}."]) from None


def _read(said: Mapping[str, str]) -> tuple[dict[str, Any], list[str]]:
    """Every variable of the table as its type, and what is wrong, in plain words."""
    env = _Environment(said)
    values = {variable.name: _one(env, variable) for variable in fields(Table)}
    try:
        env.seal()
    except EnvValidationError as error:
        wrong: Mapping[str, list[str]] = error.error_messages  # type: ignore[assignment]
        return values, [f"{name}: {' '.join(messages)}" for name, messages in wrong.items()]
    return values, []


def _one(env: Any, variable: Field[Any]) -> Any:
    """env is Any because environs does not type the words an error may be given."""
    name = variable.name.upper()
    if variable.type is int:
        words = {"invalid": "must be a whole number."}
        return env.int(name, variable.default, validate=_between(variable.metadata), error_messages=words)
    if variable.type is bool:
        return env.bool(name, variable.default, error_messages={"invalid": "must be on or off."})
    return env.str(name, variable.default, validate=_among(variable.metadata.get("choices")))


def _between(limits: Mapping[str, Any]) -> Callable[[int], None]:
    least, most = limits.get("least", float("-inf")), limits.get("most", 2**53)

    def check(value: int) -> None:
        if not least <= value <= most:
            raise ValidationError(f"must lie between {least} and {most}.")

    return check


def _among(choices: tuple[str, ...] | None) -> Callable[[str], None]:
    def check(value: str) -> None:
        if choices and value not in choices:
            raise ValidationError(f"must be one of {', '.join(choices)}.")

    return check


def _placed(values: dict[str, Any], said: Mapping[str, str]) -> dict[str, Any]:
    """HTTP_HOST gives address and port where HOST and PORT do not."""
    host, _, port = values["http_host"].rpartition(":")
    if port.isdecimal() and "PORT" not in said:
        values["port"] = int(port)
    if "HOST" not in said:
        values["host"] = host.strip("[]")
    return values
