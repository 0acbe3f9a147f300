"""What people have on and with them besides clothes."""
