"""`rapport serve` and `rapport work`: the service, and its background work."""

from __future__ import annotations

import logging
import os
import signal
import socket
import sys
import threading
import time
from contextlib import suppress
from typing import Any

import click

from api.cli.output import people
from api.fetching import feeds_of
from api.processes import BELONGS_TO_PARENT, LOOK_EVERY_S, Companion, when_orphaned
from plugin.errors import RapportError, Refused
from plugin.models.trainer import Trainer
from plugin.settings import Settings
from plugin.shops import Shops
from plugin.store.memory import Store, open_store, opened
from plugin.worker import Worker

host_option = click.option("--host", default="127.0.0.1", show_default=True, envvar="RAPPORT_HOST")
port_option = click.option(
    "--port", type=click.IntRange(1, 65535), default=8080, show_default=True, envvar="PORT"
)
# A quarter of the share of a process that answers (nice 5): whoever reads folds what is not folded yet, so
# nobody waits for the work, and it still gets on under any load.
STEPS_BACK = 5

workers_option = click.option(
    "--workers", type=click.IntRange(1, 64), default=2, show_default=True, help="Web processes."
)


@click.command()
@host_option
@port_option
@workers_option
@click.option("--work/--no-work", default=True, help="Do the background work here too.")
def serve(host: str, port: int, workers: int, work: bool) -> None:
    """Run the whole service: the doors, and the background worker."""
    demand_free(host, port)
    when_orphaned(lambda: os.kill(os.getpid(), signal.SIGINT))
    os.environ[BELONGS_TO_PARENT] = "1"  # from here on: what this process starts ends with it
    store = open_store(Settings.from_environment())
    worker = Companion([sys.executable, "-m", "api.cli", "work", "--step-back"]) if work else None
    ended = threading.Event()
    watch = threading.Thread(target=_watch, args=(store, worker, ended), name="watch", daemon=True)
    watch.start()
    where = f"[{host}]" if ":" in host else host
    people.print(f"Rapport opens its doors at http://{where}:{port}; Ctrl-C closes them.", markup=False)
    try:
        _serve_doors(host, port, workers)
    finally:
        ended.set()
        watch.join()
        if worker:
            worker.end()
        store.close()


def _watch(store: Store, worker: Companion | None, ended: threading.Event) -> None:
    """Bring back what died: the store with its keeper, and the worker."""
    while not ended.wait(LOOK_EVERY_S):
        try:
            store.revive()
        except RapportError as error:
            people.print(f"The store cannot be brought back: {error.detail}", markup=False)
        if worker:
            worker.revive()


def demand_free(host: str, port: int) -> None:
    """Raise `Refused` when somebody serves there already."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as sock:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            sock.bind((host, port))
        except OSError as error:
            raise Refused(
                f"{host}:{port} cannot be served: {error.strerror}. Choose another --port."
            ) from None


def _serve_doors(host: str, port: int, workers: int) -> None:
    """Serve until told to stop.

    The web server gives up when a process of its own dies within seconds of being started; that also happens
    while the store is away, which passes. So it is started again.
    """
    while True:
        server = _web_server(host, port, workers)
        with suppress(SystemExit):
            server.serve()
        if server.interrupt_signal:
            return
        people.print("The web processes died one after the other; they are started again.")
        time.sleep(LOOK_EVERY_S)


def _web_server(host: str, port: int, workers: int) -> Any:
    from granian import Granian
    from granian.constants import Interfaces
    from granian.log import LogLevels

    return Granian(
        "api.app:served",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        factory=True,
        workers=workers,
        blocking_threads=4,
        respawn_failed_workers=True,
        log_level=LogLevels.warning,
        log_access=False,
        workers_kill_timeout=3,
    )


@click.command()
@click.option("--step-back", is_flag=True, help="Leave the processor to whoever answers when it is scarce.")
def work(step_back: bool) -> None:
    """Do the background work: fold activity into shoppers, archive it, keep standings fresh."""
    if step_back:
        os.nice(STEPS_BACK)
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    stop = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stop.set())
    when_orphaned(stop.set)
    settings = Settings.from_environment()
    with opened(settings) as store:
        # A feed may take minutes; nothing else waits for it.
        feeds = threading.Thread(target=feeds_of(Shops(store), settings).run, args=(stop,), daemon=True)
        feeds.start()
        trainings = threading.Thread(target=_train, args=(store, stop), daemon=True)
        trainings.start()
        Worker(Shops(store)).run(stop)
        trainings.join()


def _train(store: Store, stop: threading.Event) -> None:
    """Have models trained when they are due, unless this machine is not to (RAPPORT_TRAINING=off)."""
    if store.settings.training:
        ours = [sys.executable, "-m", "api.cli"]
        train = [*ours, "train", "--step-back", "--json", "--shop"]
        check = [*ours, "models", "check", "--step-back", "--json"]
        Trainer(Shops(store), time.time, train, check, {BELONGS_TO_PARENT: "1"}).run(stop)
