"""From scene light to pixels, as a camera, its sensor and its codec make them."""
