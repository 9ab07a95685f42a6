"""`rapport serve`, `rapport work` and `rapport demo`: processes that stay."""

from __future__ import annotations

import json
import logging
import os
import signal
import subprocess
import sys
import threading
import time
import urllib.request
from pathlib import Path

import click

from api.cli.console import login_link
from api.cli.output import bar, open_shops, people
from api.cli.simulate import fill
from plugin import training
from plugin.connectors.simulated import SHOP_NAME
from plugin.connectors.simulated import simulate as imagine
from plugin.errors import RapportError
from plugin.merchant import Merchant
from plugin.settings import Settings
from plugin.shops import Shops
from plugin.store.memory import open_store, opened
from plugin.worker import Worker

LOOK_EVERY_S = 1.0
END_WITHIN_S = 10.0
READY_WITHIN_S = 60.0

host_option = click.option("--host", default="127.0.0.1", show_default=True, envvar="RAPPORT_HOST")
port_option = click.option(
    "--port", type=click.IntRange(1, 65535), default=8080, show_default=True, envvar="PORT"
)


@click.command()
@host_option
@port_option
@click.option("--workers", type=click.IntRange(1, 64), default=2, show_default=True, help="Web processes.")
@click.option("--work/--no-work", default=True, help="Do the background work here too.")
def serve(host: str, port: int, workers: int, work: bool) -> None:
    """Run the whole service: the doors, and the background worker."""
    settings = Settings.from_environment()
    store = open_store(settings)
    helper = _Helper([sys.executable, "-m", "api.cli", "work"]) if work else None
    ended = threading.Event()

    def watch() -> None:
        """Bring back what died: the store with its keeper, and the worker."""
        while not ended.wait(LOOK_EVERY_S):
            try:
                store.revive()
            except RapportError as error:
                people.print(f"The store cannot be brought back: {error.detail}", markup=False)
            if helper:
                helper.revive()

    watcher = threading.Thread(target=watch, name="watch", daemon=True)
    watcher.start()
    try:
        _web_server(host, port, workers).serve()
    finally:
        ended.set()
        watcher.join()
        if helper:
            helper.end()
        store.close()


def _web_server(host: str, port: int, workers: int):  # type: ignore[no-untyped-def]
    from granian import Granian
    from granian.constants import Interfaces

    return Granian(
        "api.app:create",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        factory=True,
        workers=workers,
        blocking_threads=4,
        respawn_failed_workers=True,
        log_level="warning",
        log_access=False,
        workers_kill_timeout=5,
    )


@click.command()
def work() -> None:
    """Do the background work: fold activity into shoppers, archive it, keep standings fresh."""
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    stop = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stop.set())
    owner = os.getppid() if os.environ.get(BELONGS_TO_PARENT) else None
    with opened(Settings.from_environment()) as store:
        if owner is not None:
            threading.Thread(target=_end_with, args=(owner, stop), daemon=True).start()
        Worker(Shops(store)).run(stop)


BELONGS_TO_PARENT = "RAPPORT_WORK_ENDS_WITH_PARENT"


def _end_with(owner: int, stop: threading.Event) -> None:
    """Stop when the process that started this one is gone, however it went."""
    while not stop.wait(LOOK_EVERY_S):
        if os.getppid() != owner:
            stop.set()


