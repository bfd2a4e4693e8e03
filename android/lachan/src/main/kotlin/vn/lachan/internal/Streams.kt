package vn.lachan.internal

import java.io.IOException
import java.io.InputStream
import java.nio.ByteBuffer

/** A stream read to its end into memory that the core reads without a copy. */
internal sealed interface Read {
    class Whole(val bytes: ByteBuffer) : Read

    /** It goes on past the limit; no more than that was read. */
    data object TooLong : Read
}

private const val CHUNK = 64 * 1024

/** Reads at most [limit] bytes and the one that shows that there are more. [goOn] is asked between chunks. */
internal fun InputStream.readDirect(limit: Int, goOn: () -> Unit): Read {
    val chunk = ByteArray(CHUNK)
    var bytes = ByteBuffer.allocateDirect(available().coerceAtLeast(CHUNK).coerceAtMost(limit))
    while (true) {
        goOn()
        val count = read(chunk)
        if (count < 0) break
        if (count > limit - bytes.position()) return Read.TooLong
        if (count > bytes.remaining()) {
            val wanted = (bytes.capacity().toLong() * 2).coerceAtLeast(bytes.position().toLong() + count)
            val larger = ByteBuffer.allocateDirect(wanted.coerceAtMost(limit.toLong()).toInt())
            bytes.flip()
            larger.put(bytes)
            bytes = larger
        }
        bytes.put(chunk, 0, count)
    }
    bytes.flip()
    return Read.Whole(bytes)
}

/** Closes what has been read: whatever it says to that changes nothing. */
internal fun InputStream.closeQuietly() {
    try {
        close()
    } catch (_: IOException) {
        // It has been read.
    } catch (_: RuntimeException) {
        // A provider that died, or whatever another app's provider throws.
    }
}

/** The bytes between position and limit in a direct buffer that starts with them; copied only where they are on the heap. */
internal fun ByteBuffer.asDirect(): ByteBuffer {
    if (isDirect) return slice()
    val copy = ByteBuffer.allocateDirect(remaining())
    copy.put(duplicate())
    copy.flip()
    return copy
}
