"""A cluster of two nodes renders the same bytes as this process, whatever dies meanwhile."""

import os
import sys
from functools import partial

import pytest

from tests.vidsynth.run.test_local import CONFIG, tree
from tests.vidsynth.shared_sets import paint
from vidsynth.errors import RenderError
from vidsynth.run.build import build
from vidsynth.run.executors.ray import RayExecutor
from vidsynth.run.progress import CropMeter

ray = pytest.importorskip("ray")


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    """Two nodes of a core each; the file that says who has died, for the painters."""
    from ray.cluster_utils import Cluster

    deaths = tmp_path_factory.mktemp("ray") / "deaths"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RAY_USAGE_STATS_ENABLED", "0")
        patch.setenv("PAINTED_DEATHS", str(deaths))
        node = {"num_cpus": 1, "object_store_memory": 80 * 2**20}
        nodes = Cluster(True, head_node_args={**node, "include_dashboard": False})
        nodes.add_node(**node)
        patch.setenv("RAY_ADDRESS", nodes.address)
        ray.init(address=nodes.address, log_to_driver=False)
        yield deaths
        ray.shutdown()
        nodes.shutdown()


def test_two_nodes_write_the_same_bytes(finished, cluster, tmp_path):
    summary = paint(tmp_path / "set", CONFIG, None, executor=RayExecutor)
    assert summary.rendered_crops == finished[1].crops
    assert summary.cpu_seconds > 0
    assert tree(tmp_path / "set") == tree(finished[0])
    assert len(list((tmp_path / "set/logs").glob("worker-*.log"))) >= 2, "both nodes worked"


def test_results_sent_back_are_the_same_bytes_after_ctrl_c_too(
    finished, cluster, tmp_path, monkeypatch
):
    root, back = tmp_path / "set", partial(RayExecutor, shared=False)
    note = CropMeter.note

    def interrupted(meter, event):
        note(meter, event)
        if event.kind == "done":
            raise KeyboardInterrupt

    monkeypatch.setattr(CropMeter, "note", interrupted)
    with pytest.raises(KeyboardInterrupt):
        paint(root, CONFIG, 2, executor=back)
    monkeypatch.setattr(CropMeter, "note", note)
    assert paint(root, CONFIG, 2, executor=back).reused_shots == 1
    assert not list(root.glob("logs/worker-*.log")), "nobody wrote here but this process"
    assert tree(root) == tree(finished[0])


@pytest.mark.parametrize("dying", ["DyingRenderer", "OrphanedRenderer"])
def test_a_dead_worker_does_not_show(finished, cluster, tmp_path, dying, caplog):
    cluster.unlink(missing_ok=True)
    paint(tmp_path / "set", CONFIG, 2, f"painted_renderer:{dying}", executor=RayExecutor)
    assert cluster.exists(), "nobody died"
    assert tree(tmp_path / "set", ("logs", "dataset.json")) == tree(
        finished[0], ("logs", "dataset.json")
    )
    assert ("painted crash" in caplog.text) == (dying == "DyingRenderer")


def test_a_node_with_another_build_is_refused_by_name(cluster, tmp_path, monkeypatch):
    other = {**build(), "source": "newer", "cpu": "x86_64 with SSE4.2"}
    monkeypatch.setattr("vidsynth.run.executors.ray.build", lambda: other)
    said = rf"{os.uname().nodename}: source was newer and is .*cpu was x86_64 with SSE4\.2"
    with pytest.raises(RenderError, match=said):
        paint(tmp_path / "set", CONFIG, 2, executor=RayExecutor)
    assert not (tmp_path / "set").exists()


def test_a_renderer_that_does_not_start_is_named(cluster, tmp_path):
    with pytest.raises(RenderError, match="no paint left"):
        paint(tmp_path / "set", CONFIG, 2, "painted_renderer:MissingRenderer", executor=RayExecutor)
    assert not (tmp_path / "set").exists()


def test_without_ray_one_paragraph_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(RenderError, match=r"pip install .vidsynth-uda\[ray\]"):
        paint(tmp_path / "set", CONFIG, 2, executor=RayExecutor)
    assert not (tmp_path / "set").exists()


def test_a_cluster_that_is_not_there_is_one_paragraph(tmp_path, monkeypatch):
    monkeypatch.setattr(ray, "is_initialized", lambda: False)
    for address, said in (
        ("ray://127.0.0.1:10001", "run the command on a node of the cluster"),
        ("127.0.0.1:1", r"cluster at 127\.0\.0\.1:1, found: .*refused.*unset RAY_ADDRESS"),
    ):
        monkeypatch.setenv("RAY_ADDRESS", address)
        with pytest.raises(RenderError, match=said):
            paint(tmp_path / "set", CONFIG, 2, executor=RayExecutor)
