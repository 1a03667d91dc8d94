"""The spreadsheet for LLM inference math."""

__version__ = "0.1.0"
