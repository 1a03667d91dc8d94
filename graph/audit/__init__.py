"""Holding numbers against what was printed and what the catalogue says: claims, contradictions, roundings."""
