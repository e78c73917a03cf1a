"""Rule tables: what each file of `pipeline/rules/*.csv` must look like, so that a wrong row is said and not applied.

In: nothing. Out: for each file its columns in order, its key, which columns are filled, hold lists or integers, and
the words a column may hold.
"""

from __future__ import annotations

from dataclasses import dataclass, field

LICENSE_STATUSES = frozenset(
    "active limited inactive expired retired surrendered suspended revoked pending deceased".split()
)
CERTIFICATION_TAGS = frozenset("listed listed_inactive claimed implied no_evidence not_checked".split())
LICENSE_TAGS = LICENSE_STATUSES | frozenset(
    "claimed not_found not_covered source_failed state_does_not_license".split()
)
CHANGE_KINDS = frozenset(
    "new renewed lapsed status_changed moved renamed listed no_longer_listed exclusion_appeared exclusion_went"
    " detail_changed".split()
)
CERTIFICATION_CLASSES = frozenset("certification_required exams_required own_exam not_regulated unknown".split())
ROSTER_COLUMNS = frozenset(
    "name given_name middle_name family_name suffix state license license_state npi whose nothing".split()
)
CONFIDENCES = frozenset(("", "low", "medium", "high"))
ALARM_KINDS = frozenset(
    "source_failed source_failed_once source_late blocked certificate reading_alarm nothing_good build_refused disk_low"
    " silent clock damaged".split()
)


@dataclass(frozen=True)
class RuleTable:
    """What a rule file must look like: its columns in order, its key, and the words a column may hold."""

    columns: tuple[str, ...]
    key: tuple[str, ...]
    filled: tuple[str, ...] = ()
    lists: tuple[str, ...] = ()
    integers: tuple[str, ...] = ()
    words: dict[str, frozenset[str]] = field(default_factory=dict)


def _columns(text: str) -> tuple[str, ...]:
    return tuple(text.split())


# What clinics treat, do, speak and are paid by: every wording of a topic is a row.
TOPICS = RuleTable(
    columns=_columns("topic synonym relation area note"),
    key=("topic", "synonym"),
    filled=("area",),
    words={"relation": frozenset(("same", "related"))},
)

