"""Measured rows: read, mapped to the catalogue, given the floor that our sheets compute, and compared with predictions."""
