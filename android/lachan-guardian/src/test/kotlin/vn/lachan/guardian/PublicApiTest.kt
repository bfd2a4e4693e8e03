package vn.lachan.guardian

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
    private val committed = File("api/lachan-guardian.api")

    private val current: String by lazy {
        val classes = File("target/classes/vn/lachan/guardian").walk().filter { it.extension == "class" && !it.name.matches(Regex("R(\\$.*)?.class")) }
        classes.map { it.inputStream() }.loadApiFromJvmClasses()
            .filterOutNonPublic(listOf("vn.lachan.guardian.internal")).dump(StringBuilder()).toString()
    }

    @Test
    fun thePublicApiIsTheCommittedOne() {
        if (System.getProperty("lachan.goldens") == "renew") committed.apply { parentFile.mkdirs() }.writeText(current)
        assertEquals("if meant, renew with -Dgoldens=renew", if (committed.isFile) committed.readText() else "", current)
    }

    @Test
    fun noPublicSignatureShowsAGeneratedOrInternalType() {
        assertTrue("the dump is empty", current.length > 5_000)
        for (line in current.lines()) {
            // Synthetic: what Kotlin writes for constructors that only a companion object calls. No source sees it.
            if ("synthetic" in line) continue
            assertFalse(line, "vn/lachan/ffi" in line || "com/sun/jna" in line || "com/google/zxing" in line || "/internal/" in line)
        }
    }
}
