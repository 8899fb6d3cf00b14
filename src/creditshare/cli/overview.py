"""What the help lists: each command in a few words, under whose work it is."""

from __future__ import annotations

from collections.abc import Mapping

import click

__all__ = ["COMMANDS", "FURTHER", "describe", "write_overview"]

COMMANDS: Mapping[str, Mapping[str, str]] = {
    "Steward and members": {
        "keygen": "Make an agency's keys",
        "roster": "Who is in the exchange: sign, trust, receive",
        "tokens": "Token keys: issue, receive, keep",
    },
    "Issuer, to list": {
        "import": "Review a report, list what is cleared",
        "case": "Take a case to the list step by step",
        "seal": "Seal the ledger into a bundle",
    },
    "Issuer, once listed": {
        "due": "What is owed, by when",
        "dispute": "Note that a person objects",
        "answer": "Answer a dispute",
        "statement": "Record a person's own words",
        "withdraw": "End listings",
        "settle": "Note that a debt was paid: it stays listed",
        "repair": "Note that credit was repaired",
        "suspend": "No match until a day, while you look",
        "resume": "End suspensions",
        "exempt": "No measures until a day",
        "confirm": "State that what is open goes on",
        "retoken": "Move the ledger to the next token epoch",
        "statistics": "Figures for a supervisor",
    },
    "Recipient": {
        "apply": "Check a bundle, apply it to the registry",
        "screen": "Screen people, with reasons",
        "joint": "One view of what several issuers say",
        "adverse-notice": "The notice after a decision on a match",
        "audit": "The log of queries",
    },
    "Issuer and recipient": {
        "explain": "Answer a person who asks what is said",
        "feedback": "Measures: applied, lifted, reported, due",
        "due-to-expire": "What ends soon",
        "purge": "Delete what has passed its last day",
        "inspect": "Show what a file shows, and to whom",
    },
    "To begin": {
        "demo": "An exchange of two agencies, step by step",
        "completion": "Completion for bash, zsh or fish",
    },
}
"""The commands, by whose work they are."""

FURTHER: Mapping[str, str] = {
    "roster sign": "Sign a draft as the next version: the steward",
    "roster trust": "Trust a steward, by the fingerprint",
    "roster receive": "Check a roster, use it from now on",
    "roster show": "Show the roster in force",
    "tokens issue": "Make a new epoch's key: the steward",
    "tokens share": "Seal an epoch's key to who joined since",
    "tokens receive": "Check a token key, keep it sealed",
    "tokens list": "The epochs whose keys are held",
    "tokens purge": "Delete the keys of epochs that are over",
    "case prepare": "Begin a case of each row of a report",
    "case list": "Where each case stands",
    "case serve": "Note that the notice was served",
    "case represent": "Note what the person answered",
    "case decide": "Note the reasoned decision",
    "case record": "Review what was decided, and list it",
    "case drop": "Give cases up",
    "feedback applied": "Record measures applied to people",
    "feedback lifted": "Record measures lifted",
    "feedback due": "What must be lifted, by when",
    "feedback seal": "Report to the issuer: seal it",
    "feedback apply": "Take in a recipient's report",
    "feedback show": "What recipients reported",
    "explain issuer": "What we said of a person, to whom",
    "explain recipient": "What we hold of a person, who asked",
    "audit key": "Make the log's key",
    "audit verify": "Check the log, show its head",
    "audit queries": "List the queries",
    "audit head": "Where the log stands, unverified",
}
"""The commands of groups."""


def describe(app: click.Group) -> None:
    """Give every command the few words by which a list tells it."""
    for words in (*COMMANDS.values(), FURTHER):
        for path, told in words.items():
            command: click.Command = app
            for name in path.split():
                command = command.commands[name]  # type: ignore[attr-defined]
            command.short_help = told


def write_overview(formatter: click.HelpFormatter) -> None:
    """Write the list of commands, by whose work they are."""
    for title, words in COMMANDS.items():
        with formatter.section(title):
            formatter.write_dl(list(words.items()))
