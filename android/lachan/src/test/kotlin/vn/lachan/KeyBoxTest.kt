package vn.lachan

import java.io.File
import java.security.GeneralSecurityException
import java.security.ProviderException
import java.security.SecureRandom
import org.junit.Assert.assertArrayEquals
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertNull
import org.junit.Assert.assertTrue
import org.junit.Rule
import org.junit.Test
import org.junit.rules.TemporaryFolder
import vn.lachan.internal.Key
import vn.lachan.internal.KeyBox
import vn.lachan.internal.KeyWrapper
import vn.lachan.internal.Log

/** The sealing key, with a key store that works, fails, or forgets. */
class KeyBoxTest {
    @get:Rule
    val folder = TemporaryFolder()

    private val lines = mutableListOf<String>()

    private fun box(wrapper: KeyWrapper?, into: File = folder.root) =
        KeyBox(into, wrapper, SecureRandom(), Log { _, line -> lines += line })

    private fun stored() = File(folder.root, "seal.key").readBytes()

    private class Turning(private val by: Int) : KeyWrapper {
        override fun wrap(key: ByteArray) = ByteArray(key.size) { (key[it] + by).toByte() }
        override fun unwrap(wrapped: ByteArray) = ByteArray(wrapped.size) { (wrapped[it] - by).toByte() }
    }

    private class Failing(private val failure: Exception) : KeyWrapper {
        override fun wrap(key: ByteArray) = throw failure
        override fun unwrap(wrapped: ByteArray) = throw failure
    }

    /** Fails so many times, and works then. */
    private class Recovering(private var times: Int, private val failure: Exception) : KeyWrapper {
        private val working = Turning(1)
        override fun wrap(key: ByteArray): ByteArray = if (times-- > 0) throw failure else working.wrap(key)
        override fun unwrap(wrapped: ByteArray): ByteArray = working.unwrap(wrapped)
    }

    /** Wraps, and opens something else. */
    private class Forgetful : KeyWrapper {
        override fun wrap(key: ByteArray) = Turning(1).wrap(key)
        override fun unwrap(wrapped: ByteArray) = ByteArray(wrapped.size)
    }

    private fun ByteArray.holds(part: ByteArray) = (0..size - part.size).any { copyOfRange(it, it + part.size).contentEquals(part) }

    @Test
    fun `the key is made once and lies wrapped`() {
        val key = box(Turning(1)).key()!!
        assertEquals(32, key.size)
        assertArrayEquals(key, box(Turning(1)).key())
        assertFalse(stored().holds(key))
        assertTrue(lines.isEmpty())
    }

    @Test
    fun `without a working key store it lies in private files, and that is said`() {
        for (failure in listOf(GeneralSecurityException(), ProviderException(), IllegalStateException())) {
            File(folder.root, "seal.key").delete()
            lines.clear()
            val key = box(Failing(failure)).key()!!
            assertArrayEquals(key, box(Failing(failure)).key())
            assertTrue(stored().holds(key))
            assertEquals(1, lines.size)
        }
    }

    @Test
    fun `a key store that fails for a moment wraps the key all the same`() {
        for (failure in listOf(GeneralSecurityException(), ProviderException(), IllegalStateException())) {
            File(folder.root, "seal.key").delete()
            val key = box(Recovering(1, failure)).key()!!
            assertFalse(stored().holds(key))
            assertArrayEquals(key, box(Turning(1)).key())
        }
        assertTrue("$lines", lines.isEmpty())
    }

