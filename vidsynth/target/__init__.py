"""What a target looks like, in statistics that its owner can hand over, and settings that follow.

`quantities` names what is measured, `measuring` makes a statistics file of a target's crops, and
`statistics` is that file. Only this room of the package reads with `reid_datasets` and
`reid_models`.
"""
