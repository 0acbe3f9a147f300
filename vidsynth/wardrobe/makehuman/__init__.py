"""Clothes, shoes, hair and hats in MakeHuman's ``.mhclo`` format, fitted to our bodies."""
