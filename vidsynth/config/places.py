"""Settings of where and when: hours and weathers."""

from __future__ import annotations

from typing import Literal

Hour = Literal["midnight", "dawn", "forenoon", "noon", "afternoon", "dusk", "night"]
Weather = Literal[
    "sunny", "clouds", "overcast", "foggy", "neutral", "blizzard", "snowlight", "rain"
]
