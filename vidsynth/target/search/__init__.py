"""Searches for settings whose pictures are like a target's: each renders, and compares, many times.

They are reproductions and a last polish: weights over one pool (`vidsynth.target.weighing`) cost
a fraction of it. None of them knows Blender: what is searched is a function of settings.
"""
