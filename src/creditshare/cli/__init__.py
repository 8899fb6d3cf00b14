"""The command `creditshare`: one verb a command, pipes in and out.

::

    app        the command, its settings, and how it ends
    overview   what the help lists, by whose work it is
    exits      what each exit code means, one for each branch of the error tree
    command    what all commands have in common: a result, as text or as JSON
    config     where settings come from: flag, environment, one TOML, the agency's home
    member     who runs the command: key, roster, token keys, the present
    secrets    passphrases and keys, from a terminal, the environment or a descriptor
    pipes      files that may be standard input or output
    asker      who asks a registry, and the log in which every query stands
    people     identifiers and applicants, from CSV or JSON lines
    selection  whom and which listings a command is about, without naming anybody
    lawbooks   the rulebook and the catalogue that a command goes by
    terms      what runs in a case, and the calendar for it
    draft      the steward's draft of a roster
    refusals   what an import refused, as a CSV to be mended
    papers     reports and notices: form, language, where they go
    queue      who waits for an answer
    answers    what screening answered, as CSV or JSON lines
    views      joint views, as data
    tables     tables that end in a spreadsheet
    show       results for people: text, tables, progress on a terminal
    databases  ledgers and registries that must be there

    keygen, roster, tokens, import_, case, seal, inspect, apply, screen, joint, withdraw,
    suspend, resume, exempt, dispute, answer, settle, repair, statement, owed (`due`),
    due (`due-to-expire`), confirm, retoken, purge, feedback, recording (of `feedback`), explain,
    adverse_notice, statistics, audit, demo, demo_data, completion
               one file a command

It needs the extra ``cli``; no other room imports this one.
"""

from __future__ import annotations

import os
import signal
import sys
from typing import NoReturn

__all__ = ["main"]

_NOT_INSTALLED, _INTERRUPTED = 15, 130  # as in `exits`, which needs the extra


def main() -> NoReturn:
    """Run the command of this process's arguments, and exit with its code.

    A request to terminate ends it like an interrupt: what was put aside in files is cleared away.
    A standard stream that the caller closed leads nowhere; no database may take its number.
    """
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        if getattr(sys, name) is None:
            os.open(os.devnull, os.O_RDWR)  # the lowest number that is free: this stream's
            setattr(sys, name, os.fdopen(number, "w" if number else "r", encoding="utf-8"))
    for ending in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(ending) is not signal.SIG_IGN:  # as nohup asks
            signal.signal(ending, signal.default_int_handler)
    try:
        from creditshare.cli.app import run  # noqa: PLC0415 - without the extra, say so and end

        sys.exit(run(sys.argv[1:]))
    except ModuleNotFoundError as error:
        if error.name not in ("click", "rich"):
            raise
        sys.stderr.write(
            f"error: the command line needs {error.name}, which is not installed\n"
            "hint: install the extra: pip install 'creditshare[cli]'\n"
        )
        sys.exit(_NOT_INSTALLED)
    except KeyboardInterrupt:
        sys.exit(_INTERRUPTED)
