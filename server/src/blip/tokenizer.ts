/** Text ↔ token ids: WordPiece through Hugging Face's tokenizer library, with the files a BLIP checkpoint brings. */
import { Tokenizer as HuggingFaceTokenizer } from '@huggingface/tokenizers';
import { join } from 'node:path';
import * as v from 'valibot';
import { readJson, readText } from './checkpoint/jsonFile.ts';
import { invalidCheckpoint } from './checkpoint/modelFaults.ts';

export interface Tokenizer {
  /** Text → ids; `special` puts [CLS] before and [SEP] behind them. */
  encode(text: string, special: boolean): number[];
  /** Ids → text, without special tokens. Ids that the tokenizer does not know (BLIP's decoder start) are nothing. */
  decode(ids: readonly number[]): string;
  /** One token as it stands in the vocabulary, e.g. "##ing"; '' where it has none. */
  token(id: number): string;
  /** What stands for a word that the vocabulary cannot write. */
  readonly unknownToken: number;
}

const TokenizerConfig = v.object({
  do_lower_case: v.optional(v.boolean(), true),
  strip_accents: v.nullish(v.boolean()),
  tokenize_chinese_chars: v.optional(v.boolean(), true),
  clean_up_tokenization_spaces: v.nullish(v.boolean()),
});
type TokenizerConfig = v.InferOutput<typeof TokenizerConfig>;

const specialTokens = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]'];

/** @throws BlipError CheckpointInvalid where the model has neither tokenizer.json nor vocab.txt. */
export async function loadTokenizer(folder: string): Promise<Tokenizer> {
  const config =
    (await readJson(join(folder, 'tokenizer_config.json'), TokenizerConfig)) ?? v.parse(TokenizerConfig, {});
  const definition =
    (await readJson(join(folder, 'tokenizer.json'), v.looseObject({ model: v.looseObject({}) }))) ??
    (await definitionFromVocabulary(folder, config));
  try {
    return wrap(new HuggingFaceTokenizer(definition, config), config.clean_up_tokenization_spaces ?? false);
  } catch (error) {
    throw invalidCheckpoint(`The tokenizer of the model in ${folder} is not usable: ${(error as Error).message}`);
  }
}

function wrap(tokenizer: HuggingFaceTokenizer, cleanUp: boolean): Tokenizer {
  return {
    encode: (text, special) => tokenizer.encode(text, { add_special_tokens: special }).ids,
    decode: (ids) => {
      const known = ids.filter((id) => tokenizer.id_to_token(id) !== undefined);
      if (known.length === 0) return '';
      return tokenizer.decode(known, { skip_special_tokens: true, clean_up_tokenization_spaces: cleanUp });
    },
    token: (id) => tokenizer.id_to_token(id) ?? '',
    unknownToken: tokenizer.token_to_id('[UNK]') ?? -1,
  };
}

/** What Transformers' BertTokenizer makes of a vocab.txt, one token a line. */
async function definitionFromVocabulary(folder: string, config: TokenizerConfig): Promise<object> {
  const text = await readText(join(folder, 'vocab.txt'));
  if (text === null) {
    throw invalidCheckpoint(`The model in ${folder} has no tokenizer: neither tokenizer.json nor vocab.txt`);
  }
  const tokens = text.replace(/\r?\n$/, '').split(/\r?\n/);
  const vocab = Object.fromEntries(tokens.map((token, id) => [token, id]));
  for (const token of ['[UNK]', '[CLS]', '[SEP]']) {
    if (vocab[token] === undefined) throw invalidCheckpoint(`vocab.txt of the model in ${folder} has no ${token}`);
  }
  const added = specialTokens.filter((token) => vocab[token] !== undefined);
  const special = (token: string) => ({ id: token, ids: [vocab[token]], tokens: [token] });
  return {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: added.map((content) => ({
      id: vocab[content],
      content,
      single_word: false,
      lstrip: false,
      rstrip: false,
      normalized: false,
      special: true,
    })),
    normalizer: {
      type: 'BertNormalizer',
      clean_text: true,
      handle_chinese_chars: config.tokenize_chinese_chars,
      strip_accents: config.strip_accents ?? null,
      lowercase: config.do_lower_case,
    },
    pre_tokenizer: { type: 'BertPreTokenizer' },
    post_processor: {
      type: 'TemplateProcessing',
      single: [
        { SpecialToken: { id: '[CLS]', type_id: 0 } },
        { Sequence: { id: 'A', type_id: 0 } },
        { SpecialToken: { id: '[SEP]', type_id: 0 } },
      ],
      pair: [],
      special_tokens: { '[CLS]': special('[CLS]'), '[SEP]': special('[SEP]') },
    },
    decoder: { type: 'WordPiece', prefix: '##', cleanup: true },
    model: {
      type: 'WordPiece',
      unk_token: '[UNK]',
      continuing_subword_prefix: '##',
      max_input_chars_per_word: 100,
      vocab,
    },
  };
}
