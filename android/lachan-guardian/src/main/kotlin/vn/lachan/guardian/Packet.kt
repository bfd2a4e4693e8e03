package vn.lachan.guardian

import android.net.Uri
import vn.lachan.guardian.internal.Library
import vn.lachan.guardian.internal.orNull
import vn.lachan.guardian.internal.toApi
import vn.lachan.ffi.packetKind

/**
 * What travels between two phones of a family: a signed text, for a QR code, a link, or any channel of the app's.
 *
 * Nothing in a packet is believed before its signature was verified by [ChildPhone] or [GuardianPhone].
 *
 * @sample vn.lachan.guardian.samples.showAndRead
 */
public class Packet private constructor(
    /** What kind it claims to be. */
    public val kind: PacketKind,
    /** The text itself: capital letters, digits and colons. */
    public val text: String,
) {
    /** The same as a link, `lachan:...`, for messengers and e-mail. An app takes it with the scheme `lachan`. */
    public fun toLink(): Uri = Uri.parse(text.lowercase())

    /** The same as bytes. */
    public fun toBytes(): ByteArray = text.toByteArray(Charsets.US_ASCII)

    override fun equals(other: Any?): Boolean = other is Packet && other.text == text

    override fun hashCode(): Int = text.hashCode()

    /** The kind alone: packets have no place in logs. */
    override fun toString(): String = "Packet($kind)"

    public companion object {
        /** Longest text that is read: what the largest QR code holds. */
        public const val LONGEST: Int = 4296

        /** Reads a text or a link; `null` where it is no packet. */
        @JvmStatic
        public fun read(text: String): Packet? {
            val packet = text.trim().uppercase()
            if (packet.length > LONGEST || !Library.isThere) return null
            return orNull { packetKind(packet) }?.let { Packet(it.toApi(), packet) }
        }

        /** Reads a link; `null` where it is no packet. */
        @JvmStatic
        public fun read(link: Uri): Packet? = read(link.toString())

        /** Reads bytes; `null` where they are no packet. */
        @JvmStatic
        public fun read(bytes: ByteArray): Packet? =
            if (bytes.size > LONGEST) null else read(bytes.toString(Charsets.US_ASCII))
    }
}

/** What a packet is for. */
public enum class PacketKind {
    /** A guardian offers to pair: shown by [GuardianPhone.offer], taken by [ChildPhone.pair]. */
    Offer,

    /** The child's phone answers: taken by [GuardianPhone.accept]. */
    Answer,

    /** A policy: taken by [ChildPhone.receivePolicy]. */
    Policy,

    /** The child's phone asks for a yes: taken by [GuardianPhone.approve]. */
    Request,

    /** A guardian's yes: taken by [ChildPhone.redeem]. */
    Approval,

    /** Weekly counts: taken by [GuardianPhone.receiveCounts]. */
    Counts,
}
