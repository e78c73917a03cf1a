"""An operator's year, night by night, twice: without faults and with them; `python -m tests.benchmarks.year`."""
