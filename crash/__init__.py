"""Crash safety: a process is killed while it writes, and what is left is examined.

::

    exchange    a small set-up: keys, generated borrowers, one issuer and one reader
    life        the steps of one case
    operations  what is interrupted: recording, sealing, applying, withdrawing, two lives of cases
    points      named moments of an operation, seen from outside the library
    worker      the process that is killed
    killer      kills it: at a time between its first and its last write, or at a named point
    checker     after restart: nothing lost, nothing half applied, ledger and checkpoint agree
    campaign    measures an operation, then kills it again and again
    histogram   where the kills fell and how they ended, as text

``python -m crash --kills 300`` runs it. Only the public interface of the library is used.
"""
