"""Folders and pictures that users give: listed, checked, hashed, and read in one way."""
