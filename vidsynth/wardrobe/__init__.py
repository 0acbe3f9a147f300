"""What people wear: garments, cloth, hair, accessories and MakeHuman's assets, on any body."""
