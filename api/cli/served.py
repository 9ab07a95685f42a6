"""The application of one web process of `rapport serve`, which ends when the main process is gone."""

from __future__ import annotations

import os
import signal

from flask import Flask

from api.app import create
from api.cli.processes import when_orphaned


def application() -> Flask:
    """Return the web application, in a process that does not outlive the one that started it."""
    when_orphaned(lambda: os.kill(os.getpid(), signal.SIGKILL))
    return create()
