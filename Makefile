# Two commands do everything on a fresh machine: `make demo` shows the product at work, `make test` proves it.
# One build profile serves both, so that the inference engine is compiled once.

LACHAN := target/debug/lachan
PYTHON := .cache/python/bin/python
MODELS := models/built/owen-s/bundle.json models/built/open-nsfw/bundle.json models/built/text/bundle.json
TEXT_PYTHON := .cache/text-python/bin/python

.PHONY: demo test test-offline setup build models eval-images train-text eval-text bench ledger fuzz soak lint supply-chain clean

demo: build models
	scripts/demo
	$(MAKE) --no-print-directory story

# Everything is built first; the Rust tests and the pictures' evaluation then run without a network (see scripts/offline), and
# so do the Kotlin tests, last, once Maven has fetched what they need.
test: build models lint
	scripts/shipped.py table
	scripts/rust_api
	cargo test --workspace --no-run
	scripts/offline cargo test --workspace --offline
	scripts/offline $(PYTHON) models/eval_images.py --lachan $(LACHAN)
	$(MAKE) test-android

# As `make test`, but where the system does not allow to take the network away, this fails instead of saying so.
test-offline: export OFFLINE := required
test-offline: test

setup:
	scripts/setup

build: setup
	cargo build --workspace

models: $(MODELS)

# The fetched weights are pinned by digest in each manifest; packing is done again when a manifest changes.
models/built/%/bundle.json: models/%/manifest.json | build
	$(LACHAN) model pack .cache/models/$*.onnx models/$*/manifest.json --out models/built/$*

# The text weights are trained from the corpus and committed: only `make train-text` needs the everyday text in DATA. With
# CHECKPOINTS=DIR it goes on where it was cut off.
DATA := ../shared/data
models/built/text/bundle.json: models/text/manifest.json models/text/weights/text.weights | build
	$(LACHAN) model pack-text models/text/weights/text.weights models/text/manifest.json --out models/built/text

.cache/text-python/installed: models/text/requirements.txt
	python3 -m venv .cache/text-python
	$(TEXT_PYTHON) -m pip install --quiet --disable-pip-version-check -r $<
	touch $@

train-text: .cache/text-python/installed
	cargo build --release -p lachan-cli --no-default-features
	$(TEXT_PYTHON) models/text/train.py --lachan target/release/lachan --data $(DATA) $(if $(CHECKPOINTS),--checkpoints $(CHECKPOINTS))

eval-text: .cache/text-python/installed models
	cargo build --release -p lachan-cli --no-default-features
	$(TEXT_PYTHON) models/text/eval.py --lachan target/release/lachan --data $(DATA) $(if $(CURVE),--curve)

lint:
	python3 models/text/tools/corpus.py check models/text/corpus >/dev/null
	scripts/architecture.py
	python3 tests/scripts/check_architecture.py
	python3 tests/scripts/check_corpus.py
	python3 tests/ledger/check_ledger.py
	python3 tests/ledger/ledger.py check
	cargo fmt --all --check
	cargo clippy --workspace --all-targets -- -D warnings

eval-images: build models
	$(PYTHON) models/eval_images.py --lachan $(LACHAN)

# Figures for docs/benchmarks.md: parts by criterion, and the peers beside this project in one run. WRITE=1 renews its table.
bench: setup models
	cargo bench -p lachan --no-default-features --bench pictures -- --quick
	cargo build --release -p lachan-cli
	$(PYTHON) tests/bench/image_peers.py --lachan target/release/lachan $(if $(WRITE),--write)

# What this version weighs and how fast it is, into docs/ledger with its plots and into docs/sizes.md: sizes of the AARs that
# `make aar` packed (of another tree they are refused), ratios of docs/benchmarks.md. All of it anew: `make aar bench ledger WRITE=1`.
ledger: setup
	$(PYTHON) tests/ledger/ledger.py sizes --write
	$(PYTHON) tests/ledger/ledger.py speed --write

# Licences, doubles, sources and advisories of every dependency. The advisories' database is fetched.
.cache/tools/bin/cargo-deny:
	cargo install --quiet --locked --root .cache/tools cargo-deny --version 0.20.2

supply-chain: .cache/tools/bin/cargo-deny
	scripts/shipped.py table
	$< check licenses bans sources
	$< check advisories

fuzz:
	tests/fuzz/run $(or $(MINUTES),1)

-include android/android.mk

# A day of mixed load: 10 million messages, 100,000 pictures, 1,000 list updates.
soak: models
	LACHAN_SOAK=1 CARGO_PROFILE_DEV_OPT_LEVEL=3 cargo test --workspace --test soak -- --nocapture

clean:
	cargo clean
	rm -rf models/built .cache
