"""Sweeps of any size: axes as people write them, points in parts, the best of them, files; here or on a cluster."""
