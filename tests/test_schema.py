"""The schema and metadata.json agree both ways, so that nothing is published without being described."""

from __future__ import annotations

from db.described import read_metadata
from db.schema import SEARCH_KEYS, TABLES

DESCRIBED = read_metadata()["databases"]["diplomate"]["tables"]
PUBLIC = {name: table for name, table in DESCRIBED.items() if not table.get("hidden")}


def test_every_table_is_described_and_every_description_has_its_table() -> None:
    assert list(PUBLIC) == list(TABLES)
    assert all(table["title"] and len(table["description"]) > 20 for table in PUBLIC.values())


def test_every_column_is_described_in_words_and_no_other() -> None:
    for name, table in TABLES.items():
        columns = PUBLIC[name]["columns"]
        assert list(columns) == list(table.column_names), name
        assert all(text.endswith(".") and len(text) > 3 for text in columns.values()), name


def test_json_columns_say_that_they_are_json() -> None:
    for name, table in TABLES.items():
        for column in table.columns:
            described = "JSON" in PUBLIC[name]["columns"][column.name]
            assert described == (column.type == "JSON"), f"{name}.{column.name}"


def test_facets_sort_and_label_are_columns_and_facets_are_indexed() -> None:
    for name, table in PUBLIC.items():
        first_columns = {index[0] for index in TABLES[name].indexes} | set(TABLES[name].pk[:1])
        used = {table.get("sort"), table.get("sort_desc"), table.get("label_column")} - {None}
        assert used <= set(TABLES[name].column_names), name
        assert set(table.get("facets", ())) <= first_columns | SMALL.get(name, set()), name


# Tables of a few dozen rows need no index for a facet.
SMALL = {"sources": {"access"}, "tag_rules": {"kind"}, "exclusions": {"exclusion_type"}, "tags": {"scope"}}


def test_foreign_keys_point_at_the_key_of_a_table() -> None:
    for name, table in TABLES.items():
        for key in table.foreign_keys:
            assert key.column in table.column_names, name
            assert TABLES[key.table].pk == (key.other_column,), name


def test_full_text_columns_exist_and_their_tables_are_hidden() -> None:
    for name, table in TABLES.items():
        assert set(table.fts) <= set(table.column_names)
        if table.fts:
            assert PUBLIC[name]["fts_table"] == f"{name}_fts"
            assert DESCRIBED[f"{name}_fts"]["hidden"] is True


def test_the_contract_columns_keep_their_order() -> None:
    assert TABLES["practitioners"].column_names[:6] == (
        "id",
        "name",
        "given_name",
        "family_name",
        "suffix_text",
        "npi",
    )
    assert TABLES["practitioners"].column_names[-2:] == SEARCH_KEYS
    assert TABLES["licenses"].column_names[-4:-1] == ("number_key", "source_date", "changed")
