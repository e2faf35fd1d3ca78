export const usage = `image-captioner: alt text for images, written on this machine

  caption FILE…            a caption for each picture (- reads a list from stdin; folders and globs too)
    --model ID|DIR  --precision int8|fp32  --alpha auto|drop|white  --format text|json|jsonl  --no-cache
    --prompt T  --num-beams N  --max-new-tokens N  --min-new-tokens N  --length-penalty X
    --early-stopping true|false|never  --repetition-penalty X  --no-repeat-ngram-size N  --bad-words A,B
    --num-return-sequences N  --do-sample [--temperature T --top-k K --top-p P --seed N]
  check PATH…              problems with alt text; no model is needed
    --format stylish|json|sarif|github  --max-warnings N  --rule ID=SEVERITY  --baseline FILE
  write PATH…              inserts alt text where there is none
    --only missing|all  --dry-run  --min-confidence X  --shard I/N  --report FILE  --any-language
    and caption's options
  models list|download|convert|verify|remove|path [ID|DIR]   --revision R  --format json
  ask FILE QUESTION        visual question answering (a BLIP VQA model)   --model ID|DIR
  score FILE TEXT          how well a text fits a picture                 --model ID|DIR
  merge REPORT…            joins the reports of shards
  lsp --stdio              the language server
  --help, --version

Exit codes: 0 fine, 1 problems found or some picture failed, 2 wrong usage, 3 model not usable.
`;
