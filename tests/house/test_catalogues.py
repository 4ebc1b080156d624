# SPDX-License-Identifier: Apache-2.0
"""The catalogues of messages: whole in Chinese, sound in every language, and free of bad words."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import polib
import pytest
from django.utils.translation.template import templatize
from messages import STATES, read_outside, state_of

from hearthline.kit.codelists import source_strings

HUB = Path(__file__).resolve().parents[2] / "src" / "hearthline" / "hub"
CATALOGUES = {
    path.parts[-3]: polib.pofile(str(path))
    for path in sorted(HUB.glob("locale/*/LC_MESSAGES/django.po"))
}
# As Django's own catalogues count, so that both are looked up alike.
PLURAL_FORMS = {
    "ar": "nplurals=6; plural=n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : n%100>=3 && n%100<=10 ? 3 : "
    "n%100>=11 && n%100<=99 ? 4 : 5;",
    "es": "nplurals=3; plural=n == 1 ? 0 : n != 0 && n % 1000000 == 0 ? 1 : 2;",
    "fr": "nplurals=2; plural=(n > 1);",
    "ru": "nplurals=4; plural=(n%10==1 && n%100!=11 ? 0 : n%10>=2 && n%10<=4 && (n%100<12 || "
    "n%100>14) ? 1 : n%10==0 || (n%10>=5 && n%10<=9) || (n%100>=11 && n%100<=14)? 2 : 3);",
    "zh_Hans": "nplurals=1; plural=0;",
}
KEPT_AS_WRITTEN = re.compile(r"%\(\w+\)[sd]|%[sd%]|\{\w*\}|</?\w+[^>]*>")
CHILDS_FIELDS = {"label_child", "example", "sentence_child"}
CHILDS_LONGEST = 24  # two lines of large type on a small phone

PORNOGRAPHY = "it is a record of abuse, and no genre"
PROSTITUTION = "a child is exploited, and has no trade"
TOURISM = "it is exploitation of a child during travel"
PERPETRATOR = "name the act and who did it, not an inclination, an identity or a customer"
CONSENT = "a child cannot consent to abuse"
BLAME = "say what was done to the child, never what the child did or allowed"
SUICIDE = "nobody commits it as a crime or succeeds at it"
REVENGE = "nothing the child did is revenged; it is sharing without consent"
# After the Terminology Guidelines (Luxembourg Guidelines): terms never used, or only where a
# law's title is quoted. Patterns, so that inflected forms are found.
AVOIDED = {
    "en": {
        r"child porn|kiddie porn": PORNOGRAPHY,
        r"child prostitut|child sex worker": PROSTITUTION,
        r"child sex touris": TOURISM,
        r"pa?edophil|juvenile sex offender": PERPETRATOR,
        r"consensual sex|had sex with": CONSENT,
        r"promiscuous|seductive|provoked": BLAME,
        r"commit\w* suicide": SUICIDE,
        r"revenge porn": REVENGE,
    },
    "zh_Hans": {
        r"儿童色情|未成年人色情": PORNOGRAPHY,
        r"雏妓|童妓|儿童卖淫|童工性服务": PROSTITUTION,
        r"儿童性旅游": TOURISM,
        r"恋童|小色狼|少年性犯|嫖客": PERPETRATOR,
        r"发生(性)?关系|自愿发生": CONSENT,
        r"不检点|没有反抗": BLAME,
        r"自杀成功": SUICIDE,
        r"报复性色情": REVENGE,
    },
    "fr": {
        r"pédopornograph|pornographie (enfantine|infantile)": PORNOGRAPHY,
        r"prostitution (enfantine|infantile)|enfants? prostitu|travailleu\w+ du sexe": PROSTITUTION,
        r"tourisme sexuel": TOURISM,
        r"pédophil|délinquant\w* sexuel": PERPETRATOR,
        r"rapports? consenti|relations? consenti": CONSENT,
        r"provoqué par l'enfant|aguich": BLAME,
        r"comm\w+ (un )?suicide": SUICIDE,
        r"revenge porn|vengeance pornographique": REVENGE,
    },
    "es": {
        r"pornografía infantil": PORNOGRAPHY,
        r"prostitución infantil|trabajador\w* sexual\w* infantil": PROSTITUTION,
        r"turismo sexual": TOURISM,
        r"pederasta|pedófil|menor delincuente": PERPETRATOR,
        r"(relación|sexo) consentid": CONSENT,
        r"promiscu|seductor": BLAME,
        r"comet\w+ suicidio": SUICIDE,
        r"(porno|pornografía) (de|por) venganza|revenge porn": REVENGE,
    },
    "ru": {
        r"детск\w+ порно": PORNOGRAPHY,
        r"детск\w+ проституц|секс-работни": PROSTITUTION,
        r"секс-тур": TOURISM,
        r"педофил": PERPETRATOR,
        r"спровоцир": BLAME,
        r"порномест|порно-мест": REVENGE,
    },
    "ar": {
        r"(المواد )?الإباحية للأطفال|إباحية الأطفال": PORNOGRAPHY,
        r"دعارة الأطفال|طفل عامل بالجنس": PROSTITUTION,
        r"السياحة الجنسية": TOURISM,
        r"بيدوفيل": PERPETRATOR,
    },
}


def messages(language: str) -> Iterator[tuple[polib.POEntry, list[str]]]:
    """Every message in use with its translations: one, or one for each plural form."""
    for entry in CATALOGUES[language]:
        if not entry.obsolete:
            forms = [entry.msgstr_plural[n] for n in sorted(entry.msgstr_plural)]
            yield entry, forms if entry.msgid_plural else [entry.msgstr]


def kept(text: str) -> list[str]:
    """Placeholders and tags of a message, in no order."""
    return sorted(KEPT_AS_WRITTEN.findall(text))


def called(tree: ast.AST) -> Iterator[str]:
    """The strings a program hands to gettext under any of its names."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.args:
            name = node.func.id.removesuffix("_lazy").removesuffix("_noop")
            at = {"_": 0, "gettext": 0, "ngettext": 0, "pgettext": 1, "npgettext": 1}.get(name)
            if at is not None and isinstance(node.args[at], ast.Constant):
                yield str(node.args[at].value)


