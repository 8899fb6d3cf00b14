"""The catalogue of conduct: every code, what it stands on, what proves it, what has no code."""

from __future__ import annotations

import itertools
import re
from pathlib import Path
from typing import Any

import attrs
import pytest

import catalogue_page
import creditshare as cs
from creditshare.errors import InvalidValueError, MisuseError, RulebookError
from creditshare.model import BasisKind, ConductCode, Proves
from creditshare.rules import Citation, ConductCatalogue, ConductKind, Proof, conducts
from creditshare.rules.packaged import packaged
from world import listing

CATALOGUE = conducts()
TEXT = packaged("conducts")
PAGE = Path(__file__).parent.parent / "docs" / "reference" / "vocabularies.md"
CRIMES = {
    ConductCode.LOAN_DECEIT,
    ConductCode.LOAN_FRAUD,
    ConductCode.CARD_FRAUD,
    ConductCode.SHAM_BANKRUPTCY,
    ConductCode.FORGED_PROOF,
}


def code_of(kind: ConductKind) -> str:
    """What a test of one conduct is called."""
    return kind.code


def shown(*proves: Proves) -> list[cs.Evidence]:
    """One document for each thing that is proved."""
    return [cs.Evidence(bytes(32), "document", [what]) for what in proves]


# -- What it holds -----------------------------------------------------------------------------


def test_every_code_stands_in_the_catalogue_once() -> None:
    """The catalogue tells of each code of the vocabulary once, and of nothing else."""
    assert sorted(ConductCode) == sorted(kind.code for kind in CATALOGUE.conducts)


@pytest.mark.parametrize("kind", CATALOGUE.conducts, ids=code_of)
def test_a_conduct_tells_all_there_is(kind: ConductKind) -> None:
    """A conduct has the code's own term, a meaning, a source and proof in both languages."""
    assert kind.code.term == kind.term
    assert all((kind.meaning, kind.proof.words, kind.proof.words_zh))
    for citation in kind.citations:
        assert all((citation.instrument, citation.article, citation.version))
    assert kind == CATALOGUE.kind(kind.code)
    assert kind.proof is CATALOGUE.proof_of(kind.code)


def test_what_nobody_read_says_so() -> None:
    """The conducts whose source was not read are these, and they say it."""
    unread = {kind.code for kind in CATALOGUE.conducts if not kind.verified}

    assert {ConductCode.SHAM_DIVORCE, ConductCode.INTERMEDIARY_FALSE_CERT} == unread


def test_the_page_of_vocabularies_says_the_same() -> None:
    """The table of conducts in the reference has the catalogue's terms and meanings."""
    rows = re.findall(r"^\| `([A-Z_]+)` \| (.*) \| (.*) \|$", PAGE.read_text("utf-8"), re.MULTILINE)

    assert [(kind.code, kind.term, kind.meaning) for kind in CATALOGUE.conducts] == rows


def test_the_page_of_conduct_and_measures_is_the_catalogues() -> None:
    """The tables of the reference are those that the catalogues give, line by line."""
    page = catalogue_page.PAGE.read_text("utf-8")

    assert catalogue_page.written(page).splitlines() == page.splitlines()


@pytest.mark.parametrize(
    "what",
    ["mere-delay", "inability", "complaint", "hardship", "lawful-bankruptcy", "dispute"],
)
def test_what_is_never_a_code(what: str) -> None:
    """Whoever looks for a code that there is not is told why, in both languages, with a source."""
    (never,) = [item for item in CATALOGUE.never if item.id == what]

    assert all((never.term, never.meaning, never.reason, never.reason_zh, never.citations))
    assert what.upper().replace("-", "_") not in set(ConductCode)
    assert never.term not in {code.term for code in ConductCode}


def test_nothing_else_is_on_the_list_of_what_has_no_code() -> None:
    """The list of what never has a code is the one that the tests above go through."""
    assert 6 == len(CATALOGUE.never)


# -- Proof -------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", CATALOGUE.conducts, ids=code_of)
def test_a_conduct_is_proved_by_all_that_it_asks_for(kind: ConductKind) -> None:
    """Evidence of everything asked for is enough, and without any one thing that one is missing."""
    proof = kind.proof

    assert Proves.CONDUCT in proof.proves
    assert () == proof.missing(shown(*proof.proves))
    assert () == proof.missing([cs.Evidence(bytes(32), "all of it", proof.proves)])
    for left_out in proof.proves:
        others = [what for what in Proves if what is not left_out]
        assert (left_out,) == proof.missing(shown(*others))
    assert proof.proves == proof.missing([])


