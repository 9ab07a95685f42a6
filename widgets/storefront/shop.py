"""The shop itself: what its pages may need, opened from a data folder."""

from __future__ import annotations

from dataclasses import dataclass

from widgets.storefront.catalogue import Catalogue
from widgets.storefront.customers import Customer, read_customers
from widgets.storefront.notebook import Notebook
from widgets.storefront.orders import OrderBook, read_history
from widgets.storefront.service import Reporter, Service
from widgets.storefront.settings import Settings


@dataclass(frozen=True)
class Shop:
    """Everything a page may need."""

    settings: Settings
    catalogue: Catalogue
    notebook: Notebook
    customers: dict[str, Customer]
    orders: OrderBook
    service: Service
    reporter: Reporter


def open_shop(settings: Settings) -> Shop:
    """Return the shop of a data folder. Reports of orders begin only with `shop.reporter.start()`."""
    orders = OrderBook(read_history(settings.data / "orders.ndjson"), settings.data / "placed.json")
    service = Service(settings.api, settings.secret_key)
    catalogue = Catalogue.read(settings.data / "products.ndjson", orders.sold())
    return Shop(
        settings=settings,
        catalogue=catalogue,
        notebook=Notebook.read(settings.data / "use_ideas.ndjson", catalogue),
        customers=read_customers(settings.data / "shoppers.ndjson"),
        orders=orders,
        service=service,
        reporter=Reporter(service, orders),
    )
