"""The published tables as data: columns, keys, indexes and full-text search.

Nothing comes in; `TABLES` goes out. It is the contract with everybody who reads the file, so a
column is added at the end of its table and a name is never reused for another meaning.
What each column means, in words and units, stands in metadata.json; a test keeps the two equal.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True)
class Column:
    """One column; `type` is TEXT, INTEGER, REAL or JSON (a JSON array or object kept as text)."""

    name: str
    type: str = "TEXT"


@dataclass(frozen=True)
class ForeignKey:
    column: str
    table: str
    other_column: str


@dataclass(frozen=True)
class Table:
    """One published table; an empty `pk` means SQLite's own rowid."""

    columns: tuple[Column, ...]
    pk: tuple[str, ...] = ()
    foreign_keys: tuple[ForeignKey, ...] = ()
    indexes: tuple[tuple[str, ...], ...] = ()
    fts: tuple[str, ...] = ()

    @property
    def column_names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)


def _columns(text: str) -> tuple[Column, ...]:
    """Read `name` or `name:TYPE` words, so that a table reads like its line in the contract."""
    pairs = (word.partition(":") for word in text.split())
    return tuple(Column(name, kind or "TEXT") for name, _, kind in pairs)


def _index(text: str) -> tuple[tuple[str, ...], ...]:
    """Read one index per word; a `+` joins the columns of a compound one."""
    return tuple(tuple(word.split("+")) for word in text.split())


# Columns that serve searches alone; no file or document for people holds them.
SEARCH_KEYS = ("name_key", "also_spelled")

PERSON = ForeignKey("practitioner_id", "practitioners", "id")
RECORD = ForeignKey("record_id", "records", "id")

# How sure a link is, and on what evidence.
_EVIDENCE = (
    "level rule score:REAL probability:REAL namesakes:REAL agreed:JSON disagreed:JSON empty:JSON reason model_version"
)

# What clinics treat, do, speak and are paid by, every wording of a topic a row.
TOPICS = Table(
    _columns("topic synonym relation area note"), pk=("topic", "synonym"), indexes=_index("synonym relation area")
)

