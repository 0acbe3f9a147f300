"""What settings are drawn from, and how: the one grammar of everything that is drawn."""
