"""Style transfer: pictures of one benchmark as the cameras of another would have taken them."""