@pytest.mark.parametrize(
    ("asked", "codes"),
    [
        (Proves.CONVICTION, CRIMES),
        (Proves.CONTACT_ATTEMPTS, {ConductCode.ABSCOND}),
        (Proves.ABILITY_TO_PAY, {ConductCode.CAPABLE_REFUSAL}),
        (
            Proves.DUTY,
            {
                ConductCode.REPORT_REFUSED,
                ConductCode.REPORT_FALSE,
                ConductCode.CONSUMPTION_BREACH,
                ConductCode.SETTLEMENT_BREACH,
            },
        ),
        (Proves.CLAIM, set()),
        (Proves.CONDUCT, set(ConductCode)),
    ],
)
def test_what_asks_for_a_proof_of_its_own(asked: Proves, codes: set[ConductCode]) -> None:
    """A crime asks for a conviction, absconding for attempts at contact, a breach for the duty."""
    assert codes == {kind.code for kind in CATALOGUE.conducts if asked in kind.proof.proves}


@pytest.mark.parametrize("code", sorted(code for code in ConductCode if code.startswith("SHAM_")))
def test_a_sham_is_found_by_somebody_in_office(code: ConductCode) -> None:
    """A sham is proved by an official finding or a conviction; a sham guarantee by its papers."""
    asked = set(CATALOGUE.proof_of(code).proves) & {Proves.FINDING, Proves.CONVICTION}

    assert (code is not ConductCode.SHAM_GUARANTEE) is bool(asked)


@pytest.mark.parametrize("kind", CATALOGUE.conducts, ids=code_of)
def test_a_conduct_stands_on_an_instrument_or_on_ability(kind: ConductKind) -> None:
    """Either an effective instrument stands, or ability is proved where no instrument is asked."""
    for basis, able in itertools.product(BasisKind, (False, True)):
        proves = [Proves.ABILITY_TO_PAY] if able else []
        case = listing(
            basis=cs.LegalBasis(basis, "文书", "1", "2020"), evidence=shown(Proves.CONDUCT, *proves)
        )
        effective = basis.level is cs.model.BasisLevel.EFFECTIVE_INSTRUMENT
        assert kind.proof.grounded(case) is (effective or (able and not kind.proof.instrument))
    assert not kind.proof.grounded(attrs.evolve(case, basis=None, evidence=()))


# -- Written down a second time ----------------------------------------------------------------

LIST, CRIMINAL, CIVIL = "法释〔2017〕7号", "中华人民共和国刑法", "中华人民共和国民事诉讼法"
REFUSAL, PACT = "法释〔2024〕13号", "浙江银行业公约 unstated"
RBI = "RBI directions on wilful defaulters and large defaulters unstated"
PEER_TO_PEER = "网贷风险专项整治工作通知 unstated; 关于加强P2P网贷领域征信体系建设的通知 unstated"
TOLD = f"""
CAPABLE_REFUSAL|{LIST} 1(1); {CRIMINAL} 313; {RBI}
OBSTRUCT_EVIDENCE|{LIST} 1(2); {CRIMINAL} 313
OBSTRUCT_FORCE|{LIST} 1(2); {CRIMINAL} 313
SHAM_LITIGATION|{LIST} 1(3); {CRIMINAL} 307-1; {CIVIL} 115
SHAM_ARBITRATION|{LIST} 1(3); {CIVIL} 116
ASSET_CONCEAL|{LIST} 1(3); {CRIMINAL} 314
ASSET_TRANSFER|{LIST} 1(3); {REFUSAL} unstated
REPORT_REFUSED|{LIST} 1(4); {CIVIL} 252
REPORT_FALSE|{LIST} 1(4); {CIVIL} 252
CONSUMPTION_BREACH|{LIST} 1(5)
SETTLEMENT_BREACH|{LIST} 1(6)
WAIVE_CLAIMS|{REFUSAL} 3(1)
EXTEND_CLAIMS|{REFUSAL} 3(1)
OVERPRICED_PURCHASE|{REFUSAL} 3(2)
SHAM_GUARANTEE|{REFUSAL} 3(2)
SHAM_NOTARISATION|{REFUSAL} 4(1) (aggravated)
PRE_JUDGMENT_TRANSFER|{REFUSAL} 6
ACCOMPLICE|{REFUSAL} 8
SPOUSE_DEBT_SHAM|虚假诉讼刑事案件司法解释 1(1)
SHAM_DIVORCE|中华人民共和国民法典 538, 154
SHAM_BANKRUPTCY|{CRIMINAL} 162-2
ABSCOND|{PEER_TO_PEER}; {PACT}
SHELL_SWITCH|{PACT}
RESTRUCTURE_EVADE|{PACT}
FALSE_LEASE|{PACT}
COLLATERAL_DISPOSAL|{PACT}; {RBI}
MULTI_ACCOUNT|{PACT}
FUND_DIVERSION|{RBI}
FUND_SIPHONING|{RBI}
EQUITY_SHORTFALL|{RBI}
LOAN_DECEIT|{CRIMINAL} 175-1
LOAN_FRAUD|{CRIMINAL} 193
CARD_FRAUD|{CRIMINAL} 196
IDENTITY_FRAUD|{CRIMINAL} 280-1; Cifas case types identity fraud
FORGED_PROOF|{CRIMINAL} 280
ORGANISED_ANTI_COLLECTION|五部门通知 unstated
INTERMEDIARY_FALSE_CERT|{CRIMINAL} 229
"""
"""Code and citations of every conduct, as their source has them."""


