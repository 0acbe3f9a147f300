from tests.vidsynth.painted_renderer import PaintedRenderer
from vidsynth.config import BoxConfig, MotionConfig, TrackletConfig
from vidsynth.planning.tracklets import TrackletPlan
from vidsynth.run.production import Production


def test_a_tracklet_says_how_its_person_moves(tmp_path):
    motion = MotionConfig(run_share=0.5, stand_share=0.5, group_share=0)
    plan = TrackletPlan(TrackletConfig(identities=12, cameras=2, sites=("plaza",), motion=motion))
    renderer = PaintedRenderer("fast", "cpu", BoxConfig())
    tracklets = Production(plan).shoot(0, renderer, tmp_path, lambda: None)["tracklets"]
    planned = {w.person.person_id: w.manner for w in plan.shot(0).walkers}
    assert tracklets
    assert {t["motion"] for t in tracklets} <= {"walk", "run", "stand"}
    assert all(t["motion"] == planned[t["person_id"]] for t in tracklets)
