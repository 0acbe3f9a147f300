"""Still images of one person at a time, every rendering option drawn: TAGPerson's kind of set."""
