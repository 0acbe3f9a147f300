"""Ways to train: one file per method, all with the contract of `uda.methods.contract`."""
