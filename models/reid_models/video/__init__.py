"""Published models of video person re-identification, by name."""

from reid_models.video import ap3d, c2d, psta, sinet, tclnet
from reid_models.video.architecture import VideoArchitecture
from reid_models.video.original import load_original
from reid_models.video.video_resnet import VideoResNet50

VIDEO: dict[str, VideoArchitecture] = {
    "c2d": c2d.ARCHITECTURE,
    "sinet": sinet.SINET,
    "sbnet": sinet.SBNET,
    "idnet": sinet.IDNET,
    "ap3d": ap3d.AP3D,
    "ap3d_nl": ap3d.AP3D_NL,
    "tclnet": tclnet.ARCHITECTURE,
    "psta": psta.ARCHITECTURE,
}

__all__ = ["VIDEO", "VideoArchitecture", "VideoResNet50", "load_original"]
