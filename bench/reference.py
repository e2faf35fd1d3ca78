"""The other side of the bench: Hugging Face Transformers on PyTorch, as a worker that takes JSON lines.

    python reference.py VARIANT CHECKPOINT [PICTURE]        VARIANT: fp32, bf16 or int8-sdpa

It writes {"ready": true} once the model is loaded and PICTURE captioned, where one is given, then answers each line:
    {"pictures": [path, ...], "beams": n}   → {"ms": wall time from the files to the captions, "captions": [...]}
    {"vision": path}                        → {"ms": the vision part alone}
    {"memory": true}                        → {"peakMb": most resident memory so far}
"""
import json
import resource
import sys
import time

import torch
from PIL import Image
from transformers import BlipForConditionalGeneration, BlipProcessor
from transformers.models.blip import modeling_blip, modeling_blip_text

NEW_TOKENS = 10


def sdpa_vision(self, hidden_states, **_):
    batch, length, width = hidden_states.size()
    qkv = self.qkv(hidden_states).reshape(batch, length, 3, self.num_heads, width // self.num_heads).permute(2, 0, 3, 1, 4)
    context = torch.nn.functional.scaled_dot_product_attention(qkv[0], qkv[1], qkv[2])
    return self.projection(context.transpose(1, 2).reshape(batch, length, width)), None


def sdpa_text(self, hidden_states, attention_mask=None, encoder_hidden_states=None, encoder_attention_mask=None,
              past_key_values=None, **_):
    """As BlipTextSelfAttention.forward, with PyTorch's fused attention in place of the two products."""
    heads = (*hidden_states.shape[:-1], -1, self.attention_head_size)
    query = self.query(hidden_states).view(heads).transpose(1, 2)
    cross = encoder_hidden_states is not None
    mask = encoder_attention_mask if cross else attention_mask
    cache, updated = past_key_values, False
    if past_key_values is not None and hasattr(past_key_values, "cross_attention_cache"):
        updated = past_key_values.is_updated.get(self.layer_idx)
        cache = past_key_values.cross_attention_cache if cross else past_key_values.self_attention_cache
    if cross and updated:
        key, value = cache.layers[self.layer_idx].keys, cache.layers[self.layer_idx].values
    else:
        states = encoder_hidden_states if cross else hidden_states
        shape = (*states.shape[:-1], -1, self.attention_head_size)
        key, value = (part(states).view(shape).transpose(1, 2) for part in (self.key, self.value))
        if cache is not None:
            key, value = cache.update(key, value, self.layer_idx)
            if cross and updated is not None:
                past_key_values.is_updated[self.layer_idx] = True
    context = torch.nn.functional.scaled_dot_product_attention(query, key, value, attn_mask=mask)
    return context.transpose(1, 2).reshape(*hidden_states.shape[:-1], self.all_head_size), None


def load(variant, checkpoint):
    if variant == "int8-sdpa":
        modeling_blip.BlipAttention.forward = sdpa_vision
        modeling_blip_text.BlipTextSelfAttention.forward = sdpa_text
    dtype = torch.bfloat16 if variant == "bf16" else torch.float32
    model = BlipForConditionalGeneration.from_pretrained(checkpoint, dtype=dtype).eval()
    if variant == "int8-sdpa":
        from torch.ao.quantization import quantize_dynamic

        model = quantize_dynamic(model, {torch.nn.Linear}, dtype=torch.qint8)
    return model, BlipProcessor.from_pretrained(checkpoint), dtype


def main():
    variant, checkpoint, *first = sys.argv[1:]
    model, processor, dtype = load(variant, checkpoint)

    def pixels(paths):
        return processor(images=[Image.open(path).convert("RGB") for path in paths], return_tensors="pt").to(dtype)

    def caption(request):
        inputs = pixels(request["pictures"])
        ids = model.generate(**inputs, num_beams=request["beams"], do_sample=False, min_new_tokens=NEW_TOKENS,
                             max_new_tokens=NEW_TOKENS)
        return {"captions": processor.batch_decode(ids, skip_special_tokens=True), "ids": ids.tolist()}

    def vision(request):
        inputs = pixels([request["vision"]])
        start = time.perf_counter()
        model.vision_model(inputs["pixel_values"])
        return {"ms": (time.perf_counter() - start) * 1000}

    with torch.inference_mode():
        if first:
            caption({"pictures": first, "beams": 1})
        print(json.dumps({"ready": True, "threads": torch.get_num_threads()}), flush=True)
        for line in sys.stdin:
            request = json.loads(line)
            start = time.perf_counter()
            if "pictures" in request:
                answer = caption(request)
            elif "vision" in request:
                answer = vision(request)
            else:
                answer = {"peakMb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}
            print(json.dumps({"ms": (time.perf_counter() - start) * 1000, **answer}), flush=True)


main()
