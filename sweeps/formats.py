"""The files that a sweep can be written to, by their extension."""

FORMATS = (".parquet", ".arrow", ".csv")
