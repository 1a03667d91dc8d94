"""Sweeps as people ask for them: axes as text, the best points, points that nothing beats, files."""
