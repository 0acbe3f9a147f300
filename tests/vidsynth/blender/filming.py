"""Small shots to render, in a process of their own: Blender loads once and prints a lot."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import numpy as np

from vidsynth.cameras.camera import Camera, Photometry
from vidsynth.config import BoxConfig
from vidsynth.develop.picture import RenderedPicture
from vidsynth.motion.walker import Walker
from vidsynth.people.person import Person
from vidsynth.people.sampling import sample_person
from vidsynth.places.sites import SITES
from vidsynth.places.sites.site import Site, Surface
from vidsynth.planning.shot import Shot
from vidsynth.planning.take import frames_by_cameras
from vidsynth.wardrobe.records import Garment

OPEN = Site(
    "open", False, (-6, -6, 6, 6), (-9, -9, 9, 9), (2, 4), Surface("plain", (0.5, 0.5, 0.5)), ()
)


def red_over_blue(seed: int) -> Person:
    """A red top over blue trousers."""
    top = Garment("long-sleeve", "red", (0.75, 0.08, 0.08), length=0.4, sleeve=1.0, looseness=0.012)
    legs = Garment("trousers", "blue", (0.08, 0.10, 0.75), length=0.97, looseness=0.012)
    return replace(sample_person(np.random.default_rng(seed), seed + 1), upper=top, lower=legs)


def camera(camera_id: int, x: float, y: float, height: float = 2.0) -> Camera:
    return Camera(camera_id, "open", 640, 360, 600.0, (x, y, height), (0.0, 0.0, 0.9), Photometry())


def towards_minus_y(person: Person, x: float, y: float) -> Walker:
    """Seen at (x, y) in frame 0, on the way to -y."""
    return Walker(person, ((x, y + 3.0), (x, y - 6.0)), 3.0, 0.1)


def shot(
    walkers: tuple[Walker, ...], cameras: tuple[Camera, ...], frames: int = 1, seed: int = 7
) -> Shot:
    takes = frames_by_cameras(frames, cameras)
    return Shot(0, "open", OPEN, "noon", "overcast", walkers, takes, 8.0, seed)


def seen_by(scene: Shot, *cameras: Camera) -> Shot:
    """The shot through other cameras."""
    return replace(scene, takes=frames_by_cameras(scene.frames, cameras))


def crop_of(picture: RenderedPicture) -> SimpleNamespace:
    """A picture of one person, and what labels say of them, as one."""
    (person,) = picture.people
    where = {"camera_id": picture.camera.camera_id, "frame": picture.take.frame}
    return SimpleNamespace(picture=picture, person=person, **vars(picture) | vars(person) | where)


def film(quality: str, scene: Shot) -> list[SimpleNamespace]:
    """The shot's crops, see `crop_of`."""
    from vidsynth.blender.renderer import Renderer

    boxes = BoxConfig(jitter=0.0)
    return list(map(crop_of, Renderer(quality, "cpu", boxes).render(scene)))


def chosen_device(asked: str) -> str:
    """What Cycles computes on in a new scene."""
    import bpy

    from vidsynth.blender.session import new_scene

    new_scene("fast", asked)
    return str(bpy.context.scene.cycles.device)


def indoors(site: str) -> tuple[float, float, float]:
    """Looking up a little along a building: median light of ceiling and of floor, and the most."""
    from vidsynth.blender.renderer import Renderer

    place = SITES[site](np.random.default_rng(0))
    x0, _, x1, _ = place.walk_area
    level = replace(camera(1, 0.9 * x0, 0.3, 1.6), look_at=(x1, 0.3, 1.7))
    scene = replace(shot((), (level,)), site=site, place=place)
    light = Renderer("fast", "cpu", BoxConfig()).view(scene, level, 0).light.mean(-1)
    return float(np.median(light[:90])), float(np.median(light[-60:])), float(light.max())


def beside_windows(site: str, scheme: str) -> tuple[float, float]:
    """Mean light of the floor near the windows along +y, and near the wall across, from above."""
    import tempfile
    from pathlib import Path

    from vidsynth.blender.place import build_place
    from vidsynth.blender.session import aim, expose, new_scene
    from vidsynth.blender.sky import light_by_sky
    from vidsynth.places.sky.rooms import RoomLight

    place, room = SITES[site](np.random.default_rng(0)), RoomLight(scheme, window=10.0)
    new_scene("fast", "cpu")
    build_place(place, room=room)
    light_by_sky(room.ambient, np.random.default_rng(0))
    found = []
    for y in (5.0, -5.0):
        down = replace(camera(1, 0.0, 0.8 * y, 3.5), look_at=(0.0, y, 0.0))
        aim(down)
        with tempfile.TemporaryDirectory() as folder:
            found.append(float(expose(down, (200, 100, 440, 260), 0, Path(folder)).colour.mean()))
    return found[0], found[1]


def shape_sizes() -> dict[str, tuple[float, ...]]:
    """How far each shape of a block of 1.2 x 0.4 x 0.8 m reaches, in a mesh without faults."""
    from vidsynth.blender.shapes import SHAPES
    from vidsynth.blender.walkers import new_mesh
    from vidsynth.places.sites.site import Block

    plain, found = Surface("plain", (0.5, 0.5, 0.5)), {}
    for shape, build in SHAPES.items():
        quads, _ = build(Block((1.0, 2.0, 0.5), (1.2, 0.4, 0.8), plain, shape=shape))
        corners = quads.reshape(-1, 3)
        mesh = new_mesh(shape, corners, np.arange(len(corners)).reshape(-1, 4))
        assert not mesh.validate(), shape
        assert np.allclose((corners.min(0) + corners.max(0)) / 2, (1.0, 2.0, 0.9), atol=0.02), shape
        found[shape] = tuple(np.ptp(corners, axis=0).tolist())
    return found


