# ---
# jupyter:
#   jupytext:
#     text_representation: {extension: .py, format_name: percent}
#   kernelspec: {display_name: Python 3, language: python, name: python3}
# ---

# %% [markdown]
# # First steps
# Render people who do not exist, look at them, train a small network for a minute or two, and see
# whom it finds. Needs `pip install "vidsynth-uda[render]"` under Python 3.11 and no GPU.
#
# This file is the notebook: Jupyter opens it with jupytext installed, and
# `uvx jupytext --to notebook first_steps.py` makes an `.ipynb` of it.

# %% tags=["parameters"]
PEOPLE, FRAMES, EPOCHS = 40, 4, 12

# %% [markdown]
# ## Render
# Half of the people are for training and half are held out. The first rendering on a machine
# prepares the body model, which takes a minute more. What is rendered stays: the same cell goes on
# where it stopped.

# %%
from pathlib import Path

from vidsynth.run.job import render
from vidsynth.settings import load_config

folder = Path("first-steps")
people = folder / "people"
settings = load_config(
    identities=PEOPLE,
    frames=FRAMES,
    test_share=0.5,
    distractor_share=0.0,
    cameras=4,
    sites=["park", "plaza"],
    people_per_shot=4,
    quality="fast",
)
summary = render(settings, people)
print(summary.tracklets, "tracklets,", summary.crops, "crops")

# %% [markdown]
# ## Look at them
# A row for each person, with the camera above each crop.

# %%
from PIL import Image

from vidsynth.inspect.preview.sheet import contact_sheet

contact_sheet(people, folder / "people.png", rows=4, columns=8)
Image.open(folder / "people.png")

# %% [markdown]
# The set is a benchmark like any other. A tracklet is one person under one camera; its frames are
# read when they are asked for.

# %%
import numpy as np
import reid_datasets

split = reid_datasets.load("synthetic", people)
tracklet = split.train[0]
frames = tracklet.frames.read(range(len(tracklet.frames)))
print("person", tracklet.person_id, "under camera", tracklet.camera_id)
crops = [
    Image.fromarray(np.asarray(frame).transpose(1, 2, 0)).resize((64, 128)) for frame in frames
]
Image.fromarray(np.hstack([np.asarray(crop) for crop in crops]))

# %% [markdown]
# Everybody comes with attributes, key points and masks (docs/labels.md).

# %%
import pyarrow.parquet as pq

row = pq.read_table(people / "persons.parquet").to_pylist()[0]
for name in ("sex", "body_age", "body_stature", "hair_style", "upper_kind", "upper_colour_name"):
    print(f"{name:<18} {row[name]}")

# %% [markdown]
# ## Train
# A small network from random weights learns the training half. The other half are people it has
# never seen.

# %%
import shutil

import uda

run = folder / "run"
shutil.rmtree(run, ignore_errors=True)
recipe = uda.load_recipe(
    "laptop-scratch",
    [f"training.epochs={EPOCHS}", "evaluation.every=0", "monitoring.features=0"],
    method="source_only",
)
result = uda.train(recipe, people, people, run, source="synthetic", target="synthetic")
scores = result.evaluation.result
print(f"rank-1 {scores.cmc[1]:.1%}, mAP {scores.mean_ap:.1%} of {scores.evaluated} queries")

# %% [markdown]
# ## Whom does it find?
# Each row is a query and the tracklets of other cameras that look most like it: green frames are
# the same person, red ones somebody else.

# %%
Image.open(result.ranked_list)

# %% [markdown]
# Next: a target that nobody labelled ([training](../training.md)), more people
# ([rendering](../rendering.md)), and what others should know of your model: `uda card
# first-steps/run` ([publishing](../publishing.md)).
