"""Attribute optimisation of FineGPR's AOST, stage I. Xiang et al., Less is More, 2021.

Which images of a large rendered set are like a target's, by the style and content distances of
Gatys et al. (CVPR 2016) and a regression of them on the images' attributes.
"""
