"""People without labels who are in a shot by chance."""

from __future__ import annotations

from vidsynth.config import TrackletConfig
from vidsynth.motion.bystanders import draw_bystanders
from vidsynth.motion.groups import draw_parties
from vidsynth.motion.walker import Walker
from vidsynth.places.sites.site import Site
from vidsynth.planning.population import Population
from vidsynth.planning.routes import route_bystanders
from vidsynth.seeds import Purpose, stream


def pass_by(
    config: TrackletConfig,
    population: Population,
    stage: Site,
    walkers: tuple[Walker, ...],
    index: int,
) -> tuple[Walker, ...]:
    """The bystanders of shot ``index``, on their ways past its ``walkers``."""
    if not config.crowd.density:
        return ()
    x0, y0, x1, y1 = stage.walk_area
    rng = stream(config.seed, Purpose.PARTY, index)
    people = [
        population.bystander(number)
        for number in draw_bystanders(rng, config.crowd.density, (x1 - x0) * (y1 - y0))
    ]
    shares, standing = config.motion, config.crowd.standing
    if standing is not None:
        runs = min(shares.run_share, 1.0 - standing)
        shares = shares.model_copy(update={"stand_share": standing, "run_share": runs})
    parties = draw_parties(rng, people, shares)
    return route_bystanders(rng, people, stage, config.frames, config.fps, parties, walkers)
