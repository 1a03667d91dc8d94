"""The formula language, the DAG, its check and its evaluation."""
