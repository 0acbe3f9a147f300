"""From a config to shots: who is filmed where and when, by which cameras; without Blender."""
