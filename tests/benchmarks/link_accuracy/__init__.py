"""How well records become persons, measured where the truth is known: an invented nation.

In: `tests.benchmarks.nation` and the linker. Out: tables on stdout, and on --publish the rule table
`link_accuracy.csv` that the methods page shows. Run `python -m tests.benchmarks.link_accuracy --people 6000`.
"""
