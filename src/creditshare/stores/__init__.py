"""Where ledger and registry keep what they hold: SQL, and no rule.

::

    sqlite    one way to open a database: settings, identity, transactions
    ledger    the issuer's tables
    registry  the recipient's tables
"""
