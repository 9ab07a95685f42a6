"""What a no to being profiled takes out of a profile: everything of browsing up to that word.

Orders the shop reported stay, for returns, limits and tier, and so does what shoppers said of themselves.
A no drops what was there even where another word counts for later: dropping knows no order of arrival.
"""

from __future__ import annotations

from plugin.activity import Activity
from plugin.shopper import ideas, impressions
from plugin.shopper.facts import most
from plugin.shopper.profile import Profile


def heard(profile: Profile, activity: Activity) -> None:
    """Remember up to which moment nothing of browsing may be kept, if that is what was said."""
    if activity.properties.get("profile") == "no":
        profile.barred_until = most(profile.barred_until, activity.at)


def cut(profile: Profile) -> None:
    """Take out of a profile what its shopper did not let be kept."""
    until = profile.barred_until
    if until is None:
        return
    profile.viewed = {product: at for product, at in profile.viewed.items() if at > until}
    profile.shown = impressions.since(profile.shown, until)
    ideas.cut(profile, until)
    profile.steps = [step for step in profile.steps if step[0] > until]
    profile.claims = {
        order_id: claim for order_id, claim in profile.claims.items() if (claim.at or 0) > until
    }
    profile.confirmed = {order_id: at for order_id, at in profile.confirmed.items() if at > until}
    profile.dismissed = {target: said for target, said in profile.dismissed.items() if said[1] > until}
    for ref, part in profile.parts.items():
        if part[1]:
            visitor = Profile.from_facts(dict(part[1]))
            visitor.barred_until = until
            cut(visitor)
            visitor.barred_until = None
            profile.parts[ref] = [part[0], visitor.facts()]
    profile.traits = {name: said for name, said in profile.traits.items() if said[1] > until}
