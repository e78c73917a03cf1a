"""The web becomes snapshots, snapshots become records.

In: the web (or its mirror, or files a person saved). Out: one folder a run, under
``<data>/snapshots/<source>/<run>/``:

    bodies/<sha256>   every byte a source sent, kept before anything is parsed
    snapshots.jsonl   one line an answer: address, time, status, headers, SHA-256
    records.jsonl     one line a row as its source published it, nothing inferred
    log.txt           what Scrapy said
    manifest.json     written last; a run without it never happened

How to add a source: read `crawler.source.Source`, write one small class in `crawler/spiders/`, put sample
answers of invented people in `crawler/sample/`, run ``make test`` twice (the first run writes the expected
records and fails), read what it wrote, commit it.
"""
