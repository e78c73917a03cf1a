"""Alerts: each trouble is told once when it begins and once when it is over.

In: the data folder, the addresses of DIPLOMATE_NOTIFY. Out: `data/alarms.json`, messages, and the alarms that are on.
What is to be told is written down before it is sent, and each address that took a message is marked at once, so that a
killed look or a mail server that is down loses nothing: what waits goes out with the next look.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path

from crawler.snapshots import TIMES
from pipeline.alarm_words import TROUBLE, Alarm, setting
from pipeline.alarms import alarms
from pipeline.commands import environment
from pipeline.commands.alert_look import seen
from pipeline.commands.alerts_file import Message, On, Told, read_told, write_told
from pipeline.commands.environment import Failed, Sentence, alone
from pipeline.commands.log_lines import note
from pipeline.commands.main import sentence
from pipeline.commands.notify import VARIABLE, Address, addresses, send, send_to

HOW_TO_LOOK = "Everything that is on now: `diplomate status`, where the data folder {data} is."


def alarms_now(data: Path, now: datetime) -> list[Alarm]:
    """What is wrong now; nothing is written or sent."""
    return alarms(seen(data, now))


def tell_alarms(data: Path) -> list[Alarm]:
    """Look, remember, tell what began and what is over; returns the alarms that are on. Never raises."""
    try:
        with alone(data, "alarms"):
            return looked(data)
    except Failed as error:
        note("not_told", error.message, "error")
    except OSError as error:
        cry_out(f"{error.filename or data}: {error.strerror}.")
    except Exception as error:
        said = error.message if isinstance(error, Sentence) else sentence(error)
        note("not_told", f"Alarms were not told, and will be at the next look. {said}", "error")
    return []


def is_anything_waiting(data: Path) -> bool:
    """Whether a message was not taken by every address yet."""
    return bool(addresses()) and bool(read_told(data).waiting)


def cry_out(why: str) -> None:
    """The disk takes nothing more, so nothing can be remembered as told: this is told at every look."""
    said = f"Alarms cannot be written down, so none is told but this one. {why}"
    note("not_told", said, "error")
    try:
        failed = send("diplomate: its data folder cannot be written", said)
    except Sentence as error:
        failed = [error.message]
    for failure in failed:
        note("not_told", failure, "error")


def looked(data: Path) -> list[Alarm]:
    now, told = environment.now(), read_told(data)
    if told.trouble:
        note("not_told", told.trouble, "error")
    found = alarms_now(data, now)
    told.looked_at = f"{now:{TIMES}}"
    told.waiting += news(told, found, now, data)
    write_told(data, told)
    for failure in deliver(data, told):
        note("not_told", failure, "error")
    return found


def news(told: Told, found: Sequence[Alarm], now: datetime, data: Path) -> list[Message]:
    """Bring what is remembered up to date; returns a message for each trouble that began or is over.

    Without an address nothing counts as told: whoever sets one later hears what is on then.
    """
    heard = bool(addresses()) or bool(told.waiting)
    before, still = {on.key: on for on in told.alarms}, {alarm.key for alarm in found}
    covered = {key for alarm in found for key in alarm.covers}
    over = [on for on in told.alarms if on.key not in still | covered and on.told]
    told.alarms = [renewed(before.get(alarm.key), alarm, now) for alarm in found]
    sent, new = {alarm.key for alarm in found if alarm.is_sent}, {alarm.key for alarm in found if is_new(before, alarm)}
    log([on for on in told.alarms if on.key in sent & new], over)
    began = [on for on in told.alarms if heard and on.key in sent and not on.told]
    for on in began:
        on.told = True
    texts = [(on.title, f"{on.sentence}\n\nSince {on.since}.") for on in began]
    texts += [(f"over: {on.title}", f"This is over: {on.sentence}\n\nIt was on since {on.since}.") for on in over]
    return [*messages(texts, data)]


def log(began: Iterable[On], over: Iterable[On]) -> None:
    """What is new, on stderr or in the log, whether there is an address or not."""
    for on in began:
        level = "warning" if on.level == TROUBLE else "info"
        note("alarm", on.sentence, level, key=on.key, kind=on.kind)
    for on in over:
        note("alarm_over", f"Over: {on.title}.", key=on.key, kind=on.kind)


def renewed(before: On | None, alarm: Alarm, now: datetime) -> On:
    """The alarm as it is said now, since when it is on, and whether that was told: something else under it was not."""
    since, told = (before.since, before.told and not has_more(before, alarm)) if before else (f"{now:{TIMES}}", False)
    marks = sorted({*alarm.marks, *(before.marks if before else ())})
    return On(alarm.key, alarm.kind, alarm.level, alarm.title, alarm.sentence, since, told, marks)


def is_new(before: Mapping[str, On], alarm: Alarm) -> bool:
    return alarm.key not in before or has_more(before[alarm.key], alarm)


def has_more(before: On, alarm: Alarm) -> bool:
    """Whether something is wrong that was not yet while this alarm was on; an older diplomate noted no marks."""
    return bool(before.marks) and not set(alarm.marks) <= set(before.marks)


def messages(texts: Sequence[tuple[str, str]], data: Path) -> Iterable[Message]:
    """One message for each; where a bad night brings many, one that holds them all."""
    tail = HOW_TO_LOOK.format(data=data)
    if len(texts) <= setting("messages_at_once"):
        return [Message(f"diplomate: {title}", f"{body}\n\n{tail}") for title, body in texts]
    bodies = [f"{title[:1].upper()}{title[1:]}\n{body}" for title, body in texts]
    return [Message(f"diplomate: {len(texts)} alarms", "\n\n".join([*bodies, tail]))]


def deliver(data: Path, told: Told) -> list[str]:
    """Send what waits, oldest first; returns why something waits on. The file is written after whatever was taken."""
    asked = addresses()
    if not asked:
        return [waiting_words(told)] if told.waiting else []
    failures: dict[str, str] = {}
    for message in list(told.waiting):
        for address in asked:
            mark = mark_of(address, told.salt)
            if mark in failures or mark in message.taken_by:
                continue
            failed = send_to(address, message.title, message.body)
            if failed:
                failures[mark] = f"{failed} It is sent again at the next look."
                continue
            message.taken_by.append(mark)
            write_told(data, told)
        if all(mark_of(address, told.salt) in message.taken_by for address in asked):
            told.waiting.remove(message)
            write_told(data, told)
    return list(failures.values())


def waiting_words(told: Told) -> str:
    many = "1 alarm waits" if len(told.waiting) == 1 else f"{len(told.waiting)} alarms wait"
    return f"{many} to be sent, but {VARIABLE} is not set here as it was before."


def mark_of(address: Address, salt: str) -> str:
    """What stands for an address in the file: a slow salted hash that leads back to nothing."""
    return hashlib.scrypt(address.url.encode(), salt=salt.encode(), n=2**12, r=8, p=1, dklen=8).hex()
