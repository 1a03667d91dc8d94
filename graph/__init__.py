"""From declarations to numbers; it knows no YAML, no files and no pictures.

language   trees, text to tree and back, functions; what files declare
assembly   sheets in scopes, values by layer, formulas resolved to definitions
engine     the DAG, its check, the compiled plan, the lazy evaluator, the workbook
explain    derivations and differences
audit      claims, contradictions, roundings

Imports run upwards in this list, never down.
"""
