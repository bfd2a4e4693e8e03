package vn.lachan.testing

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
    private val committed = File("api/lachan-testing.api")

    private val current: String by lazy {
        val classes = File("target/classes/vn/lachan/testing").walk().filter { it.extension == "class" }
        classes.map { it.inputStream() }.loadApiFromJvmClasses().filterOutNonPublic().dump(StringBuilder()).toString()
    }

    @Test
    fun thePublicApiIsTheCommittedOne() {
        if (System.getProperty("lachan.api.renew") == "true") committed.apply { parentFile.mkdirs() }.writeText(current)
        val expected = if (committed.isFile) committed.readText() else ""
        assertEquals("if the change is meant, run `make api-dump` and commit android/lachan-testing/api", expected, current)
    }

    @Test
    fun noPublicSignatureShowsAGeneratedOrInternalType() {
        assertTrue("the dump is empty", current.length > SHORTEST)
        for (line in current.lines()) {
            assertFalse(line, "vn/lachan/ffi" in line || "com/sun/jna" in line || "vn/lachan/internal" in line)
        }
    }

    private companion object {
        const val SHORTEST = 5_000
    }
}
