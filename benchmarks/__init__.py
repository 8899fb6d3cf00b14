"""What creditshare costs, beside what people would write instead and what nobody can go below.

::

    clock      what is measured, and how what is not is kept out of it
    data       typed values: everything follows from a number, so that any amount streams
    exchange   the agencies, the roster and the keys that all processes of a run share
    place      the files that one process leaves for the next
    keyed      an HMAC as fast as the standard library gives it
    ours       the library, through its public interface
    incumbent  JSON lines with keyed identifiers, encrypted with age: what one would write instead
    floors     a bare HMAC, a bare sorted insert, a bare look-up: what nobody goes below
    suite      which subject is compared with which peer, and the limit of each
    run        one process a subject, in one folder
    report     rows, a plain table, the machine
    charts     the same as SVG
    page       the same as a Markdown table

``python -m benchmarks record --n 10000`` runs one subject with its peers; ``--all`` runs them all.
"""