def test_a_conduct_stands_where_the_table_says() -> None:
    """The citations of every conduct are those of the table, in its order."""
    found = [
        f"{kind.code}|" + "; ".join(f"{one.instrument} {one.article}" for one in kind.citations)
        for kind in CATALOGUE.conducts
    ]

    assert TOLD.strip().split("\n") == found


# -- The text ----------------------------------------------------------------------------------

FIRST = 'code = "CAPABLE_REFUSAL"'
ABILITY = 'proves = ["conduct", "ability-to-pay"]'


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ("[catalogue]", "[list]", r"catalogue: is missing"),
        ('id = "conducts"', 'id = "conducts"\nx = 1', r"catalogue\.x: an unknown key"),
        ("[catalogue]", "y = 1\n[catalogue]", r"^y: an unknown key"),
        (FIRST, 'code = "LATE_PAYMENT"', r"conduct\[1\]\.code: must be one of"),
        (FIRST, 'code = "OBSTRUCT_FORCE"', r"^conduct\[3\]\.code: stands twice$"),
        (FIRST, FIRST + "\nweight = 1", r"conduct\[1\]\.weight: an unknown key"),
        (ABILITY, "proves = []", r"conduct\[1\]\.proves: must not be empty"),
        (ABILITY, 'proves = ["rumour"]', r"conduct\[1\]\.proves: must be one of"),
        (ABILITY, 'proves = ["claim"]', r"conduct\[1\]\.proves: must hold the conduct"),
        ("\ninstrument = true", "\ninstrument = 1", r"conduct\[2\]\.instrument: must be true or"),
        ("verified = true\n", "", r"conduct\[1\]\.verified: is missing"),
        ('article = "1(1)"', 'article = ""', r"conduct\[1\]\.citations\[1\]\.article: must not"),
        ('id = "inability"', 'id = "hardship"', r"^never\[4\]\.id: stands twice$"),
        ('id = "inability"\n', "", r"never\[2\]\.id: is missing"),
        ("[[never]]", '[[never]]\nx = "y"', r"never\[1\]\.x: an unknown key"),
        ("[[conduct]]", "[[conduct]", r"not TOML"),
    ],
)
def test_a_catalogue_with_a_mistake(old: str, new: str, place: str) -> None:
    """A mistake in a catalogue is refused with its place."""
    changed = TEXT.replace(old, new, 1)

    assert changed != TEXT
    with pytest.raises(RulebookError, match=place):
        ConductCatalogue.from_toml(changed)


@pytest.mark.parametrize("code", ConductCode)
def test_a_catalogue_without_a_code(code: ConductCode) -> None:
    """A catalogue that leaves any one code out is refused, and names it."""
    parts = TEXT.split("[[")
    left = [part for part in parts if f'code = "{code}"' not in part]

    assert len(parts) == len(left) + 1
    with pytest.raises(RulebookError, match=f"nothing tells of {code}$"):
        ConductCatalogue.from_toml("[[".join(left))


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"citations": ()}, "citations: must not be empty"),
        ({"citations": ("a law",)}, "citations: each must be Citation"),
        ({"term": " "}, "term: must not be blank"),
        ({"verified": "yes"}, "verified: must be bool"),
        ({"code": "ABSCOND"}, "code: must be ConductCode"),
        ({"proof": None}, "proof: must be Proof"),
    ],
)
def test_a_conduct_that_cannot_be(changes: dict[str, Any], fault: str) -> None:
    """A conduct without term, source or proof cannot be made."""
    with pytest.raises(InvalidValueError, match=fault):
        attrs.evolve(CATALOGUE.kind(ConductCode.ABSCOND), **changes)


def test_a_proof_asks_for_the_conduct_at_least() -> None:
    """No proof can be made that does not ask for the conduct itself."""
    with pytest.raises(InvalidValueError, match="proves: must hold the conduct"):
        Proof([Proves.CLAIM], instrument=False, words="a contract", words_zh="合同")


def test_a_code_is_asked_for_as_a_code() -> None:
    """A text in place of a code is refused with the library's own error."""
    with pytest.raises(MisuseError, match="code must be ConductCode"):
        CATALOGUE.proof_of("ABSCOND")  # type: ignore[arg-type]


def test_a_digest_tells_catalogues_apart() -> None:
    """The digest is the same for the same content, and another if a source changes."""
    first, *others = CATALOGUE.conducts
    moved = attrs.evolve(first, citations=[Citation("法释〔2017〕7号", "1(2)", "2017")])
    changed = attrs.evolve(CATALOGUE, conducts=[moved, *others])

    assert CATALOGUE.digest == ConductCatalogue.from_toml("# a comment\n" + TEXT).digest
    assert CATALOGUE.digest != changed.digest
    assert 32 == len(CATALOGUE.digest)
