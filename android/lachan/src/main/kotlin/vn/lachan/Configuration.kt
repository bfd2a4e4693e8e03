package vn.lachan

import java.io.File

/** What [LaChan.open] is told. Everything has a default except for whom the protection is. */
public class Configuration internal constructor() {
    /** Age band of the child. Puts [Policy.forAge] in force, unless [policy] is set: for where the family agreed to that. */
    public var ageBand: AgeBand? = null

    /** The rules in force from the beginning. With neither this nor [ageBand] nothing runs: [Policy.Off]. */
    public var policy: Policy? = null

    /** Where the models are: by default in the assets that `lachan-models` brings. */
    public var models: ModelSource = ModelSource.Assets()

    /** Whose signatures count for models and lists. */
    public var trust: TrustedKeys = TrustedKeys.Development

    /**
     * The signed root document of the list of known images that the app trusts, as its publisher gave it
     * (`root.1.json`). It counts until a list is installed; from then on the list's own succession of roots does. Without
     * one no list is installed or asked.
     */
    public var knownListRoot: ByteArray? = null

    /** Most checks that run at the same time; the others wait. Each takes a core and up to 200 MB at the worst. */
    public var maxConcurrentChecks: Int = 2

    /**
     * Recognise the printed test marker, so that every warning can be met without real material. Leave it off in what
     * you release: with it, whoever can draw the marker can make a warning appear.
     */
    public var testMode: Boolean = false

    /** Load the picture models when opening rather than at the first check of a picture. */
    public var warmUp: Boolean = true

    /** Where the SDK's few lines go; nowhere by default. */
    public var logger: Logger? = null

    internal fun effectivePolicy(): Policy = policy ?: ageBand?.let(Policy::forAge) ?: Policy.Off
}

/** Where the models are. */
public sealed interface ModelSource {
    /** In the APK's assets, copied once to the app's private files: compressed assets cannot be read in place. */
    public data class Assets @JvmOverloads constructor(
        /** Folder in the assets. */
        public val folder: String = "lachan/models",
    ) : ModelSource

    /** In a folder that the app keeps, a folder a bundle. */
    public data class Folder(
        /** The folder. It must not change while it is used; install updates with [LaChan.installModel]. */
        public val folder: File,
    ) : ModelSource

    /**
     * There are none: pictures and conversations are [NotCheckedReason.ModelUnavailable]; known images are still looked
     * for where there is a list.
     */
    public data object None : ModelSource
}

/** Ed25519 public keys that must have signed models and lists. */
public data class TrustedKeys @JvmOverloads constructor(
    /** The keys, 64 hex digits each. */
    public val keys: List<String>,
    /** How many of them must have signed. */
    public val threshold: Int = 1,
) {
    public companion object {
        /** The key in the source tree, which everybody has: for development alone. */
        @JvmField
        public val Development: TrustedKeys = TrustedKeys(emptyList())
    }
}
