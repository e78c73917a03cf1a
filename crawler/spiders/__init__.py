"""One file a source: ``ls crawler/spiders`` is the list of what diplomate reads."""