_TABLES = {
    "practitioners": Table(
        _columns(
            "id name given_name family_name suffix_text npi clinic street city state zip county latitude:REAL"
            " longitude:REAL phone website certification designations:JSON license_status"
            " license_states:JSON conditions:JSON therapies:JSON languages:JSON insurance:JSON"
            " needs_review sources:JSON first_seen last_seen last_changed kind other_names:JSON name_key also_spelled"
        ),
        pk=("id",),
        indexes=_index(
            "name family_name npi city state+family_name+id state+city zip state+county"
            " state+certification+license_status+kind certification+license_status+kind+state"
            " license_status+certification+kind+state kind needs_review last_seen last_changed name_key"
            " latitude+longitude"
        ),
        fts=("name", "other_names", "clinic", "city", "conditions", "also_spelled"),
    ),
    "records": Table(
        _columns(
            "id source source_key practitioner_id name url fetched_at source_date sha256 match_level"
            " match_reason fields:JSON other_sha256:JSON partition namesakes_in:JSON also_spelled"
        ),
        pk=("id",),
        foreign_keys=(PERSON,),
        indexes=_index("practitioner_id source+source_key match_level fetched_at"),
        fts=("name", "also_spelled"),
    ),
    "licenses": Table(
        _columns(
            "id practitioner_id state type number status status_raw issued expires discipline record_id"
            " as_of source_kind number_key source_date changed under_other_name:INTEGER"
        ),
        pk=("id",),
        foreign_keys=(PERSON, RECORD),
        indexes=_index("practitioner_id state+number_key status source_kind type expires"),
    ),
    "certifications": Table(
        _columns("id practitioner_id issuer designation status status_raw printed record_id as_of source_date changed"),
        pk=("id",),
        foreign_keys=(PERSON, RECORD),
        indexes=_index("practitioner_id issuer designation status"),
    ),
    "letters": Table(
        _columns("practitioner_id record_id credential_id printed reading means why note as_of"),
        pk=("record_id", "credential_id"),
        foreign_keys=(PERSON, RECORD, ForeignKey("credential_id", "credentials", "id")),
        indexes=_index("practitioner_id credential_id reading"),
    ),
    "practitioner_topics": Table(
        _columns("practitioner_id kind topic printed"),
        pk=("practitioner_id", "kind", "topic"),
        foreign_keys=(PERSON,),
        indexes=_index("kind+topic+practitioner_id topic"),
    ),
    # History outlives people: claims and changes may name somebody no source shows any more.
    "claims": Table(
        _columns(
            "id practitioner_id record_id source source_key field value first_seen last_seen current:INTEGER since"
            " disputed"
        ),
        pk=("id",),
        indexes=_index("practitioner_id source field current"),
    ),
    "tags": Table(
        _columns("id practitioner_id kind scope value rule because claims:JSON as_of needs_review source_date changed"),
        pk=("id",),
        foreign_keys=(PERSON, ForeignKey("rule", "tag_rules", "rule")),
        indexes=_index("practitioner_id kind+scope+value value rule"),
    ),
    "tag_history": Table(
        _columns(
            "id practitioner_id kind scope value rule because claims:JSON as_of needs_review shown_from shown_until"
            " source_date changed"
        ),
        pk=("id",),
        indexes=_index("practitioner_id kind+scope value shown_from shown_until"),
    ),
    "exclusions": Table(
        _columns("id practitioner_id record_id exclusion_type excluded_on meaning as_of"),
        pk=("id",),
        foreign_keys=(PERSON, RECORD),
        indexes=_index("practitioner_id"),
    ),
    "changes": Table(
        _columns("id at practitioner_id field old new record_id kind source state match_level disciplinary:INTEGER"),
        pk=("id",),
        indexes=_index("at practitioner_id record_id field kind state source"),
    ),
    "redirects": Table(_columns("old_id new_id"), pk=("old_id",), indexes=_index("new_id")),
    # Why records stand together; what might be one person; what people decided; keys that sources changed.
    "links": Table(
        _columns(f"practitioner_id record_id other_record_id {_EVIDENCE}"),
        pk=("record_id", "other_record_id"),
        foreign_keys=(PERSON, RECORD, ForeignKey("other_record_id", "records", "id")),
        indexes=_index("practitioner_id other_record_id level rule model_version"),
    ),
    "candidates": Table(
        _columns(f"rank:INTEGER practitioner_a practitioner_b record_a record_b {_EVIDENCE}"),
        pk=("record_a", "record_b"),
        foreign_keys=(
            ForeignKey("practitioner_a", "practitioners", "id"),
            ForeignKey("practitioner_b", "practitioners", "id"),
            ForeignKey("record_a", "records", "id"),
            ForeignKey("record_b", "records", "id"),
        ),
        indexes=_index("rank practitioner_a practitioner_b record_b model_version"),
    ),
    "judgments": Table(
        _columns("file line:INTEGER verdict source_a key_a source_b key_b reason decided_on record_a record_b outcome"),
        pk=("file", "line"),
        indexes=_index("verdict outcome record_a record_b decided_on"),
    ),
    "disputes": Table(
        _columns("number:INTEGER record_id practitioner_id about claim_id disputed_on read_on outcome"),
        pk=("number",),
        indexes=_index("record_id practitioner_id claim_id outcome about"),
    ),
    "renamed_records": Table(
        _columns("old_id new_id since source old_key new_key"),
        pk=("old_id", "since"),
        indexes=_index("new_id source"),
    ),
    "sources": Table(
        _columns(
            "name title publisher kind states:JSON access homepage terms cadence_days:INTEGER floor:INTEGER"
            " last_good_read last_attempt health message rows:INTEGER complete:INTEGER complete_states:JSON"
        ),
        pk=("name",),
        indexes=_index("kind health"),
    ),
    "runs": Table(
        _columns(
            "id source kind started finished read_at result rows:INTEGER requests:INTEGER complete:INTEGER"
            " states:JSON alarms:JSON left_out:JSON filled:JSON"
        ),
        pk=("id",),
        indexes=_index("source started result kind"),
    ),
    "states": Table(
        _columns(
            "code name regulated:INTEGER regulated_since board board_url lookup_url titles:JSON"
            " post_nominals:JSON certification_class requirement_initial requirement_renewal"
            " certification_timing timing_confidence class_confidence notes sources:JSON as_of coverage"
            " license_source"
        ),
        pk=("code",),
        indexes=_index("coverage certification_class certification_timing regulated"),
    ),
    "credentials": Table(
        _columns("id canonical type issuer proves does_not_prove ambiguous basis sources:JSON"),
        pk=("id",),
        indexes=_index("type"),
    ),
    "confusable_letters": Table(
        _columns("id credential_id state field means note"),
        pk=("id",),
        foreign_keys=(ForeignKey("credential_id", "credentials", "id"),),
        indexes=_index("credential_id"),
    ),
    "credential_spellings": Table(
        _columns("credential_id pattern flags note"),
        foreign_keys=(ForeignKey("credential_id", "credentials", "id"),),
        indexes=_index("credential_id"),
    ),
    "status_words": Table(
        _columns("source_kind_or_source raw status note"),
        pk=("source_kind_or_source", "raw"),
        indexes=_index("status"),
    ),
    "tag_words": Table(_columns("kind tag label sentence tone"), pk=("kind", "tag")),
    "tag_rules": Table(_columns("rule kind value when_text source"), pk=("rule",)),
    "tag_settings": Table(_columns("name value:REAL meaning source"), pk=("name",)),
    "gates": Table(_columns("gate subject share:REAL least:INTEGER meaning"), pk=("gate", "subject")),
    "change_kinds": Table(_columns("kind label sentence where_voluntary"), pk=("kind",)),
    "board_counts": Table(_columns("state active:INTEGER as_of basis source"), pk=("state",)),
    "windows": Table(_columns("name days:INTEGER meaning source"), pk=("name",)),
    "alarm_kinds": Table(_columns("kind level sent title sentence to_do"), pk=("kind",)),
    "alarm_settings": Table(_columns("name value:INTEGER meaning source"), pk=("name",)),
    "build_info": Table(_columns("key value"), pk=("key",)),
    "name_words": Table(_columns("word people:INTEGER"), pk=("word",)),
    "common_family_names": Table(_columns("family_name per_10000:REAL note"), pk=("family_name",)),
    "common_given_names": Table(_columns("given_name per_10000:REAL english:INTEGER"), pk=("given_name",)),
    "no_names": Table(_columns("words kind note"), pk=("words", "kind")),
    "link_weights": Table(_columns("feature outcome weight:REAL says words"), pk=("feature", "outcome")),
    "link_settings": Table(_columns("name value meaning"), pk=("name",)),
    "link_levels": Table(_columns("level least_right when_text"), pk=("level",)),
    "link_accuracy": Table(
        _columns("population:INTEGER measure subset value:REAL sample_size:INTEGER model_version measured_on"),
        pk=("population", "measure", "subset"),
        indexes=_index("measure subset"),
    ),
    "certification_status_words": Table(_columns("raw status note"), pk=("raw",), indexes=_index("status")),
    "designation_words": Table(_columns("raw issuer designation note"), pk=("raw",), indexes=_index("issuer")),
    "exclusion_types": Table(_columns("code section kind meaning"), pk=("code",)),
    "claim_phrases": Table(
        _columns("id kind applied:INTEGER pattern flags value note"), pk=("id",), indexes=_index("kind applied")
    ),
    "license_number_marks": Table(_columns("state place mark basis note"), pk=("state", "place", "mark")),
    "name_letters": Table(_columns("letters printed certain:INTEGER note"), pk=("letters",)),
    "limited_license_types": Table(_columns("word note"), pk=("word",)),
    "published_fields": Table(_columns("source field note"), pk=("source", "field")),
    **dict.fromkeys(("conditions", "therapies", "languages", "insurance"), TOPICS),
    "clinic_page_words": Table(_columns("kind word note"), pk=("kind", "word"), indexes=_index("word")),
    "roster_columns": Table(_columns("ours heading note"), pk=("ours", "heading"), indexes=_index("heading")),
}

TABLES: Mapping[str, Table] = MappingProxyType(_TABLES)
