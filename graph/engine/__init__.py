"""The DAG and its check, formulas compiled to functions, the lazy evaluator, the workbook."""
