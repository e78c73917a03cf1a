"""The command line: the only part that knows crawler, pipeline and db.

Exit codes: 0 done; 1 it ran and something is wrong; 2 the call itself is wrong. Errors are one plain sentence on
stderr, never a traceback. Each command is a module of its own and is imported only when it is called, so that asking
a question does not load the crawler.
"""
