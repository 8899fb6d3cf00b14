"""Where ledger, registry and log of queries keep what they hold: SQL, and no rule.

::

    sqlite    one way to open a database: settings, identity, transactions
    ledger    the issuer's tables
    registry  the recipient's tables
    audit     the tables of the log of queries
"""
