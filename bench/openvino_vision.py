"""The vision part on OpenVINO in int8 (NNCF's quantisation for transformers), as a worker that takes JSON lines.

    python openvino_vision.py CHECKPOINT PICTURES WORK

It converts and quantises once into WORK/openvino-int8, writes {"ready": true}, then answers each line
    {"vision": path} → {"ms": the vision part alone}
    {"memory": true} → {"peakMb": most resident memory so far}
"""
import json
import resource
import sys
import time
from pathlib import Path

import numpy as np
import openvino as ov
from PIL import Image

MEAN = np.array([0.48145466, 0.4578275, 0.40821073], dtype=np.float32)
STD = np.array([0.26862954, 0.26130258, 0.27577711], dtype=np.float32)


def pixels(path):
    image = np.asarray(Image.open(path).convert("RGB").resize((384, 384), Image.BICUBIC), dtype=np.float32)
    return ((image / 255 - MEAN) / STD).transpose(2, 0, 1)[None].copy()


def quantised(checkpoint, pictures, target):
    import nncf
    import torch
    from transformers import BlipForConditionalGeneration

    vision = BlipForConditionalGeneration.from_pretrained(checkpoint).vision_model.eval()

    class Embeds(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.vision = vision

        def forward(self, pixel_values):
            return self.vision(pixel_values)[0]

    with torch.no_grad():
        model = ov.convert_model(Embeds(), example_input=torch.zeros(1, 3, 384, 384), input=[1, 3, 384, 384])
    samples = nncf.Dataset(sorted(Path(pictures).iterdir()), pixels)
    model = nncf.quantize(model, samples, model_type=nncf.ModelType.TRANSFORMER, subset_size=8)
    ov.save_model(model, target)


def main():
    checkpoint, pictures, work = sys.argv[1:]
    target = Path(work) / "openvino-int8" / "vision.xml"
    if not target.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        quantised(checkpoint, pictures, target)
    compiled = ov.Core().compile_model(target, "CPU", {"PERFORMANCE_HINT": "LATENCY"})
    request = compiled.create_infer_request()
    print(json.dumps({"ready": True}), flush=True)
    for line in sys.stdin:
        asked = json.loads(line)
        if "memory" in asked:
            print(json.dumps({"peakMb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}), flush=True)
            continue
        inputs = pixels(asked["vision"])
        start = time.perf_counter()
        request.infer([inputs])
        print(json.dumps({"ms": (time.perf_counter() - start) * 1000}), flush=True)


main()
