"""The readable clients of docs/clients, as modules and as programs."""

import importlib.util
import subprocess
import sys
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[1] / "docs" / "clients"


def client(name):
    """The client's module."""
    spec = importlib.util.spec_from_file_location(f"client_{name}", FOLDER / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def run(name, *arguments):
    """The client as a program; its lines of output can be read one by one."""
    return subprocess.Popen(
        [sys.executable, "-u", str(FOLDER / f"{name}.py"), *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