def called_in_template(source: str) -> Iterator[str]:
    """The same for a template, by way of the program Django makes of it for gettext."""
    string = r"""u?("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')"""
    call = rf"(?:\b(?:gettext|ngettext|_)|\b(?:pgettext|npgettext)\({string},)\s*\(?\s*{string}"
    for _context, text in re.findall(call, templatize(source)):
        yield str(ast.literal_eval(text))


def chinese(text: str) -> str:
    found = CATALOGUES["zh_Hans"].find(text)
    return str(found.msgstr) if found else ""


def avoided(language: str, text: str) -> list[str]:
    return [why for term, why in AVOIDED[language].items() if re.search(term, text, re.I)]


def test_every_language_has_a_catalogue():
    assert set(CATALOGUES) == set(PLURAL_FORMS)


def test_chinese_is_whole():
    empty = [entry.msgid for entry, texts in messages("zh_Hans") if not texts or not all(texts)]
    assert empty == []


@pytest.mark.parametrize("language", sorted(PLURAL_FORMS))
def test_what_is_read_outside_the_desk_is_whole_and_was_read_again_by_another(language: str):
    """The public's pages and letters: what is not checked would be shown in English."""
    outside = [entry for entry, _texts in messages(language) if read_outside(entry)]
    assert len(outside) > 900
    assert [entry.msgid for entry in outside if not entry.translated()] == []
    assert [entry.msgid for entry in outside if state_of(entry) == STATES[0]] == []


@pytest.mark.parametrize("language", sorted(PLURAL_FORMS))
def test_nothing_is_guessed(language: str):
    assert [entry.msgid for entry in CATALOGUES[language] if entry.fuzzy] == []


