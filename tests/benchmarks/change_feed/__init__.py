"""The change feed against the truth of a nation that lives some nights: `python -m tests.benchmarks.change_feed`."""
