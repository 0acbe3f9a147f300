"""What a target's people look like, as a model of attributes predicts it: from a table of
probabilities to counts in the statistics file, and from there to settings of people."""
