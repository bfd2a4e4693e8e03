# The Android part: included by the Makefile at the top. Everything comes from the package registries.
MVN := mvn -B -q -f android/pom.xml

.PHONY: test-android android-bindings android-native aar apk api-dump bench-android story

# The Kotlin that calls liblachan.so, from this machine's debug build of it, which has kept its symbols. The same library
# runs under every Kotlin test.
android-bindings: build
	rm -rf android/target/generated/ffi && mkdir -p android/target/generated/ffi
	target/debug/lachan-bindgen target/debug/liblachan.so bindings/kotlin/uniffi.toml android/target/generated/ffi

# Tests on the host JVM with the real core and the real models, two modules at a time, then the packages as an app meets
# them (without the libraries of phones, which `make aar` builds). Maven fetches as it goes: one small test makes it compile
# everything and fetch all that a test needs, then every test runs on that without a network (see scripts/offline). What the
# packages lack for a check is named at the end, with the command that provides it.
test-android: android-bindings models
	$(MVN) -T 2 verify -Dtest=KeyBoxTest -Dsurefire.failIfNoSpecifiedTests=false
	scripts/offline $(MVN) -T 2 -o verify -Dkotlin.compile.phase=none -Dkotlin.test-compile.phase=none
	rm -rf android/build/repo-test
	$(PYTHON) android/tools/package.py --out android/build/repo-test --models models/built
	$(PYTHON) tests/packaging/check_fresh.py
	$(PYTHON) tests/packaging/check_network.py
	$(PYTHON) tests/packaging/check_packages.py android/build/repo-test

# Writes the public API anew after a change that is meant.
api-dump: android-bindings models
	$(MVN) verify -pl lachan,lachan-testing -am -Dtest.args=-Dlachan.api.renew=true -Dtest=PublicApiTest -Dsurefire.failIfNoSpecifiedTests=false

# Figures for docs/benchmarks-android.md: what a call through each door costs, on this machine's JVM. With PROFILE=debug by
# the library of the tests, whose own code is less optimised: nothing is built anew.
PROFILE := release
bench-android: android-bindings models
	$(if $(filter release,$(PROFILE)),cargo build --release -p lachan-kotlin)
	$(MVN) verify -pl lachan -am -Dtest=DoorBench -Dsurefire.failIfNoSpecifiedTests=false -Dnative.host.dir=$(CURDIR)/target/$(PROFILE)
	cat android/lachan/target/doors.md

# The story of a family on two phones as pictures in android/build/story: the companion beside the child's screens, and the
# child's messenger, all over the real core. `make demo` ends with it.
story: android-bindings models
	@command -v mvn >/dev/null || { echo "The story's pictures need Maven and a JDK 17 (see README)." >&2; exit 1; }
	rm -rf android/build/story && mkdir -p android/build/story
	$(MVN) verify -pl ../sample-app/guardian,../sample-app/chat -am -Dtest='vn.lachan.sample.guardian.StoryTest,FollowerTest' -Dsurefire.failIfNoSpecifiedTests=false -Dstory=$(CURDIR)/android/build/story
	@echo "The story of a family in $$(ls android/build/story/*.png | wc -l) pictures: $(CURDIR)/android/build/story"

# Libraries of phones: by an NDK where there is one, else by a toolchain from the registries. Minutes an ABI.
android-native: setup
	android/native/build.sh

# AARs with sources, pages of the API and POMs in a local Maven repository, android/build/repo. What runs
# the libraries of phones here is installed as well; where that cannot be, this fails.
aar: android-bindings models android-native
	$(MVN) verify -DskipTests -Pdocs
	rm -rf android/build/repo
	$(PYTHON) android/tools/package.py --out android/build/repo --native android/target/native --models models/built
	REQUIRED=1 tests/qemu/run.sh
	$(PYTHON) tests/packaging/check_packages.py android/build/repo --everything

# The messenger as a signed APK for arm64, from the AARs that `make aar` has published. AARs of another tree are refused, by
# a sentence that says so (android/tools/fresh.py): building them again takes long, and is somebody's choice.
apk: $(if $(wildcard android/build/repo/vn/lachan/lachan),,aar)
	$(PYTHON) android/tools/apk.py --repo android/build/repo --out android/build/chat.apk
	$(PYTHON) tests/packaging/check_apk.py android/build/chat.apk
