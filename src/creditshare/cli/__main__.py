"""``python -m creditshare.cli`` is the command `creditshare`."""

from __future__ import annotations

from creditshare.cli import main

if __name__ == "__main__":
    main()
