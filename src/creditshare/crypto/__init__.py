"""Bytes and keys: the only room that imports `cryptography`. It knows no borrower.

::

    suite       the one cryptographic suite, its parameters named with their sources
    prf         HMAC with the key's state computed once; key derivation
    keys        an agency's secret and public keys, checked when they are loaded
    passphrase  a secret locked under a passphrase
    signing     hybrid signatures over DSSE's pre-authentication encoding
    container   a file sealed to several recipients, opened as a stream
    tree        the append-only log's hash tree (RFC 9162)
    locking     one record locked under a fresh secret, and the secret wrapped for a token
"""
