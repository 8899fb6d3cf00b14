"""Kill it many times, and show where and how it ended.

    python -m crash --kills 300

Everything is generated; nobody in it exists.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import attrs

from crash.campaign import run_campaign
from crash.histogram import histogram
from crash.operations import OPERATIONS

__all__ = ["main"]


def main() -> int:
    """Run the campaigns; returns 1 if anything was lost or half applied."""
    options = argparse.ArgumentParser(prog="python -m crash", description=__doc__)
    options.add_argument("--kills", type=int, default=300, help="how many, over all operations")
    options.add_argument("--seed", type=int, default=7, help="of the order of the kills")
    options.add_argument("--json", action="store_true", help="print JSON, not a histogram")
    options.add_argument(
        "--out", type=Path, default=Path("crash-out"), help="new folder; stays only after a fault"
    )
    chosen = options.parse_args()
    if chosen.out.exists():
        options.error(f"{chosen.out} is there already; it may hold what an earlier fault left")
    chosen.out.mkdir(parents=True)
    campaigns = [
        run_campaign(
            operation,
            chosen.out / operation.name,
            _share(chosen.kills, number),
            seed=chosen.seed,
            told=_progress(operation.name),
        )
        for number, operation in enumerate(OPERATIONS.values())
    ]
    if chosen.json:
        print(json.dumps([attrs.asdict(campaign) for campaign in campaigns], indent=1))
    else:
        print("\n".join(histogram(campaigns)))
    faulty = any(kill.fault for campaign in campaigns for kill in campaign.kills)
    if not faulty:
        shutil.rmtree(chosen.out)
    return int(faulty)


def _share(kills: int, number: int) -> int:
    """How many of the kills fall to one operation."""
    return (kills + len(OPERATIONS) - 1 - number) // len(OPERATIONS)


def _progress(name: str) -> Callable[[int], None]:
    def told(kills: int) -> None:
        if sys.stderr.isatty():
            print(f"\r{name}: {kills} kills ", end="", file=sys.stderr, flush=True)

    return told


if __name__ == "__main__":
    sys.exit(main())