class _Helper:
    """A process that lives as long as this one, started again when it dies."""

    def __init__(self, command: list[str], environment: dict[str, str] | None = None) -> None:
        self._command = command
        self._environment = {**os.environ, BELONGS_TO_PARENT: "1", **(environment or {})}
        self._process = self._start()

    def _start(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(self._command, env=self._environment, stdin=subprocess.DEVNULL)

    def revive(self) -> None:
        """Start it again if it died."""
        if self._process.poll() is not None:
            self._process = self._start()

    def end(self) -> None:
        """End it, with patience at first."""
        self._process.terminate()
        try:
            self._process.wait(END_WITHIN_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


@click.command()
@port_option
@click.option("--seed", type=int, default=7, show_default=True)
@click.option("--workers", type=click.IntRange(1, 64), default=2, show_default=True)
def demo(port: int, seed: int, workers: int) -> None:
    """Run the service with a simulated shop, and that shop's storefront on the next port."""
    settings = Settings.from_environment()
    site, service = f"http://127.0.0.1:{port + 1}", f"http://127.0.0.1:{port}"
    started = time.monotonic()
    with opened(settings) as store:
        shops = Shops(store)
        shop = _demo_shop(shops, settings.data / "demo", site, seed)
        command = [sys.executable, "-m", "api.cli", "serve", "--port", str(port), "--workers", str(workers)]
        processes = [_Helper(command)]
        try:
            _wait_for(f"{service}/readyz")
            processes.append(_storefront(shop, settings.data / "demo", port, service))
            _wait_for(f"{site}/")
            link = login_link(shops, shop["shop_id"], "owner@shop.example", "owner", service)
            _greet(site, service, link, time.monotonic() - started)
            _until_stopped()
        finally:
            for process in reversed(processes):
                process.end()


def _demo_shop(shops: Shops, folder: Path, site: str, seed: int) -> dict[str, str]:
    """Return the demo shop's keys: the shop that is there from an earlier run, else a new one, filled and trained."""
    kept = folder / "shop.json"
    if kept.exists():
        shop = json.loads(kept.read_text())
        if shop["shop_id"] in shops.store.shops() and shop["site"] == site:
            return shop
    made = Merchant(shops, time.time).open_shop(
        SHOP_NAME, {"currency": "EUR", "locale": "en", "timezone": "Europe/Berlin", "origins": _origins(site)}
    )
    from api.cli.simulate import MONTHS, _until

    with bar("Imagining a shop", None) as tell:
        world = imagine(seed, until=_until(None), months=MONTHS, site=site, currency="EUR")
        world.write(folder)
        fill(
            shops,
            made.settings.shop_id,
            world,
            lambda came: tell(description="Living 18 months", completed=came.read),
        )
    with bar("Learning", 1.0) as tell:
        training.train(
            shops,
            made.settings.shop_id,
            now=time.time(),
            progress=lambda stage, share: tell(description=stage.capitalize(), completed=share),
        )
    _demo_rules(shops, made.settings.shop_id)
    shop = {
        "shop_id": made.settings.shop_id,
        "publishable_key": made.publishable_key,
        "secret_key": made.secret_key,
        "kid": made.signing_key.key_id,
        "signing_key": made.signing_key.text,
        "site": site,
    }
    kept.touch(mode=0o600)
    kept.write_text(json.dumps(shop))
    return shop


def _origins(site: str) -> list[str]:
    return [site, site.replace("127.0.0.1", "localhost")]


def _demo_rules(shops: Shops, shop_id: str) -> None:
    """Write the demo shop's offers, as its merchant would."""
    from api.bodies import valid
    from api.schemas.offers import OfferSchema

    merchant = Merchant(shops, time.time)
    for path in sorted((Path(__file__).parent / "demo_offers").glob("*.json")):
        merchant.put_offer(shop_id, valid(OfferSchema(), json.loads(path.read_text())), None)


def _storefront(shop: dict[str, str], folder: Path, port: int, service: str) -> _Helper:
    """Start the shop's own program: another origin, with nothing but what a shop's server has."""
    return _Helper(
        [
            *(sys.executable, "-m", "widgets.storefront", "--port", str(port + 1)),
            *("--api", service, "--data", str(folder)),
        ],
        {
            "RAPPORT_SHOP_ID": shop["shop_id"],
            "RAPPORT_PUBLISHABLE_KEY": shop["publishable_key"],
            "RAPPORT_SECRET_KEY": shop["secret_key"],
            "RAPPORT_SIGNING_KID": shop["kid"],
            "RAPPORT_SIGNING_KEY": shop["signing_key"],
        },
    )


def _wait_for(url: str) -> None:
    patience = time.monotonic() + READY_WITHIN_S
    while True:
        try:
            with urllib.request.urlopen(url, timeout=2):
                return
        except OSError as error:
            if time.monotonic() > patience:
                raise RapportError(f"{url} does not answer: {error}") from error
            time.sleep(0.1)


def _greet(site: str, service: str, link: str, seconds: float) -> None:
    click.echo(f"\nReady after {seconds:.0f} s.\n")
    click.echo(f"  The shop       {site}/")
    click.echo(f"  The console    {link}")
    click.echo(f"  The API        {service}/v1/docs")
    click.echo("\nCtrl-C stops everything.", nl=True)
    sys.stdout.flush()


def _until_stopped() -> None:
    stop = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stop.set())
    stop.wait()
