"""Assembly: sheets used in scopes, values by layer, and formulas resolved to definitions with absolute names."""