@pytest.mark.parametrize("language", sorted(PLURAL_FORMS))
def test_header_counts_as_the_language_does_and_names_nobody(language: str):
    metadata = CATALOGUES[language].metadata
    assert metadata["Plural-Forms"] == PLURAL_FORMS[language]
    assert metadata["Language"] == language
    assert not {"Last-Translator", "POT-Creation-Date", "PO-Revision-Date"} & set(metadata)


@pytest.mark.parametrize("language", sorted(PLURAL_FORMS))
def test_placeholders_and_tags_are_kept(language: str):
    wrong = []
    for entry, texts in messages(language):
        for number, text in enumerate(filter(None, texts), start=1):
            # "One" and "two" may be words in a language; the last form must show its number.
            last = number == len(texts)
            wanted = kept(entry.msgid_plural or entry.msgid)
            if kept(text) != wanted and (last or not set(kept(text)) <= set(wanted)):
                wrong.append((entry.msgid, text))
    assert wrong == []


@pytest.mark.parametrize("language", sorted(PLURAL_FORMS))
def test_answers_of_the_yesno_filter_stay_two(language: str):
    pairs = [text for entry, (text, *_) in messages(language) if entry.msgid == "yes,no" and text]
    assert [text for text in pairs if text.count(",") != 1] == []


@pytest.mark.parametrize("language", sorted(PLURAL_FORMS))
def test_no_translation_uses_an_avoided_term(language: str):
    said = [
        (text, why)
        for _entry, texts in messages(language)
        for text in texts
        for why in avoided(language, text)
    ]
    assert said == []


def test_no_source_string_uses_an_avoided_term():
    said = [(entry.msgid, avoided("en", entry.msgid)) for entry, _texts in messages("zh_Hans")]
    assert [pair for pair in said if pair[1]] == []


def test_the_check_for_avoided_terms_sees_one():
    assert avoided("zh_Hans", "儿童色情制品") == [PORNOGRAPHY]
    assert avoided("ru", "детской порнографии") == [PORNOGRAPHY]
    assert avoided("zh_Hans", "儿童性侵制品") == []


def test_every_string_of_the_code_lists_is_in_every_catalogue():
    texts = {string.text for string in source_strings()}
    for language in CATALOGUES:
        assert texts - {entry.msgid for entry, _texts in messages(language)} == set()


def test_every_string_of_the_hub_is_gathered():
    said = {
        text: path.name
        for path in HUB.rglob("*.py")
        if not {"tests", "migrations"} & set(path.parts)
        for text in called(ast.parse(path.read_text(encoding="utf-8")))
    } | {
        text: path.name
        for path in HUB.glob("*/templates/**/*.html")
        for text in called_in_template(path.read_text(encoding="utf-8"))
    }
    assert len(said) > 1000
    gathered = {entry.msgid for entry, _texts in messages("zh_Hans")}
    new = {text: name for text, name in said.items() if text not in gathered}
    assert new == {}, "run `make messages`, then translate what is new"


def test_a_childs_label_is_short_in_chinese():
    labels = {s.text: chinese(s.text) for s in source_strings() if s.field == "label_child"}
    assert len(labels) > 20
    assert {text for text in labels.values() if len(text) > CHILDS_LONGEST} == set()


def test_a_child_meets_no_official_words_in_chinese():
    told = {chinese(s.text) for s in source_strings() if s.field in CHILDS_FIELDS}
    pages = {
        text
        for entry, texts in messages("zh_Hans")
        if any(place.startswith("reports/templates/") for place, _line in entry.occurrences)
        for text in texts
    }
    assert len(pages) > 50
    assert [text for text in told | pages if re.search("受害|提交|事件|未成年", text)] == []


def test_chinese_is_punctuated_as_chinese():
    half = re.compile(r"[\u4e00-\u9fff][,;:?!()]|[,;?!()][\u4e00-\u9fff]")
    wrong = [
        text
        for entry, texts in messages("zh_Hans")
        if entry.msgid != "yes,no"
        for text in texts
        if half.search(KEPT_AS_WRITTEN.sub("", text))
    ]
    assert wrong == []
