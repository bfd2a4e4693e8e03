package vn.lachan

import java.io.File
import kotlinx.validation.api.dump
import kotlinx.validation.api.filterOutNonPublic
import kotlinx.validation.api.loadApiFromJvmClasses
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertTrue
import org.junit.Test

/** The public API is a committed file: a change of it is a change that somebody reads. */
class PublicApiTest {
    private val committed = File("api/lachan.api")

    private val current: String by lazy {
        val classes = File("target/classes/vn/lachan").walk().filter { it.extension == "class" }
        val streams = classes.map { it.inputStream() }
        streams.loadApiFromJvmClasses()
            .filterOutNonPublic(listOf("vn.lachan.internal"))
            .dump(StringBuilder())
            .toString()
    }

    @Test
    fun `the public API is the committed one`() {
        if (System.getProperty("lachan.api.renew") == "true") committed.apply { parentFile.mkdirs() }.writeText(current)
        val expected = if (committed.isFile) committed.readText() else ""
        assertEquals("if the change is meant, run `make api-dump` and commit android/lachan/api", expected, current)
    }

    @Test
    fun `no public signature shows a generated or internal type`() {
        assertTrue("the dump is empty", current.length > 5_000)
        for (line in current.lines()) {
            assertFalse(line, "vn/lachan/ffi" in line || "com/sun/jna" in line)
            assertFalse(line, "vn/lachan/internal" in line && "synthetic" !in line)
        }
    }
}
