"""The image backbones by name, and what is known of them besides their code."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from torch import nn

from reid_models import densenet121, mobilenet_v2, osnet, resnet50, slim_resnet18
from reid_models.hucv_reidnet import HUCVReidNet
from reid_models.image_model import ImageModel
from reid_models.pretrained import Rename


@dataclass(frozen=True)
class Architecture:
    """A backbone for images, how it is pooled by default, and where its weights come from.

    ``backbone``    makes it: images ``(N, 3, H, W)`` to maps ``(N, channels, h, w)``;
    ``input_size``  (height, width) in pixels it is meant for;
    ``published``   millions of parameters and 10^9 multiply-additions for one image of that size,
                    without a classifier, as the literature has them;
    ``pooling``     over space and ``temporal``, over frames: names in `reid_models.pooling`;
    ``imagenet``    where its ImageNet weights are;
    ``rename``      a parameter's name in published files, as it is here;
    ``weights``     for people: which published files `--pretrained FILE` takes;
    ``timm``        the name of a model of timm, which then takes the place of ``backbone``;
    ``fc``          width of the fully connected layer after pooling, where it has one by default;
    ``model``       what is made of the backbone.
    """

    backbone: Callable[[], nn.Module] | None
    channels: int | None
    input_size: tuple[int, int]
    title: str = ""
    paper: str = ""
    published: tuple[float, float] | None = None
    stripes: int = 1
    pooling: str = "average"
    temporal: str = "average"
    imagenet: str | None = None
    rename: Rename | None = None
    weights: str = ""
    timm: str | None = None
    fc: int | None = None
    model: type[ImageModel] = ImageModel


# Scaled: torchvision and timm publish multiply-additions for 224x224 pixels.
_PIXELS = 256 * 128 / 224**2

IMAGE: dict[str, Architecture] = {
    "resnet50": Architecture(
        resnet50.resnet50_backbone,
        resnet50.CHANNELS,
        (256, 128),
        title="ResNet-50, last stride 1",
        paper="He et al., CVPR 2016; Luo et al., CVPRW 2019",
        published=(23.5, 4.1),  # torchreid's model zoo, resnet50_fc512 without its last layer
        imagenet=resnet50.IMAGENET,
        weights="torchvision's",
    ),
    "resnet50_ibn_a": Architecture(
        resnet50.resnet50_ibn_a_backbone,
        resnet50.CHANNELS,
        (256, 128),
        title="ResNet-50-IBN-a, last stride 1",
        paper="Pan et al., ECCV 2018",
        published=(23.5, 4.1),  # those of ResNet-50: IBN-a adds nothing
        imagenet=resnet50.IMAGENET_IBN_A,
        rename=resnet50.from_ibn_net,
        weights="github.com/XingangPan/IBN-Net: resnet50_ibn_a-d9d0bb7b.pth",
    ),
    "resnet50_ibn_b_layer3": Architecture(
        resnet50.resnet50_ibn_b_layer3_backbone,
        resnet50.CHANNELS // 2,
        (384, 128),
        title="ResNet-50-IBN-b without its last stage, for maps",
        paper="Pan et al., ECCV 2018; Liao and Shao, ECCV 2020",
        imagenet=resnet50.IMAGENET_IBN_B,
        rename=resnet50.from_ibn_net,
        weights="github.com/XingangPan/IBN-Net: resnet50_ibn_b-9ca61e85.pth",
    ),
    "densenet121": Architecture(
        densenet121.densenet121_backbone,
        densenet121.CHANNELS,
        (256, 128),
        title="DenseNet-121",
        paper="Huang et al., CVPR 2017",
        published=(6.95, 2.834 * _PIXELS),
        imagenet=densenet121.IMAGENET,
        rename=densenet121.from_torchvision_file,
        weights="torchvision's",
    ),
    "mobilenet_v2": Architecture(
        mobilenet_v2.mobilenet_v2_backbone,
        mobilenet_v2.CHANNELS,
        (256, 128),
        title="MobileNetV2",
        paper="Sandler et al., CVPR 2018",
        published=(2.22, 0.300 * _PIXELS),
        imagenet=mobilenet_v2.IMAGENET,
        weights="torchvision's",
    ),
    "hucv_reidnet": Architecture(
        partial(resnet50.resnet50_backbone, last_stride=2),
        resnet50.CHANNELS,
        (256, 128),
        title="HUCVReidNet: ResNet-50 with attention, 1024 features",
        paper="Uner et al., Synthetic18K",
        imagenet=resnet50.IMAGENET,
        weights="torchvision's of ResNet-50",
        fc=1024,
        model=HUCVReidNet,
    ),
    "osnet_x1_0": Architecture(
        osnet.OSNet,
        osnet.CHANNELS,
        (256, 128),
        title="OSNet, width 1",
        paper="Zhou et al., ICCV 2019",
        published=(2.2, 0.98),  # torchreid's model zoo
        weights="torchreid's model zoo: osnet_x1_0 of ImageNet, Market-1501, MSMT17",
    ),
    "vit_small": Architecture(
        None,
        384,
        (256, 128),
        title="ViT-S/16, mean of the patch tokens",
        paper="Dosovitskiy et al., ICLR 2021; Steiner et al., TMLR 2022",
        published=(21.6, 2.93),  # timm's 22.05 and 4.61 with 129 tokens in place of 197
        timm="vit_small_patch16_224",
        weights="timm's vit_small_patch16_224, in safetensors or PyTorch",
    ),
    "slim_resnet18": Architecture(
        slim_resnet18.slim_resnet18,
        slim_resnet18.CHANNELS,
        (128, 64),
        title="ResNet-18 of half the width, IBN-a, four stripes",
        paper="He et al., CVPR 2016; Sun et al., ECCV 2018",
        stripes=4,
    ),
}
