"""Published tables, row by row, and what it takes to repeat them: tools/papers.py."""
