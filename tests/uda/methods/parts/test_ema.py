"""The teacher starts as the student, follows weights and buffers, and is never reset."""

from __future__ import annotations

import torch
from torch import nn

from uda.methods.parts.ema import MeanTeacher


def student() -> nn.Module:
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4))


def test_starts_as_the_student() -> None:
    model = student()
    teacher = MeanTeacher(model)
    for name, tensor in model.state_dict().items():
        assert torch.equal(teacher.model.state_dict()[name], tensor), name
    assert not any(parameter.requires_grad for parameter in teacher.parameters())


def test_follows_weights_and_buffers_as_a_slow_average_would() -> None:
    model = student()
    teacher = MeanTeacher(model, decay=0.8)
    slow = {name: tensor.double().clone() for name, tensor in model.state_dict().items()}
    for step in range(1, 12):
        model(torch.randn(5, 3))  # moves the running statistics
        with torch.no_grad():
            for parameter in model.parameters():
                parameter += torch.randn_like(parameter)
        teacher.update(model)
        decay = min(1 - 1 / (step + 1), 0.8)
        for name, tensor in model.state_dict().items():
            slow[name] = decay * slow[name] + (1 - decay) * tensor.double()
    mine = teacher.model.state_dict()
    for name in ("0.weight", "0.bias", "1.weight", "1.running_mean", "1.running_var"):
        torch.testing.assert_close(mine[name].double(), slow[name], rtol=1e-5, atol=1e-6)
    assert mine["1.num_batches_tracked"] == 11
    assert not torch.equal(mine["1.running_mean"], torch.zeros(4))


def test_looking_does_not_move_its_statistics_and_its_step_is_kept() -> None:
    model = student()
    teacher = MeanTeacher(model)
    teacher.train()
    before = {name: tensor.clone() for name, tensor in teacher.model.state_dict().items()}
    teacher(torch.randn(5, 3))
    for name, tensor in before.items():
        assert torch.equal(teacher.model.state_dict()[name], tensor)
    teacher.update(model)
    continued = MeanTeacher(student())
    continued.load_state_dict(teacher.state_dict())
    assert int(continued.step) == 1


def test_all_tensors_at_once_are_what_each_alone_would_be() -> None:
    model = student()
    teacher = MeanTeacher(model)
    alone = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    for step in range(1, 4):
        model(torch.randn(5, 3))
        with torch.no_grad():
            for parameter in model.parameters():
                parameter += torch.randn_like(parameter)
        teacher.update(model)
        for name, tensor in model.state_dict().items():
            if tensor.is_floating_point():
                alone[name].lerp_(tensor, 1 - min(1 - 1 / (step + 1), 0.99))
            else:
                alone[name].copy_(tensor)
    for name, tensor in teacher.model.state_dict().items():
        assert torch.equal(tensor, alone[name]), name
