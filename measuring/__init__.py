"""Measured rows: read, mapped to the catalogue, given the floor of our sheets, and compared with predictions."""
