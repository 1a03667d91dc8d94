"""Pictures and tables of a workbook; they only read."""
