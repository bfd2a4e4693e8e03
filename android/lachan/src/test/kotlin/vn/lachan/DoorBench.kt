package vn.lachan

import java.io.File
import java.nio.ByteBuffer
import kotlinx.coroutines.runBlocking
import org.junit.Test
import vn.lachan.ffi.Settings
import vn.lachan.ffi.Shield
import vn.lachan.ffi.Talk
import vn.lachan.ffi.maxPictureBytes
import vn.lachan.internal.Native
import vn.lachan.internal.messageCheckOf
import vn.lachan.internal.toFfi
import vn.lachan.ffi.Direction as FfiDirection
import vn.lachan.ffi.PeerTrust as FfiPeerTrust

/**
 * What the doors cost, on a JVM: `make bench-android`. It is no test (its name keeps it out of them) and asserts nothing
 * about time.
 */
class DoorBench {
    private class Row(val what: String, val micros: Double, val slowest: Double)

    private val rows = mutableListOf<Row>()

    /** The median of [rounds] rounds of [calls] calls each, and of the slowest tenth; after a warm-up as long. */
    private fun measure(what: String, calls: Int, rounds: Int = 31, call: () -> Unit): Double {
        fun round(): Double {
            val start = System.nanoTime()
            repeat(calls) { call() }
            return (System.nanoTime() - start) / 1000.0 / calls
        }
        repeat(rounds) { round() }
        val times = DoubleArray(rounds) { round() }.sorted()
        rows += Row(what, times[rounds / 2], times[rounds * 9 / 10])
        return times[rounds / 2]
    }

    @Test
    fun doors() = runBlocking {
        openForTest { testMode = false }.use { shield -> run(shield) }
        val table = buildString {
            appendLine("| | median µs | 9 of 10 within µs |")
            appendLine("|---|---:|---:|")
            for (row in rows) appendLine("| %s | %.1f | %.1f |".format(row.what, row.micros, row.slowest))
        }
        File("target/doors.md").writeText(table)
    }

    private fun run(opened: LaChan) {
        val settings = Settings(builtModels.path, null, emptyList(), 1u, false)
        val policy = Policy.forAge(AgeBand.Under13)
        val native = Shield.open(settings, policy.toFfi())
        native.warmUp(false)
        calls(native)
        messages(opened, native)
        pictures(opened, native)
    }

    private fun calls(native: Shield) {
        measure("JNI, nothing there and nothing back", 10_000) { Native.cancel(-1) }
        measure("JNI, a string back", 10_000) { Native.version() }
        measure("JNA (UniFFI), a function, a number back", 2_000) { maxPictureBytes() }
        measure("JNA (UniFFI), a method of an object, a number back", 2_000) { native.number() }
    }

    private fun messages(opened: LaChan, native: Shield) {
        val texts = listOf(
            "hôm nay con học bài gì vậy", "mai đá banh k m", "em ở đâu, học trường nào thế",
            "chuyện này là bí mật của hai đứa mình, đừng nói với ba mẹ nha", "ok", "số của em là 0912345678 nha",
        )
        val talk = Talk(native, FfiPeerTrust.UNKNOWN, ByteArray(0))
        val number = talk.number().toLong()
        var i = 0
        measure("a message by JNA (UniFFI)", 500) { talk.check(texts[i++ % texts.size], false, i / 10.0) }
        measure("a message by JNI, answer read", 500) {
            messageCheckOf(Native.checkMessage(number, texts[i++ % texts.size].toByteArray(), false, i / 10.0)!!)
        }
        val conversation = opened.conversation("a", PeerTrust.Unknown)
        measure("**a message through the API**, in a coroutine, on a worker", 500) {
            runBlocking { conversation.check(Message.incoming(texts[i++ % texts.size], i * 6_000L)) }
        }
    }

    private fun pictures(opened: LaChan, native: Shield) {
        val nothing = Checks(nudity = false, gore = false, knownImages = false)
        val jpeg = Pictures.jpeg(Pictures.landscape(1280, 960)).direct()
        runBlocking { opened.setPolicy(Policy(Protection.Guided, AgeBand.Under13, nothing)) }
        measure("**a picture through the API, nothing looked at**: the door alone", 300) {
            runBlocking { opened.checkImage(jpeg, Direction.Incoming) }
        }
        val photograph = ByteBuffer.wrap(ByteArray(3_000_000))
        measure("the same with 3 MB on the heap, copied once", 100) {
            runBlocking { opened.checkImage(photograph, Direction.Incoming) }
        }
        val pixels = Pixels(ByteBuffer.allocateDirect(1280 * 960 * 4), 1280, 960, 1280 * 4, PixelFormat.Rgba)
        measure("the same with pixels of 1280 x 960, not copied", 300) {
            runBlocking { opened.checkPixels(pixels, Direction.Incoming) }
        }
        runBlocking { opened.setPolicy(Policy.forAge(AgeBand.Under13)) }
        measure("a JPEG of 1280 x 960, core called directly by JNA (UniFFI)", 1, 41) { native.checkImage(jpeg, FfiDirection.INCOMING, 0u) }
        measure("a JPEG of 1280 x 960 through the API", 1, 41) { runBlocking { opened.checkImage(jpeg, Direction.Incoming) } }
    }
}
