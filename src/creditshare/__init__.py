"""creditshare: share blacklists of debt-evading borrowers lawfully and privately."""

__version__ = "0.1.0"
