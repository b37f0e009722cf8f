"""All back ends, by name; what is heavy is imported when one is made."""

from ..back_end import BackEnd


def _gliner2() -> BackEnd:
    from .gliner2 import Gliner2

    return Gliner2()


def _hf_lora() -> BackEnd:
    from .hf_lora import HfLora

    return HfLora()


def _tinker() -> BackEnd:
    from .tinker_lora import TinkerLora

    return TinkerLora()


back_ends = {"gliner2": _gliner2, "hf-lora": _hf_lora, "tinker": _tinker}
