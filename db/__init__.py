"""Tables in, a website out: one SQLite file per build, published by renaming, served read-only.

What comes in: plain rows for the tables named in `db.schema`. What goes out: a checked, immutable
file under `data/published`, the link `data/current`, and a Datasette site on top of it.
What is never published is never handed to this package: it has no knowledge of sources or people
beyond the rows it receives, and imports neither `crawler` nor `pipeline`.
"""
