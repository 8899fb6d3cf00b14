"""How well the second factors tell people apart, measured on pairs whose truth is known.

::

    tally      verdicts counted, precision and recall with their intervals
    generated  Chinese names that a documented error model changed
    febrl      the FEBRL sets: made-up Australian persons with made-up errors
    report     the figures as JSON and as tables

``python -m accuracy`` prints the tables; ``--write`` also keeps the figures and puts the tables
into ``docs/explanation/second-factors.md``. FEBRL needs the dependency group ``accuracy``.
"""
