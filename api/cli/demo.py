"""`rapport demo`: the service with a simulated shop in it, and that shop's own storefront beside it."""

from __future__ import annotations

import json
import signal
import sys
import threading
import time
import urllib.request
from pathlib import Path

import click

from api.bodies import valid
from api.cli.console import login_link
from api.cli.output import bar
from api.cli.serve import demand_free, port_option, workers_option
from api.cli.simulate import MONTHS, fill, last_day
from api.processes import Companion
from api.schemas.offers import OfferSchema
from plugin import training
from plugin.connectors.simulated import SHOP_NAME
from plugin.connectors.simulated import simulate as imagine
from plugin.errors import RapportError
from plugin.merchant import Merchant
from plugin.offers.rulebook import write_rule
from plugin.settings import Settings
from plugin.shops import Shops
from plugin.store.memory import opened

READY_WITHIN_S = 60.0
OFFERS = Path(__file__).parent / "demo_offers"


@click.command()
@port_option
@click.option("--seed", type=int, default=7, show_default=True)
@workers_option
def demo(port: int, seed: int, workers: int) -> None:
    """Run the service with a simulated shop, and that shop's storefront on the next port."""
    settings = Settings.from_environment()
    site, service = f"http://127.0.0.1:{port + 1}", f"http://127.0.0.1:{port}"
    for each in (port, port + 1):
        demand_free("127.0.0.1", each)
    started = time.monotonic()
    with opened(settings) as store:
        shops = Shops(store)
        shop = _demo_shop(shops, settings.data / "demo", site, seed)
        command = [sys.executable, "-m", "api.cli", "serve", "--port", str(port), "--workers", str(workers)]
        processes = [Companion(command)]
        try:
            _wait_for(f"{service}/readyz", processes[0])
            processes.append(_storefront(shop, settings.data / "demo", port, service))
            _wait_for(f"{site}/", processes[1])
            link = login_link(shops, shop["shop_id"], "owner@shop.example", "owner", service)
            _greet(site, service, link, time.monotonic() - started)
            _until_stopped()
        finally:
            for process in reversed(processes):
                process.end()


def _demo_shop(shops: Shops, folder: Path, site: str, seed: int) -> dict[str, str]:
    """Return the demo shop's keys: the shop of an earlier run, else a new one, filled and trained."""
    kept = folder / "shop.json"
    if kept.exists():
        shop = json.loads(kept.read_text())
        if shop["shop_id"] in shops.store.shops() and shop["site"] == site:
            return shop
    made = Merchant(shops, time.time).open_shop(
        SHOP_NAME, {"currency": "EUR", "locale": "en", "timezone": "Europe/Berlin", "origins": _origins(site)}
    )
    try:
        _live(shops, made.settings.shop_id, folder, site, seed)
    except BaseException:
        shops.store.delete_shop(made.settings.shop_id)  # half a shop is of no use to the next start
        raise
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


def _live(shops: Shops, shop_id: str, folder: Path, site: str, seed: int) -> None:
    """Let 18 months pass in the demo shop, learn from them, and write its offers."""
    with bar("Imagining a shop", None) as tell:
        world = imagine(seed, until=last_day(None), months=MONTHS, site=site, currency="EUR")
        world.write(folder)
        fill(shops, shop_id, world, lambda came: tell(description="Living 18 months", completed=came.read))
    with bar("Learning", 1.0) as tell:
        training.train(
            shops,
            shop_id,
            now=time.time(),
            judging=False,  # a world that is known to be good, and somebody who waits for it
            progress=lambda stage, share: tell(description=stage.capitalize(), completed=share),
        )
    _demo_rules(shops, shop_id)


def _origins(site: str) -> list[str]:
    return [site, site.replace("127.0.0.1", "localhost")]


def _demo_rules(shops: Shops, shop_id: str) -> None:
    """Write the demo shop's offers, as its merchant would."""
    merchant = Merchant(shops, time.time)
    for path in sorted(OFFERS.glob("*.json")):
        write_rule(merchant, shop_id, valid(OfferSchema(), json.loads(path.read_text())))


def _storefront(shop: dict[str, str], folder: Path, port: int, service: str) -> Companion:
    """Start the shop's own program: another origin, with nothing but what a shop's server has."""
    return Companion(
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


def _wait_for(url: str, process: Companion) -> None:
    """Return when a process of ours answers; whoever else answers there is not it."""
    patience = time.monotonic() + READY_WITHIN_S
    while True:
        if process.ended:
            raise RapportError(f"{url} cannot be served; what was said above tells why.")
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
