package vn.lachan.guardian

import java.io.ByteArrayOutputStream
import java.io.File
import java.nio.ByteBuffer
import java.nio.ByteOrder
import javax.crypto.Cipher
import javax.crypto.spec.GCMParameterSpec
import javax.crypto.spec.SecretKeySpec
import vn.lachan.guardian.internal.Surroundings
import vn.lachan.internal.Key
import vn.lachan.internal.hmac

/**
 * What lies in the files of this folder, opened with its key: whoever searches what is sealed finds nothing, whatever is in it.
 * The core opens them by `rust-core/src/vault`, and has no door for it; here are the few lines of it that a search needs.
 */
internal fun Surroundings.opened(): Map<String, String> {
    val key = (keys.existing() as Key.There).bytes
    return folder.listFiles().orEmpty().filter { it.isFile }.associate { it.name to opened(it, key).toString(Charsets.UTF_8) }
}

private const val HEADER_BYTES = 56
private const val SALT_AT = 24
private const val PIECE_BYTES = (64 shl 10) + 16

private fun opened(file: File, key: ByteArray): ByteArray {
    val header = ByteArray(HEADER_BYTES)
    val out = ByteArrayOutputStream()
    file.inputStream().use { input ->
        check(input.read(header) == HEADER_BYTES)
        val ofFile = derived(derived(key, "vault file", file.name.toByteArray()), "seal", header.copyOfRange(SALT_AT, HEADER_BYTES))
        input.readBytes().toList().chunked(PIECE_BYTES).forEachIndexed { at, piece ->
            val number = little(at.toLong())
            val cipher = Cipher.getInstance("AES/GCM/NoPadding")
            cipher.init(Cipher.DECRYPT_MODE, SecretKeySpec(ofFile, "AES"), GCMParameterSpec(128, number + ByteArray(4)))
            cipher.updateAAD(header + number)
            out.write(cipher.doFinal(piece.toByteArray()))
        }
    }
    return out.toByteArray()
}

/** HKDF-SHA256 (RFC 5869), as `device_key.rs` names what a key is for. */
private fun derived(key: ByteArray, purpose: String, context: ByteArray): ByteArray {
    val extracted = hmac("lachan.device-key.v1".toByteArray(), key)
    return hmac(extracted, little(purpose.length.toLong()) + purpose.toByteArray() + context + byteArrayOf(1))
}

private fun little(number: Long): ByteArray = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(number).array()
