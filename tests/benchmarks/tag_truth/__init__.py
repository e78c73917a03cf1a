"""Tags against the truth of the test nation: the oracle, the measure, and how to run it."""
