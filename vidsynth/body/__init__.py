"""The human body: MakeHuman's mesh and skeleton, its shape, its poses, hands."""
