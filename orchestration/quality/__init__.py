"""The two quality gates: what landed, and what is about to be published (Great Expectations)."""