    @Test
    fun `a key that lies unwrapped is wrapped as soon as the store works, and stays what it is`() {
        val (key, next) = box(Failing(ProviderException())).run { key()!! to makeNext()!! }
        val kept = stored()
        for (down in listOf(Failing(GeneralSecurityException()), Failing(ProviderException()), Forgetful(), null)) {
            assertArrayEquals(key, box(down).key())
            assertArrayEquals("nothing that may be lost takes its place", kept, stored())
        }
        assertArrayEquals(key, box(Turning(1)).key())
        assertFalse(stored().holds(key))
        assertArrayEquals(key, box(Turning(1)).key())
        assertArrayEquals(next, (box(Turning(1)).next() as Key.There).bytes)
        assertFalse(File(folder.root, "seal.key.next").readBytes().holds(next))
        assertEquals("nothing is left lying", setOf("seal.key", "seal.key.next"), folder.root.list()!!.toSet())
    }

    @Test
    fun `a key that cannot be written wrapped stays as it is`() {
        val key = box(Failing(ProviderException())).key()!!
        val kept = stored()
        // Where the new one would be written.
        assertTrue(File(folder.root, "seal.key.new").mkdir())
        assertArrayEquals(key, box(Turning(1)).key())
        assertArrayEquals(kept, stored())
    }

    @Test
    fun `a key store that forgot gives a new key, and that is said`() {
        val before = box(Turning(1)).key()!!
        val after = box(Failing(GeneralSecurityException())).key()
        assertFalse(before.contentEquals(after))
        assertTrue(lines.first().contains("forgotten"))
        assertArrayEquals(after, box(Failing(GeneralSecurityException())).key())
    }

    @Test
    fun `a key store that does not answer now gives no key, and what it keeps stays`() {
        val before = box(Turning(1)).key()
        val next = box(Turning(1)).makeNext()
        val kept = stored()
        // The Android key store's own, and those of some makers.
        for (failure in listOf(ProviderException(), IllegalStateException(), UnsupportedOperationException())) {
            lines.clear()
            val down = box(Failing(failure))
            assertNull(down.key())
            assertEquals(Key.OutOfReach, down.existing())
            assertEquals(Key.OutOfReach, down.next())
            assertArrayEquals(kept, stored())
            assertTrue("$lines", lines.all { "now" in it })
        }
        assertArrayEquals(before, box(Turning(1)).key())
        assertArrayEquals(next, (box(Turning(1)).next() as Key.There).bytes)
    }

    @Test
    fun `a damaged file gives a new key`() {
        for (damage in listOf(byteArrayOf(), byteArrayOf(9), byteArrayOf(2, 1, 2), byteArrayOf(1))) {
            File(folder.root, "seal.key").writeBytes(damage)
            assertEquals(32, box(Turning(1)).key()!!.size)
        }
    }

    @Test
    fun `a folder that cannot be written gives a key for as long as the app runs`() {
        val file = folder.newFile()
        assertEquals(32, box(Turning(1), into = file).key()!!.size)
        assertTrue(lines.any { "cannot be stored" in it })
    }

    @Test
    fun `destroying it makes the next one another`() {
        val box = box(Turning(1))
        val before = box.key()!!
        assertTrue(box.destroy())
        assertEquals("none is made by asking", Key.None, box.existing())
        assertEquals(emptyList<String>(), folder.root.list()!!.toList())
        assertFalse(before.contentEquals(box.key()))
    }

    @Test
    fun `a key gives way to the next one, and a crash in between leaves both`() {
        val box = box(Turning(1))
        val before = box.key()!!
        assertEquals(Key.None, box.next())
        val next = box.makeNext()!!
        assertFalse(before.contentEquals(next))
        // As after a crash: whichever of them fits what is there can still be had.
        assertArrayEquals(before, box(Turning(1)).key())
        assertArrayEquals(next, (box(Turning(1)).next() as Key.There).bytes)
        assertTrue(box.promoteNext())
        assertArrayEquals(next, box.key())
        assertEquals(Key.None, box.next())
        assertEquals("the one before is gone", listOf("seal.key"), folder.root.list()!!.toList())
    }

    @Test
    fun `a next key that cannot be stored is none`() {
        assertNull(box(Turning(1), into = folder.newFile()).makeNext())
    }
}
