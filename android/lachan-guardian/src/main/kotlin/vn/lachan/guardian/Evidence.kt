package vn.lachan.guardian

import java.security.SecureRandom
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.withContext
import vn.lachan.Direction
import vn.lachan.ffi.ChosenItem
import vn.lachan.ffi.DeliveryHook
import vn.lachan.ffi.PackedItem
import vn.lachan.ffi.PreparedReport
import vn.lachan.ffi.PreviewOfReport
import vn.lachan.ffi.evidenceManifest
import vn.lachan.ffi.openEvidence
import vn.lachan.ffi.sealEvidence
import vn.lachan.guardian.internal.Library
import vn.lachan.guardian.internal.outcome
import vn.lachan.guardian.internal.toApi
import vn.lachan.guardian.internal.toFfi
import vn.lachan.internal.toApi
import vn.lachan.internal.toFfi

/** What an item of an evidence pack is. */
public enum class EvidenceKind {
    /** A picture or a screenshot. */
    Picture,

    /** A message's text, UTF-8. */
    Message,

    /** The name or number of an account. */
    Account,

    /** Any other file. */
    File,

    /** A picture on a list of known abuse images: its digest goes in, its content never. */
    KnownImage,
}

/** Something that the child, or an adult with it, chose to keep. The SDK chooses nothing by itself. */
public class Chosen @JvmOverloads constructor(
    /** What it is. */
    public val kind: EvidenceKind,
    /** Which way it travelled. */
    public val direction: Direction,
    /** When it arrived or was sent, in milliseconds since 1970. */
    public val atMillis: Long,
    /** Its bytes. */
    public val content: ByteArray,
    /** Whether the content goes in, or its digest alone. */
    public val include: Boolean = true,
)

/** A line of a pack, for a person to look at. */
public class EvidenceItem internal constructor(
    /** What it is. */
    public val kind: EvidenceKind,
    /** Which way it travelled. */
    public val direction: Direction,
    /** When it arrived or was sent, in milliseconds since 1970. */
    public val atMillis: Long,
    /** SHA-256 of its content in hex. */
    public val sha256: String,
    /** Bytes of its content. */
    public val bytes: Long,
    /** Whether the content is in the pack. */
    public val included: Boolean,
    /** The content, in a pack that was opened. */
    public val content: ByteArray?,
)

/** A sealed file of what was chosen, with digests and times. Shared by the system's own share sheet. */
public class EvidencePack internal constructor(
    /** The file. */
    public val bytes: ByteArray,
    /** 24 syllables that open it: told apart from the file. */
    public val words: List<String>,
) {
    public companion object {
        /** A test puts its own in, so that pictures of screens look the same each time. */
        internal var random: () -> SecureRandom = ::SecureRandom

        /** What a pack of [chosen] would hold, before anything is sealed. */
        @JvmStatic
        public suspend fun preview(chosen: List<Chosen>, madeMillis: Long): Outcome<List<EvidenceItem>> = apart {
            evidenceManifest(chosen.map { it.toFfi() }, (madeMillis / 1000).toULong()).map { it.toApi() }
        }

        /** Seals what was chosen under fresh words. */
        @JvmStatic
        public suspend fun seal(chosen: List<Chosen>, madeMillis: Long): Outcome<EvidencePack> = apart {
            val random = random()
            fun fresh() = ByteArray(32).also(random::nextBytes)
            val pack = sealEvidence(chosen.map { it.toFfi() }, (madeMillis / 1000).toULong(), fresh(), fresh())
            EvidencePack(pack.bytes, pack.words)
        }

        /** Opens a pack and compares every content with its digest. */
        @JvmStatic
        public suspend fun open(bytes: ByteArray, words: String): Outcome<List<EvidenceItem>> =
            apart { openEvidence(bytes, words).map { it.toApi() } }
    }
}

/**
 * A report that waits for a person to start it: to the app's own trust desk, to 111, or to the VN-COP form. The SDK sends
 * nothing; the app's [Delivery] does.
 */
public class FamilyReport private constructor(
    /** All that would be sent. */
    public val preview: Preview,
    private val prepared: PreparedReport,
) {
    /** All that would be sent, for a person to look at. */
    public class Preview internal constructor(
        /** Whom it goes to, by the key of a help contact. */
        public val recipient: String,
        /** What the person wrote. */
        public val message: String,
        /** What is in the pack. */
        public val items: List<EvidenceItem>,
        /** Size of the pack in bytes; 0 without one. */
        public val packBytes: Long,
        internal val digest: String,
    )

    /** The app's own way to deliver. */
    public fun interface Delivery {
        /** Hands over what a person looked at and decided to send; `false` where it did not get there. */
        public fun deliver(preview: Preview, pack: ByteArray?): Boolean
    }

    /** Sends it after a person looked at [preview]. It is used up by it. */
    public suspend fun send(delivery: Delivery): Outcome<Unit> = apart {
        prepared.send(preview.digest, object : DeliveryHook {
            override fun deliver(preview: PreviewOfReport, pack: ByteArray?): Boolean = delivery.deliver(preview.toApi(), pack)
        })
    }

    public companion object {
        /** Prepares a report. A [pack] is opened once, so that the preview shows what is really in it. */
        @JvmStatic
        @JvmOverloads
        public suspend fun prepare(recipient: String, message: String, pack: EvidencePack? = null): Outcome<FamilyReport> = apart {
            val prepared = PreparedReport(recipient, message, pack?.bytes, pack?.words.orEmpty().joinToString(" "))
            FamilyReport(prepared.preview().toApi(), prepared)
        }
    }
}

private suspend fun <T> apart(call: () -> T): Outcome<T> = withContext(Dispatchers.IO) {
    if (Library.isThere) outcome(call) else Library.REFUSED
}

private fun Chosen.toFfi() = ChosenItem(kind.toFfi(), direction.toFfi(), (atMillis / 1000).toULong(), content, include)

private fun PackedItem.toApi() =
    EvidenceItem(kind.toApi(), direction.toApi(), at.toLong() * 1000, sha256, bytes.toLong(), included, content)

private fun PreviewOfReport.toApi() =
    FamilyReport.Preview(recipient, message, items.map { it.toApi() }, packBytes.toLong(), digest)
