"""Published models of video person re-identification, by name."""

from reid_models.video import c2d, sinet
from reid_models.video.architecture import VideoArchitecture
from reid_models.video.original import load_original
from reid_models.video.video_resnet import VideoResNet50

VIDEO: dict[str, VideoArchitecture] = {
    "c2d": c2d.ARCHITECTURE,
    "sinet": sinet.SINET,
    "sbnet": sinet.SBNET,
    "idnet": sinet.IDNET,
}

__all__ = ["VIDEO", "VideoArchitecture", "VideoResNet50", "load_original"]
