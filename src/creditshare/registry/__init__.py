"""The registry: a recipient's state.

::

    registry  apply bundles, give views, forget what has ended
    issuers   what is held of them, parsed once for each state
    view      one moment of it, for looking tokens up
    survey    what it holds, one live listing after the other
    replay    an issuer's events and records, against the rules of a log
"""

from __future__ import annotations

from creditshare.registry.issuers import HeldIssuers
from creditshare.registry.registry import Applied, Registry
from creditshare.registry.survey import HeldListing, held_listings
from creditshare.registry.view import Hit, RegistryView
from creditshare.stores.registry import RegistryStore

__all__ = [
    "Applied",
    "HeldIssuers",
    "HeldListing",
    "Hit",
    "Registry",
    "RegistryStore",
    "RegistryView",
    "held_listings",
]
