"""Distances are as exact as float32, whatever a run lets its network compute with."""

from __future__ import annotations

import torch

from uda.exact import exact_products


def test_neither_half_precision_nor_tf32_inside() -> None:
    torch.manual_seed(0)
    features = torch.nn.functional.normalize(torch.randn(8, 64), dim=1)
    before = torch.get_float32_matmul_precision()
    torch.set_float32_matmul_precision("high")
    try:
        with torch.autocast("cpu", torch.bfloat16):
            coarse = features @ features.T
            with exact_products(features.device):
                fine = features @ features.T
                assert torch.get_float32_matmul_precision() == "highest"
            assert (features @ features.T).dtype == torch.bfloat16
        assert torch.get_float32_matmul_precision() == "high"
    finally:
        torch.set_float32_matmul_precision(before)
    assert coarse.dtype == torch.bfloat16
    exact = features.double() @ features.double().T
    torch.testing.assert_close(fine.double(), exact, rtol=0, atol=1e-6)