RULE_TABLES: dict[str, RuleTable] = {
    "states": RuleTable(
        columns=_columns(
            "code name regulated regulated_since board board_url lookup_url titles post_nominals"
            " certification_class requirement_initial requirement_renewal certification_timing"
            " timing_confidence class_confidence notes sources as_of"
        ),
        key=("code",),
        filled=("name", "certification_class", "class_confidence", "as_of"),
        lists=("titles", "post_nominals", "sources"),
        integers=("regulated",),
        words={
            "regulated": frozenset(("0", "1", "")),
            "certification_class": CERTIFICATION_CLASSES,
            "certification_timing": frozenset(("", "initial_only", "initial_and_renewal", "unknown")),
            "timing_confidence": CONFIDENCES,
            "class_confidence": CONFIDENCES,
        },
    ),
    "credentials": RuleTable(
        columns=_columns("id canonical type issuer proves does_not_prove ambiguous basis sources"),
        key=("id",),
        filled=("canonical", "type", "proves", "does_not_prove"),
        lists=("sources",),
        words={
            "type": frozenset(
                "certification certification_claim license_title license_or_degree degree membership"
                " other_board course_certificate limited_credential ambiguous".split()
            ),
            "basis": frozenset(("seen", "general_knowledge")),
        },
    ),
    "credential_spellings": RuleTable(
        columns=_columns("credential_id pattern flags note"),
        key=("credential_id", "pattern"),
        words={"flags": frozenset(("", "i"))},
    ),
    "name_letters": RuleTable(
        columns=_columns("letters printed certain note"),
        key=("letters",),
        filled=("printed",),
        integers=("certain",),
        words={"certain": frozenset(("0", "1"))},
    ),
    "status_words": RuleTable(
        columns=_columns("source_kind_or_source raw status note"),
        key=("source_kind_or_source", "raw"),
        words={"status": LICENSE_STATUSES},
    ),
    "certification_status_words": RuleTable(
        columns=_columns("raw status note"),
        key=("raw",),
        words={"status": frozenset(("listed", "listed_inactive"))},
    ),
    "designation_words": RuleTable(
        columns=_columns("raw issuer designation note"),
        key=("raw",),
        filled=("issuer", "designation"),
    ),
    "claim_phrases": RuleTable(
        columns=_columns("id kind applied pattern flags value note"),
        key=("id",),
        filled=("kind", "applied", "pattern", "note"),
        integers=("applied",),
        words={"flags": frozenset(("", "i"))},
    ),
    "license_number_marks": RuleTable(
        columns=_columns("state place mark basis note"),
        key=("state", "place", "mark"),
        words={
            "place": frozenset(("before", "after")),
            "basis": frozenset(("seen", "general_knowledge")),
        },
    ),
    "tag_words": RuleTable(
        columns=_columns("kind tag label sentence tone"),
        key=("kind", "tag"),
        filled=("label", "sentence"),
        words={
            "kind": frozenset(("certification", "license")),
            "tag": CERTIFICATION_TAGS | LICENSE_TAGS,
            "tone": frozenset(("good", "note", "caution", "neutral")),
        },
    ),
    "tag_rules": RuleTable(
        columns=_columns("rule kind value when_text source"),
        key=("rule",),
        filled=("value", "when_text"),
        words={"kind": frozenset(("certification", "license"))},
    ),
    "confusable_letters": RuleTable(
        columns=_columns("id credential_id state field means note"),
        key=("id",),
        filled=("credential_id",),
        words={"field": frozenset(("", "acupuncture"))},
    ),
    "tag_settings": RuleTable(
        columns=_columns("name value meaning source"), key=("name",), filled=("value", "meaning")
    ),
    "gates": RuleTable(
        columns=_columns("gate subject share least meaning"),
        key=("gate", "subject"),
        filled=("share", "least", "meaning"),
        integers=("least",),
        words={"gate": frozenset("practitioners source floor state fill filled tag_left tag_came".split())},
    ),
    "change_kinds": RuleTable(
        columns=_columns("kind label sentence where_voluntary"),
        key=("kind",),
        filled=("label", "sentence"),
        words={"kind": CHANGE_KINDS},
    ),
    "windows": RuleTable(
        columns=_columns("name days meaning source"),
        key=("name",),
        filled=("days", "meaning"),
        integers=("days",),
    ),
    "alarm_kinds": RuleTable(
        columns=_columns("kind level sent title sentence to_do"),
        key=("kind",),
        filled=("title", "sentence", "to_do"),
        words={
            "kind": ALARM_KINDS,
            "level": frozenset(("trouble", "information")),
            "sent": frozenset(("yes", "no")),
        },
    ),
    "board_counts": RuleTable(
        columns=_columns("state active as_of basis source"),
        key=("state",),
        filled=("active", "as_of", "basis", "source"),
        integers=("active",),
    ),
    "alarm_settings": RuleTable(
        columns=_columns("name value meaning source"),
        key=("name",),
        filled=("value", "meaning"),
        integers=("value",),
    ),
    "common_family_names": RuleTable(columns=_columns("family_name per_10000 note"), key=("family_name",)),
    "common_given_names": RuleTable(
        columns=_columns("given_name per_10000 english"), key=("given_name",), integers=("english",)
    ),
    "no_names": RuleTable(
        columns=_columns("words kind note"),
        key=("words", "kind"),
        words={"kind": frozenset("company ending part whole".split())},
    ),
    "link_weights": RuleTable(
        columns=_columns("feature outcome weight says words"),
        key=("feature", "outcome"),
        filled=("weight", "words"),
        words={"says": frozenset(("agrees", "disagrees", "empty"))},
    ),
    "link_settings": RuleTable(columns=_columns("name value meaning"), key=("name",), filled=("value", "meaning")),
    "link_levels": RuleTable(columns=_columns("level least_right when_text"), key=("level",), filled=("when_text",)),
    "link_accuracy": RuleTable(
        columns=_columns("population measure subset value sample_size model_version measured_on"),
        key=("population", "measure", "subset"),
        filled=("value", "model_version"),
        integers=("population", "sample_size"),
    ),
    "limited_license_types": RuleTable(columns=_columns("word note"), key=("word",)),
    "published_fields": RuleTable(columns=_columns("source field note"), key=("source", "field")),
    "conditions": TOPICS,
    "therapies": TOPICS,
    "languages": TOPICS,
    "insurance": TOPICS,
    "clinic_page_words": RuleTable(columns=_columns("kind word note"), key=("kind", "word")),
    "roster_columns": RuleTable(
        columns=_columns("ours heading note"), key=("ours", "heading"), words={"ours": ROSTER_COLUMNS}
    ),
    "exclusion_types": RuleTable(
        columns=_columns("code section kind meaning"),
        key=("code",),
        filled=("meaning",),
        words={"kind": frozenset(("mandatory", "permissive", "unstated"))},
    ),
}
