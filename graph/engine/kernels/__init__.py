"""Many points at once: the part of a workbook that some outputs need, as array code over the swept quantities."""
