"""Commands killed at random moments, and whether anything was lost, torn or done twice."""
