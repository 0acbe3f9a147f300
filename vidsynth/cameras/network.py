"""A data set's cameras, drawn for its sites or read from a file, and which film together."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property

import numpy as np

from vidsynth.cameras.camera import Camera, Photometry
from vidsynth.cameras.checks import check_camera, check_sites, check_views
from vidsynth.cameras.looks import draw_photometry
from vidsynth.cameras.network_file import read_network
from vidsynth.cameras.placement import place_camera
from vidsynth.cameras.views import ground, ground_seen, round_robin, teams
from vidsynth.config import TrackletConfig
from vidsynth.drawing.choices import Choice
from vidsynth.drawing.draws import Drawable, Draws
from vidsynth.drawing.races import key
from vidsynth.places.sites import SITES
from vidsynth.places.sites.site import Site
from vidsynth.seeds import Purpose, stream

_LEAST_ROOM = 4.0
_LONGEST_ROUND = 40


@dataclass(frozen=True)
class Network:
    """The cameras of a config, a pure function of it. Cameras drawn are shared out over the sites.

    ``place`` lays a site out. Whatever computes a camera raises CameraError for an impossible one.
    """

    config: TrackletConfig
    place: Callable[[str], Site]

    @cached_property
    def given(self) -> tuple[Camera, ...] | None:
        """The cameras of ``camera.network``, on the map; None where cameras are drawn."""
        path = self.config.camera.network
        if path is None:
            return None
        cameras = read_network(path, self.config.camera, self._look)
        check_sites(cameras, self.config.sites.names, sorted(SITES))
        named = {camera.site for camera in cameras}
        if any(camera.site_at != (0.0, 0.0) for camera in cameras):
            return cameras
        positions = self._map([site for site in self.config.sites.names if site in named])
        return tuple(replace(camera, site_at=positions[camera.site]) for camera in cameras)

    @cached_property
    def sites(self) -> tuple[str, ...]:
        """The sites that have a camera."""
        named = set(self._seats) if self.given is None else {camera.site for camera in self.given}
        return tuple(site for site in self.config.sites.names if site in named)

    @cached_property
    def _seats(self) -> tuple[str, ...]:
        """The site of each drawn camera."""
        per_site, sites = self.config.cameras_per_site, self.config.sites

        def own(site: str) -> np.random.Generator:
            return stream(self.config.seed, Purpose.NETWORK, key(site))

        if per_site is None:
            cameras = self.config.cameras
            return sites.share_out(cameras, lambda site: own(site).random(cameras))
        return tuple(
            site for site in sites.names for _ in range(int(per_site.draw(own(site), whole=True)))
        )

    @cached_property
    def rotation(self) -> tuple[str, ...]:
        """The sites as people go round them, each as often as its weight says."""
        shares = {site: self.config.sites.shares[site] for site in self.sites}
        most = min(_LONGEST_ROUND, self.config.identities // self.config.people_per_shot)
        return Choice(choice=tuple(shares), weights=tuple(shares.values())).cycle(most)

    @cached_property
    def ids(self) -> tuple[int, ...]:
        """Every camera's number, in order."""
        if self.given is None:
            return tuple(range(1, len(self._seats) + 1))
        return tuple(camera.camera_id for camera in self.given)

    @property
    def digits(self) -> int:
        """How many digits a camera takes in a tracklet's name: two from 10 cameras on."""
        return len(str(self.ids[-1]))

    def ids_at(self, site: str) -> tuple[int, ...]:
        if self.given is None:
            return tuple(i for i in self.ids if self._seats[i - 1] == site)
        return tuple(camera.camera_id for camera in self.given if camera.site == site)

    def camera(self, camera_id: int) -> Camera:
        """Camera ``camera_id``; of drawn ones no other is computed unless views depend on it."""
        if self.given is not None:
            return next(camera for camera in self.given if camera.camera_id == camera_id)
        return self._drawn(camera_id)

    @cached_property
    def positions(self) -> dict[str, tuple[float, float]]:
        """Where each site's origin lies on the map, metres."""
        if self.given is not None:
            return {camera.site: camera.site_at for camera in self.given}
        return self._map(self.sites)

    def metres(self, site: str, other: str) -> float:
        """The way between two sites, metres; within one, across its walk area."""
        x0, y0, x1, y1 = self.place(site).walk_area
        apart = np.subtract(self.positions[site], self.positions[other])
        across = float(np.hypot(x1 - x0, y1 - y0))
        return max(across, float(np.hypot(*apart)) * self.config.clock.detour)

    def teams(self, site: str, size: int) -> tuple[tuple[int, ...], ...]:
        """Cameras of a site that film one shot together, in turns: up to ``size``, all of which
        can see the same person."""
        cameras = self.ids_at(site)
        if self.given is not None:
            return self._teams(site, size)
        if self.config.camera.views == "disjoint":
            return tuple((camera_id,) for camera_id in cameras)
        return round_robin(cameras, size)

    def stage(self, camera_ids: Sequence[int], site: str) -> Site:
        """The site with its walk area narrowed to what these cameras see, where that is little."""
        place = self.place(site)
        if self.given is None and self.config.camera.views != "disjoint":
            return place
        together = np.logical_and.reduce(
            [ground_seen(self.camera(camera_id), place) for camera_id in camera_ids]
        )
        if not together.any():
            return place
        x0, y0, x1, y1 = place.walk_area
        low, high = ground(place)[together, :2].min(0), ground(place)[together, :2].max(0)
        spare = np.maximum(0.0, (_LEAST_ROOM - (high - low)) / 2)
        low, high = np.maximum((x0, y0), low - spare), np.minimum((x1, y1), high + spare)
        area = (float(low[0]), float(low[1]), float(high[0]), float(high[1]))
        return replace(place, walk_area=area)

    def check(self) -> None:
        """Raises CameraError naming the first camera that cannot be."""
        for site in self.sites:
            place = self.place(site)
            cameras = [self.camera(camera_id) for camera_id in self.ids_at(site)]
            least = self.config.boxes.min_height
            seen = {camera.camera_id: check_camera(camera, place, least) for camera in cameras}
            check_views(cameras, seen, self.config.camera.views)

    @cached_property
    def _teams(self) -> Callable[[str, int], tuple[tuple[int, ...], ...]]:
        @cache
        def found(site: str, size: int) -> tuple[tuple[int, ...], ...]:
            place = self.place(site)
            return teams({i: ground_seen(self.camera(i), place) for i in self.ids_at(site)}, size)

        return found

    @cached_property
    def _drawn(self) -> Callable[[int], Camera]:
        @cache
        def hung(camera_id: int) -> Camera:
            site, apart = self._seats[camera_id - 1], self.config.camera.views != "any"
            sharing = self.ids_at(site)
            turn = sharing.index(camera_id)
            camera = place_camera(
                stream(self.config.seed, Purpose.CAMERA, camera_id),
                camera_id,
                (turn, len(sharing)),
                self.place(site),
                self.config.camera,
                self._draws(camera_id),
                [hung(other) for other in sharing[:turn]] if apart else [],
            )
            return replace(camera, site_at=self.positions[site])

        return hung

    @cached_property
    def _drawable(self) -> Drawable:
        return self.config.drawable()

    def _draws(self, camera_id: int) -> Draws:
        return Draws(self._drawable, {"camera": (camera_id,)})

    def _look(self, camera_id: int) -> Photometry:
        return draw_photometry(self._draws(camera_id), self.config.camera.codec)

    def _map(self, sites: Sequence[str]) -> dict[str, tuple[float, float]]:
        """Each site a draw of ``clock.spacing`` away from an earlier one, and from no other less
        than the least."""
        rng = stream(self.config.seed, Purpose.MAP)
        spacing = self.config.clock.spacing
        low, _ = spacing.support
        placed: list[np.ndarray] = []
        for _ in sites:
            spot = np.zeros(2)
            while placed:
                start = placed[int(rng.integers(len(placed)))]
                turn, reach = rng.uniform(0, 2 * np.pi), spacing.draw(rng)
                spot = np.round(start + reach * np.array([np.cos(turn), np.sin(turn)]), 1)
                if min(np.hypot(*(spot - other)) for other in placed) >= low - 0.2:
                    break
            placed.append(spot)
        return {site: (float(x), float(y)) for site, (x, y) in zip(sites, placed, strict=True)}
