"""Writes a checkpoint of BLIP-base's size with random weights (the hub's shapes and keys), and pictures to caption.

    python make_checkpoint.py .work

The weights are wide enough that the twelve layers do something; the text is noise.
"""
import json
import sys
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from tokenizers import BertWordPieceTokenizer
from transformers import BertTokenizerFast, BlipConfig, BlipForConditionalGeneration, BlipImageProcessor, BlipProcessor

SEED = 20
VOCABULARY = 30522  # BERT's; [DEC] and [ENC] follow


def config() -> BlipConfig:
    return BlipConfig(
        text_config=dict(
            vocab_size=VOCABULARY + 2, hidden_size=768, encoder_hidden_size=768, intermediate_size=3072,
            num_hidden_layers=12, num_attention_heads=12, max_position_embeddings=512,
            bos_token_id=VOCABULARY, eos_token_id=2, sep_token_id=102, pad_token_id=0,
        ),
        vision_config=dict(
            hidden_size=768, intermediate_size=3072, num_hidden_layers=12, num_attention_heads=12,
            image_size=384, patch_size=16,
        ),
        image_text_hidden_size=256,
        projection_dim=512,
    )


def fill(model: BlipForConditionalGeneration) -> None:
    random = torch.Generator().manual_seed(SEED)
    with torch.no_grad():
        for name, parameter in sorted(model.named_parameters()):
            noise = torch.randn(parameter.shape, generator=random)
            if parameter.dim() > 1:
                parameter.copy_(noise * (0.08 if "patch_embedding" in name else 0.03))
            elif "norm" in name.lower() and name.endswith("weight"):
                parameter.copy_(1 + 0.1 * noise)
            else:
                parameter.copy_(0.02 * noise)


def tokenizer(folder: Path) -> BertTokenizerFast:
    words = ["[PAD]"] + [f"[unused{i}]" for i in range(99)] + ["[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    words += [f"word{i}" for i in range(VOCABULARY - len(words))]
    vocabulary = folder / "vocab.txt"
    vocabulary.write_text("\n".join(words) + "\n")
    return BertTokenizerFast(tokenizer_object=BertWordPieceTokenizer(str(vocabulary), lowercase=True)._tokenizer)


def pictures(folder: Path) -> None:
    """Eight JPEGs of 1024 by 768 pixels: soft shapes with some grain, which decode like photographs."""
    folder.mkdir(exist_ok=True)
    random = np.random.default_rng(SEED)
    for index in range(8):
        coarse = Image.fromarray(random.integers(0, 256, (12, 16, 3), dtype=np.uint8)).resize((1024, 768), Image.BICUBIC)
        grain = random.normal(0, 12, (768, 1024, 3))
        pixels = np.clip(np.asarray(coarse) + grain, 0, 255).astype(np.uint8)
        Image.fromarray(pixels).save(folder / f"{index}.jpg", quality=90)


def main() -> None:
    work = Path(sys.argv[1])
    folder = work / "blip-base-random"
    folder.mkdir(parents=True, exist_ok=True)
    model = BlipForConditionalGeneration(config())
    fill(model)
    model.save_pretrained(folder)
    BlipProcessor(BlipImageProcessor(), tokenizer(folder)).save_pretrained(folder)
    (folder / "preprocessor_config.json").write_text(json.dumps(BlipImageProcessor().to_dict(), indent=1))
    pictures(work / "pictures")


main()
