"""`rapport offers funding | revoke-codes | verify`: what partners owe, and what was given out in writing."""

from __future__ import annotations

import time
from pathlib import Path

import click

from api.cli.as_of import moment_given
from api.cli.output import as_json, machine, of_shop, open_shops, people, table
from api.moments import moment
from plugin.errors import Invalid, NotFound, Refused
from plugin.merchant import Merchant
from plugin.money import as_document, decimal_text
from plugin.redemptions.made import revoke_codes
from plugin.redemptions.statement import FOR_EVER, Statement, statement

LARGEST_KEYS = 64 * 1024
MOMENT = "A date or an RFC 3339 time; without a zone it is the shop's."


@click.command()
@of_shop
@click.option(
    "--offer", "offer_id", metavar="ID", help="Only this offer; else all that have or had partners."
)
@click.option("--since", metavar="TIME", help=f"From then on. {MOMENT}")
@click.option("--until", metavar="TIME", help=f"Until before then. {MOMENT}")
@as_json
def funding(shop_id: str, offer_id: str | None, since: str | None, until: str | None, as_json: bool) -> None:
    """Tell what each partner owes: what was given in a time, less what came back in it."""
    with open_shops() as shops:
        memory, shop = shops.store.existing(shop_id), shops.view(shop_id)
        if offer_id is not None and offer_id not in shop.offers and not memory.ledger.size(offer_id):
            raise NotFound(f"There is no offer rule {offer_id!r}, and nothing is known of one.")
        start, end = moment_given(since, shop, "--since"), moment_given(until, shop, "--until")
        if start is not None and end is not None and end <= start:
            raise Refused("--until is not after --since.")
        names = [offer_id] if offer_id else sorted(shop.offers)
        found = [statement(memory, name, start or 0.0, FOR_EVER if end is None else end) for name in names]
        if offer_id is None:  # a rule that has no partners any more may have had some then
            found = [each for each in found if each.partners or shop.offers[each.offer_id].funded_by]
        currency = shop.settings.currency
    if as_json:
        told = [_told(each, currency) for each in found]
        machine({"since": moment(start), "until": moment(end), "currency": currency, "offers": told})
        return
    rows = [
        (each.offer_id, who, decimal_text(amount, currency))
        for each in found
        for who, amount in [*each.partners.items(), ("(the shop)", each.shop)]
    ]
    table(f"What offers gave, in {currency}", ["offer", "borne by", "amount"], rows)


@click.command("revoke-codes")
@of_shop
@click.option("--offer", "offer_id", required=True, metavar="ID", help="The offer that the codes open.")
@click.option("--all", "everything", is_flag=True, help="All codes that were made for it.")
@click.argument("codes", nargs=-1)
@as_json
def revoke(shop_id: str, offer_id: str, everything: bool, codes: tuple[str, ...], as_json: bool) -> None:
    """Have codes of an offer open nothing any more."""
    if everything == bool(codes):
        raise Refused("Name the codes, or say --all.")
    with open_shops() as shops:
        shops.store.existing(shop_id)
        gone = revoke_codes(Merchant(shops, time.time), shop_id, offer_id, None if everything else codes)
    if as_json:
        machine({"offer_id": offer_id, "revoked": gone})
    else:
        people.print(f"{gone} codes of {offer_id} open nothing any more.")


@click.command()
@of_shop
@click.option("--keys", type=click.Path(path_type=Path, dir_okay=False), required=True, help="The JWKS file.")
@click.argument("token")
@as_json
def verify(shop_id: str, keys: Path, token: str, as_json: bool) -> None:
    """Check a signed offer with the shop's public keys in a file, asking nobody: as a till does."""
    from plugin.key_sets import read_key_set  # signing is not loaded for commands without need
    from plugin.offers.signed import OKP
    from plugin.offers.signed import verify as checked
    from plugin.outside import OutsideRefused

    try:
        public = read_key_set(keys.read_bytes()[:LARGEST_KEYS], OKP)
    except OSError as error:
        raise Refused(f"{keys} cannot be read: {error.strerror}.") from None
    except OutsideRefused:
        raise Invalid(f"{keys} holds no key set.") from None
    says = checked(token, public, shop_id, time.time())
    told = {"offer_id": says.offer_id, "version": says.version, "benefit": says.benefit, "jti": says.number}
    if as_json:
        machine({"valid": True, **told, "expires_at": moment(says.ends)})
    else:
        people.print(f"Valid: offer {says.offer_id} (version {says.version}), until {moment(says.ends)}.")


def _told(found: Statement, currency: str) -> dict[str, object]:
    partners = {who: as_document(amount, currency) for who, amount in found.partners.items()}
    return {
        "offer_id": found.offer_id,
        "redemptions": found.redemptions,
        "given": as_document(found.given, currency),
        "partners": [{"partner": who, "amount": amount} for who, amount in partners.items()],
        "shop": as_document(found.shop, currency),
    }
