"""Whole frames as videos: ``videos/C01/S000012.mp4``, one per camera and shot, labels in tables.

Frame n of a video, from 0, is the shot's frame n: all are there, also those nobody is in. Quality
is ``output.crf``.
"""

from __future__ import annotations

from itertools import groupby

from PIL import Image

from vidsynth.formats import mp4
from vidsynth.formats.frames import Frames
from vidsynth.formats.writer import Contents


class Video(Frames):
    """An MP4 file per camera and shot. Tables say where each is: there are no lists."""

    def finish(self, contents: Contents) -> list[str]:
        room, videos = self._room, {}
        for camera_id, grouped in groupby(contents.frames, key=lambda view: view["camera_id"]):
            name = f"videos/C{camera_id:02d}/S{room.shot:06d}.mp4"
            images = [room.path / view["file"] for view in grouped]
            with Image.open(images[0]) as first:
                width, height = (side + side % 2 for side in first.size)
            mp4.encode(room.path / name, images, (width, height), room.fps, room.crf)
            videos[camera_id] = name
        people = (row for rows in (*contents.crops, contents.ignored) for row in rows)
        for row in (*contents.frames, *people):
            row["file"] = videos[row["camera_id"]]
        for tracklet in contents.tracklets:
            tracklet["path"] = videos[tracklet["camera_id"]]
        return list(videos.values())
