"""Publishing while many ask: every answer whole, and of one build."""
