"""A question as a person typed it becomes one that can be answered, or a sentence that says what to change.

Comes in: a `Question` of raw text and the facts of the file. Goes out: the question with a state code, trimmed text and
a ten-digit NPI; raises `BadQuestion`.
"""

from __future__ import annotations

from db.answers import BadQuestion, Question
from db.asked_line import holds_number, values_of
from db.facts import Facts
from db.keys import number_key
from db.us_states import state_code

MOST_LETTERS = 200


def read_question(question: Question, facts: Facts) -> Question:
    """Return the question with a state code, trimmed text and a ten-digit NPI."""
    name, license, npi = (text.strip() for text in (question.name, question.license, question.npi))
    for label, text in (("name", name), ("state", question.state), ("license number", license), ("NPI", npi)):
        if len(text) > MOST_LETTERS:
            raise BadQuestion(f"The {label} is longer than {MOST_LETTERS} characters.")
    if not (name or license or npi):
        raise BadQuestion("Give a name, a license number with its state, or an NPI.")
    state = read_state(question.state, facts)
    if license and not state:
        raise BadQuestion("A license number needs its state: the same digits are in use in other states.")
    if license and not number_key(license):
        raise BadQuestion(f"The license number {license!r} holds no letter or digit.")
    if name and not any(c.isalnum() for c in name):
        raise BadQuestion(f"The name {name!r} holds no letter.")
    return with_numbers_of(Question(name, state, license, read_npi(npi)))


def with_numbers_of(asked: Question) -> Question:
    """A number in the place of the name is asked for as a number: looked for as a name it would find nobody."""
    if not holds_number(asked.name):
        return asked
    held = values_of(asked.name)
    state, license = asked.state or state_code(held["state"]), asked.license or held["license"]
    if license and not state:
        raise BadQuestion(
            f"{license!r} looks like a license number, which needs its state: the same digits are in use in other"
            " states. An NPI has ten digits."
        )
    return Question(held["name"], state, license, asked.npi or held["npi"])


def read_state(text: str, facts: Facts) -> str:
    code = facts.state_code(text)
    if text.strip() and code is None:
        raise BadQuestion(f"{text.strip()!r} is no state known here; use a code such as WA.")
    return code or ""


def read_npi(text: str) -> str:
    digits = "".join(c for c in text if c in "0123456789")
    if text and (len(digits) != 10 or any(c.isalpha() for c in text)):
        raise BadQuestion(f"{text!r} is no NPI: an NPI has ten digits.")
    return digits
