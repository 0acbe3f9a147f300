"""Networks that translate pictures into another domain's style, and those that judge them."""
