"""Following numbers: derivations with numbers put in, what rests on what, one workbook against another."""