def paint(site: str, seed: int) -> int:
    """Build a site in an empty scene; how many materials it took."""
    import bpy

    from vidsynth.blender.place import build_place
    from vidsynth.blender.session import new_scene

    new_scene("fast", "cpu")
    build_place(SITES[site](np.random.default_rng(seed)))
    return len(bpy.data.materials)


FRONT, LEFT = camera(1, 0.0, -6.0), camera(2, 6.0, 0.0)
PAIR = shot(
    (towards_minus_y(red_over_blue(0), -0.7, 0.2), towards_minus_y(red_over_blue(3), 0.7, -0.4)),
    (FRONT, LEFT),
    frames=2,
)
ALONE = shot((towards_minus_y(red_over_blue(0), 0.0, 0.0),), (FRONT,))


def mine(crop: SimpleNamespace) -> np.ndarray:
    """Which pixels are the crop's own person's."""
    return crop.index == crop.walker + 1


def exposed(seeds: tuple[int, ...]) -> list[np.ndarray]:
    """One view of a scene that does not change, with each of the seeds in turn."""
    import tempfile
    from pathlib import Path

    from vidsynth.blender.session import aim, expose
    from vidsynth.blender.stage import Stage

    stage = Stage(ALONE, "fast", "cpu")
    stage.enter()
    stage.at(0)
    aim(FRONT)
    with tempfile.TemporaryDirectory() as folder:
        return [expose(FRONT, (280, 80, 360, 240), seed, Path(folder)).colour for seed in seeds]


def kerb(whiteness: float) -> dict[str, set[int]]:
    """Materials of the level and of the upright faces of a block on the ground."""
    import bpy

    from vidsynth.blender.place import build_place
    from vidsynth.blender.session import new_scene
    from vidsynth.places.sites.site import Block
    from vidsynth.places.sky.air import Air

    new_scene("fast", "cpu")
    block = Block((0.0, 0.0, 0.0), (2.0, 1.0, 0.5), Surface("plain", (0.2, 0.2, 0.2)))
    build_place(replace(OPEN, blocks=(block,)), air=Air(whiteness=whiteness))
    mesh = bpy.data.meshes["site"]
    found: dict[str, set[int]] = {"level": set(), "upright": set()}
    for face in mesh.polygons:
        name = "level" if abs(face.normal.z) > 0.9 else "upright"
        found[name].add(face.material_index)
    assert max(found["level"] | found["upright"]) < len(mesh.materials)
    return found


def mesh_of(person: Person) -> dict[str, bool]:
    """What is true of the person's mesh after it was moved up by a metre."""
    import bpy

    from vidsynth.blender.session import new_scene
    from vidsynth.blender.walkers import add_person
    from vidsynth.body.model import body_model
    from vidsynth.motion.standing import upright
    from vidsynth.people.figure import dress
    from vidsynth.people.wearing import put_on_accessories

    new_scene("fast", "cpu")
    shape = body_model().shape(person.body)
    figure = put_on_accessories(
        person, shape, dress(person, shape), upright(person.gait, person.posture, shape)
    )
    moved = figure.pose(shape.vertices) + np.float32([0, 0, 1])
    actor = add_person(person, figure, 1)
    actor.move(moved)
    thing = next(thing for thing in bpy.data.objects if thing.type == "MESH")
    evaluated = thing.evaluated_get(bpy.context.evaluated_depsgraph_get()).data
    places = np.empty(moved.size, np.float32)
    evaluated.vertices.foreach_get("co", places)
    corners = np.empty(figure.triangles.size, np.int32)
    actor.mesh.loops.foreach_get("vertex_index", corners)
    return {
        "moved": np.array_equal(places, moved.ravel()),
        "same triangles": np.array_equal(corners, figure.triangles.ravel()),
        "smooth": all(face.use_smooth for face in actor.mesh.polygons),
        "slots": [f.material_index for f in actor.mesh.polygons] == figure.slots.tolist(),
        "edges": len(actor.mesh.edges) > 0,
        "sound": not actor.mesh.validate(),  # True where it found something to repair
    }


def sites_are_sound() -> bool:
    """Whether Blender finds nothing to repair in any site's meshes."""
    import bpy

    from vidsynth.blender.place import build_place
    from vidsynth.blender.session import new_scene

    found = []
    for site in SITES.values():
        new_scene("fast", "cpu")
        build_place(site(np.random.default_rng(0)))
        found += [mesh.validate() for mesh in bpy.data.meshes]
    return len(found) >= len(SITES) and not any(found)


def held() -> tuple[float, set[str]]:
    """This process's resident memory, MB, and what it loaded that rendering does without."""
    import sys
    from pathlib import Path

    lines = Path("/proc/self/smaps_rollup").read_text().splitlines()
    resident = next(int(line.split()[1]) for line in lines if line.startswith("Rss:")) / 1024
    return resident, {"torch", "anny"} & set(sys.modules)
