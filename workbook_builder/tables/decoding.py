"""From the bytes of a CSV to its text, without guessing what nobody can know.

Unicode says what it is. Older text does not, and statistics need more of it than the two accents in a table of clients:
in our trials they took every second name of a file saved on a Mac for another. A wrong guess would be printed on a
cover. So such a text is taken as Windows-1252, what Western spreadsheet programs write, only when it reads well as
that; otherwise the columns file has to name its encoding.
"""

from __future__ import annotations

import codecs
import re

import charset_normalizer

from .codes import NOT_TEXT
from .grid import stop

WESTERN = "cp1252"
_BOMS = {codecs.BOM_UTF8: "utf-8", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
_OTHERS = ["mac_roman", "cp1250", "cp1251", "cp1253", "cp850"]
_SAVE_AS = "save it as CSV UTF-8"

_LETTER = r"[^\W\d_]"
# What other encodings turn into when they are read as Windows-1252, and what Western text hardly ever holds.
_ODD = re.compile(
    r"[ƒˆ˜¯¸¨´¬¤‰†‡¦¶¥µ„‚‹›ŠšŽžŸ]"  # accents of their own, and letters that stand for é, ö, ü of a Mac
    rf"|(?<={_LETTER})[–—•™…€£¢©®±÷×¿¡°«»](?={_LETTER})"  # a sign within a word: ñ, ó, ï, ô of a Mac
    rf"|[€£¢…](?={_LETTER})|(?<={_LETTER})[‘“¹³]|”(?={_LETTER})"  # or at its beginning or end: Ä, Ö, ë of a Mac, Ł
    r"|œ(?![uit])"  # ú of a Mac; cœur, œil and fœtus are right
    r"|(?<=[a-z]{2})’(?!(?:s|t|re|ve|ll|d|m)\b)[a-z]"  # í of a Mac; don’t and o’clock are right
    r"|[À-ÖØ-öø-ÿ]{3}"  # Greek and Cyrillic
)
_WORD = re.compile(rf"{_LETTER}+")


def decode(data: bytes, shown: str, encoding: str | None) -> tuple[str, str]:
    """Return the text of a CSV, and the name of its encoding: the one that is given, or the one that it shows.

    Raises:
        InputProblems: the text is not what it says, or does not show how it is encoded.
    """
    for mark, name in _BOMS.items():
        if data.startswith(mark):
            return _strictly(data, name, shown).removeprefix("\ufeff"), name.upper()
    if encoding:
        return _strictly(data, encoding, shown), encoding
    if b"\0" in data:
        raise stop(shown, NOT_TEXT, "this is not text: it holds zero bytes", _SAVE_AS)
    try:
        return data.decode("utf-8"), "UTF-8"
    except UnicodeDecodeError:
        pass
    try:
        text = data.decode(WESTERN)
    except UnicodeDecodeError:
        text = ""
    if not text or not _reads_well(text):
        raise _unclear(data, shown)
    return text, f"{WESTERN} (look at the accents in names; CSV UTF-8 is better)"


def is_encoding(name: str) -> bool:
    """Say whether there is a text encoding of this name."""
    try:
        b"text".decode(name)
    except LookupError:
        return False
    except ValueError:  # it is one, and these bytes are not of it
        return True
    return True


def _strictly(data: bytes, encoding: str, shown: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        raise stop(shown, NOT_TEXT, f"this text is not encoded as {encoding}", _SAVE_AS) from None


def _reads_well(text: str) -> bool:
    """Say whether a text that was read as Windows-1252 looks as if it were."""
    if _ODD.search(text):
        return False
    # A capital with an accent stands at the beginning of a word, or in a word of capitals.
    return not any(
        any(letter.isupper() and not letter.isascii() for letter in word[0][1:]) and not word[0].isupper()
        for word in _WORD.finditer(text)
    )


def _unclear(data: bytes, shown: str) -> Exception:
    best = charset_normalizer.from_bytes(data, cp_isolation=_OTHERS).best()
    maybe = f", such as {best.encoding}" if best else ""
    hint = f"{_SAVE_AS}, or name it in the --columns file as encoding{maybe}"
    return stop(shown, NOT_TEXT, "this text is neither UTF-8 nor plainly Windows-1252", hint)
