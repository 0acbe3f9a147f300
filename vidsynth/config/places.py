"""Settings of where and when: hours and weathers."""

from __future__ import annotations

from typing import Literal

Hour = Literal["morning", "noon", "afternoon", "dusk"]
Weather = Literal["sunny", "overcast", "foggy"]
