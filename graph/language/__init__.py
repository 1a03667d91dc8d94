"""The formula language: trees, text to tree and back, the table of functions, normal forms; what files declare."""
